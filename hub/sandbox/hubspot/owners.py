"""Owners: the people that records are assigned to. Their `id` is not the `userId` of their login."""

from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import not_found
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import Fate, UserEntry

MOST_LISTED = 500
DEFAULT_LISTED = 100
_USER_IDS_FROM = 7_000_000


def user_id(owner: UserEntry) -> int:
    """The id of an owner's login."""
    return int(owner.id) + _USER_IDS_FROM


def owners(portal: Portal, call: Call) -> dict[str, Any]:
    """A page of the active owners, or of those archived."""
    limit = call.limit(DEFAULT_LISTED, MOST_LISTED)
    after = call.after()
    email = call.query.get("email")
    rows = [
        owner
        for owner in sorted(portal.copy.users, key=lambda owner: int(owner.id))
        if _is_archived(owner) is call.is_set("archived")
        and owner.fate is not Fate.PURGED
        and int(owner.id) > after
        and email in (None, owner.email)
    ]
    answer: dict[str, Any] = {"results": [_owner(each) for each in rows[:limit]]}
    if len(rows) > limit:
        last = rows[limit - 1].id
        link = f"https://api.hubapi.com/crm/owners/{call.version}?limit={limit}&after={last}"
        answer["paging"] = {"next": {"after": last, "link": link}}
    return answer


def owner(portal: Portal, call: Call) -> dict[str, Any]:
    """One owner, by id or by the id of the login."""
    by_user = call.query.get("idProperty") == "userId"
    for each in portal.copy.users:
        named = str(user_id(each)) if by_user else each.id
        if named == call.path["owner_id"] and _is_archived(each) is call.is_set("archived"):
            return _owner(each)
    raise not_found()


def _is_archived(owner: UserEntry) -> bool:
    return owner.fate is not Fate.LIVE or not owner.is_active


def _owner(owner: UserEntry) -> dict[str, Any]:
    spelling: dict[str, Any] = {
        "id": owner.id,
        "email": owner.email,
        "type": "PERSON",
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "userId": user_id(owner),
        "userIdIncludingInactive": user_id(owner),
        "createdAt": spelled(owner.created_at),
        "updatedAt": spelled(owner.modified_at),
        "archived": _is_archived(owner),
    }
    if _is_archived(owner):
        del spelling["userId"]
    return spelling
