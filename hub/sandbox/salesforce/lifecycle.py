"""How rows end and come back: thrown away, brought back, gone for good, merged, converted. Others end with them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from hub.sandbox.salesforce.editing import Prepared, create, live_row
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import Refusal, not_found
from hub.sandbox.salesforce.sobject import Field, HangingPart, Part, SObject
from hub.sandbox.world import Fate, LeadEntry

MERGEABLE = ("Account", "Contact", "Lead")
MAX_LOSERS = 2

Kin = tuple[SObject[Any], Any]
"""A row and its object."""
Alike = Callable[[Any], bool]


def remove(org: Org, sobject: SObject[Any], external_id: str) -> None:
    """Put a row into the recycle bin, and what cannot be without it."""
    _check_removable(sobject)
    org.commit(removal(org, sobject, live_row(org, sobject, external_id)).write)


def removal(org: Org, sobject: SObject[Any], row: Any) -> Prepared:
    """A row to be thrown away; raises where the object does not allow that."""
    _check_removable(sobject)
    if not _ends(row):
        raise Refusal(400, "DELETE_FAILED", f"This {sobject.label} goes with what it follows from")
    return Prepared(str(row.id), created=False, write=lambda now: _throw_away(org, sobject, row, now))


def _check_removable(sobject: SObject[Any]) -> None:
    if sobject.blank is None and not sobject.removable:
        raise Refusal(400, "INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support delete")


def _throw_away(org: Org, sobject: SObject[Any], row: Any, now: datetime) -> None:
    for kind, kin in _family(org, sobject, [row], lambda other: other.fate is Fate.LIVE):
        _set(org, kind, kin, fate=Fate.DELETED, removed_at=now, changed_at=now)


def undelete(org: Org, sobject: SObject[Any], external_id: str) -> None:
    """Take a row out of the recycle bin, and what went with it."""
    row = _in_bin(org, sobject, external_id)

    def bring_back(now: datetime) -> None:
        for kind, kin in _family(org, sobject, [row], _gone_with(row)):
            _set(org, kind, kin, fate=Fate.LIVE, removed_at=None, changed_at=now)

    org.commit(bring_back)


def purge(org: Org, sobject: SObject[Any], external_id: str) -> None:
    """Let a row go for good, and what went with it; a live one as by a hard delete. No stamp tells of that."""
    row = org.row(sobject, external_id)
    if row is None:
        raise not_found()

    def let_go(now: datetime) -> None:
        if row.fate is Fate.LIVE:
            _throw_away(org, sobject, row, now)
        for kind, kin in _family(org, sobject, [row], _gone_with(row)):
            _set(org, kind, kin, fate=Fate.PURGED)

    org.commit(let_go)


def merge(org: Org, sobject: SObject[Any], winner_id: str, loser_ids: Sequence[str]) -> None:
    """The winner takes the losers' places: what pointed to them points to it, and is stamped anew."""
    if sobject.name not in MERGEABLE or not 1 <= len(loser_ids) <= MAX_LOSERS or winner_id in loser_ids:
        problem = f"At most {MAX_LOSERS} others can be merged into an account, a contact or a lead"
        raise Refusal(400, "INVALID_OPERATION", problem)
    winner = live_row(org, sobject, winner_id)
    losers = [live_row(org, sobject, loser_id) for loser_id in loser_ids]

    def write(now: datetime) -> None:
        _adopt(org, sobject, winner, {loser.id for loser in losers}, now)
        for loser in losers:
            with org.changing(sobject, loser):
                loser.fate, loser.merged_into = Fate.MERGED, winner.id
                loser.removed_at = loser.modified_at = now
        with org.changing(sobject, winner):
            winner.modified_at = now

    org.commit(write)


def _adopt(org: Org, sobject: SObject[Any], winner: Any, losers: Collection[str], now: datetime) -> None:
    for child, field in _pointing(org, sobject):
        if field.relink is None:
            continue
        for row in org.rows(child):
            if _ends(row) and row.fate is not Fate.PURGED and field.value(org, row) in losers:
                with org.changing(child, row):
                    field.relink(row, None if row is winner else winner.id)
                _set(org, child, row, changed_at=now)


def convert(org: Org, lead_id: str, account: str | None = None, contact: str | None = None) -> None:
    """Turn a lead into a person at an account, new ones unless told, and into a new deal."""
    sobject, row = _known(org, "Lead"), live_row(org, _known(org, "Lead"), lead_id)
    if row.converted_on is not None:
        raise Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    account = account or create(org, _known(org, "Account"), {"Name": row.company})
    person = {"LastName": row.last_name, "FirstName": row.first_name, "Email": row.email, "AccountId": account}
    contact = contact or create(org, _known(org, "Contact"), person)
    deal = create(org, _known(org, "Opportunity"), _deal(org, row, account))

    def write(now: datetime) -> None:
        with org.changing(sobject, row):
            row.converted_account, row.converted_contact, row.converted_opportunity = account, contact, deal
            row.status, row.converted_on, row.modified_at = "Closed - Converted", now.date(), now

    org.commit(write)


def _deal(org: Org, lead: LeadEntry, account: str) -> dict[str, Any]:
    return {
        "Name": f"{lead.company}-",
        "AccountId": account,
        "StageName": org.world.stages[0].name,
        "CloseDate": org.now().date().isoformat(),
        "LeadSource": lead.lead_source,
    }


def _known(org: Org, name: str) -> SObject[Any]:
    sobject = org.sobject(name)
    if sobject is None:
        raise not_found()
    return sobject


def _in_bin(org: Org, sobject: SObject[Any], external_id: str) -> Any:
    row = org.row(sobject, external_id)
    if row is None or row.fate is not Fate.DELETED:
        raise Refusal(400, "UNDELETE_FAILED", "Entity is not in the recycle bin")
    return row


def _gone_with(row: Any) -> Callable[[Any], bool]:
    return lambda other: other.fate is Fate.DELETED and other.removed_at == row.removed_at


def _family(
    org: Org,
    sobject: SObject[Any],
    rows: Sequence[Any],
    alike: Alike,
    seen: frozenset[str] = frozenset(),
) -> list[Kin]:
    """The rows, and all that cannot be without them and is alike."""
    ids, family = {row.id for row in rows}, [(sobject, row) for row in rows]
    seen |= ids
    for child, field in _pointing(org, sobject) if ids else ():
        if field.cascade:
            pointing = (row for row in org.rows(child) if _ends(row) and field.value(org, row) in ids)
            family += _family(org, child, [row for row in pointing if alike(row) and row.id not in seen], alike, seen)
    return family


def _ends(row: Any) -> bool:
    """Whether a row ends by itself; other parts go with what they hang on."""
    return isinstance(row, HangingPart) or not isinstance(row, Part)


def _pointing(org: Org, sobject: SObject[Any]) -> Iterator[tuple[SObject[Any], Field[Any]]]:
    for child in org.sobjects():
        for field in child.fields:
            if sobject.name in field.references:
                yield child, field


def _set(org: Org, sobject: SObject[Any], row: Any, *, changed_at: datetime | None = None, **facts: Any) -> None:
    """Write what became of a row, into the row or into what hangs on it."""
    with org.changing(sobject, row):
        held = row.part if isinstance(row, HangingPart) else row
        for name, value in facts.items():
            setattr(held, name, value)
        if changed_at is not None:
            setattr(held, "changed_at" if held is not row else "modified_at", changed_at)
