"""Who belongs to whom: AccountContactRelation, Partner, AccountPartner, OpportunityPartner, PartnerRole."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from hub.sandbox.ids import with_checksum
from hub.sandbox.salesforce.fields import (
    computed,
    is_deleted,
    linked,
    parent_row,
    part,
    refers,
    row_id,
    stamps,
    stored,
    unused,
)
from hub.sandbox.salesforce.ids import SHORT, record_id
from hub.sandbox.salesforce.made_up_partnering import REVERSE_ROLES, pair
from hub.sandbox.salesforce.org import ORG_CREATED, ORG_ID, Org
from hub.sandbox.salesforce.partnering import AccountPartnerEntry, RelationEntry
from hub.sandbox.salesforce.refusal import Refusal
from hub.sandbox.salesforce.sobject import Field, HangingPart, Kind, Part, SObject
from hub.sandbox.world import ContactEntry, Entry, OpportunityEntry, PartnerRole

_ORG = Entry(id=ORG_ID, created_at=ORG_CREATED, modified_at=ORG_CREATED)
_ROLES = [
    Part(record_id("0PO", 100 + place), _ORG, {"name": name, "reverse": reverse, "position": place})
    for place, (name, reverse) in enumerate(REVERSE_ROLES.items(), start=1)
]
_DIRECT: Mapping[str, Any] = {"roles": None, "is_active": True, "starts_on": None, "ends_on": None}


def account_contact_relations() -> SObject[Any]:
    """AccountContactRelation: of each person to their own account, and to others."""
    return SObject(
        name="AccountContactRelation",
        label="Account Contact Relationship",
        plural="Account Contact Relationship",
        prefix="07k",
        rows=_relations,
        blank=_blank_relation,
        insert=lambda org, _, row: org.partnering.relations.append(row),
        updateable=False,
        fields=(
            row_id(),
            is_deleted(),
            _end_of_relation("AccountId", "Account", "account"),
            _end_of_relation("ContactId", "Contact", "contact"),
            _fact("Roles", Kind.MULTIPICKLIST, "roles"),
            computed("IsDirect", Kind.BOOLEAN, lambda _, row: isinstance(row, Part)),
            _fact("IsActive", Kind.BOOLEAN, "is_active"),
            _fact("StartDate", Kind.DATE, "starts_on"),
            _fact("EndDate", Kind.DATE, "ends_on"),
            *stamps(),
        ),
    )


def _relations(org: Org) -> Iterator[Part[ContactEntry, Mapping[str, Any]] | RelationEntry]:
    for person in org.copy.contacts:
        if person.account is not None:
            yield Part(with_checksum(f"07k{person.id[3:SHORT]}"), person, _DIRECT)
    yield from org.partnering.relations


def _end_of_relation(name: str, to: str, column: str) -> Field[Any]:
    def value(_: Org, row: Any) -> str | None:
        if not isinstance(row, Part):
            return str(getattr(row, column))
        person: ContactEntry = row.parent
        return person.account if column == "account" else person.id

    def write(row: RelationEntry, told: str | None) -> None:
        setattr(row, column, told)

    def relink(row: Any, told: str | None) -> None:
        """The own account of a person follows from the person."""
        if not isinstance(row, Part):
            setattr(row, column, told)

    return Field(
        name=name,
        kind=Kind.REFERENCE,
        value=value,
        write=write,
        relink=relink,
        cascade=True,
        required=True,
        references=(to,),
        relationship=to,
        children="AccountContactRelations",
    )


def _fact(name: str, kind: Kind, column: str) -> Field[Any]:
    def value(_: Org, row: Any) -> Any:
        return row.part[column] if isinstance(row, Part) else getattr(row, column)

    def write(row: Any, told: Any) -> None:
        setattr(row, column, told)

    return Field(name=name, kind=kind, value=value, write=write)


def _blank_relation(external_id: str, at: datetime) -> RelationEntry:
    return RelationEntry(id=external_id, created_at=at, modified_at=at, account="", contact="")


def partners() -> SObject[Any]:
    """Partner: what makes an account another's partner, at large or in a deal. It is made and deleted, not changed."""
    return SObject(
        name="Partner",
        label="Partner",
        plural="Partners",
        prefix="00I",
        rows=_partners,
        blank=lambda id_, at: AccountPartnerEntry(
            id=id_, created_at=at, modified_at=at, account_from=None, account_to=""
        ),
        insert=_insert_partner,
        updateable=False,
        fields=(
            row_id(),
            is_deleted(),
            _side("OpportunityId", "Opportunity", "opportunity", lambda row: row.parent.id, children="Partners"),
            _side("AccountFromId", "Account", "account_from", lambda row: row.parent.account, children="PartnersFrom"),
            _side("AccountToId", "Account", "account_to", lambda row: row.part.account, required=True),
            _side("Role", None, "role", lambda row: row.part.role),
            _side("IsPrimary", None, "is_primary", lambda row: row.part.is_primary),
            _reverse("Partner"),
            *stamps(),
        ),
    )


def _in_deals(org: Org) -> Iterator[HangingPart[OpportunityEntry, PartnerRole]]:
    for deal in org.copy.opportunities:
        for held in deal.partner_roles:
            yield HangingPart(held.id, deal, held)


def _partners(org: Org) -> Iterator[Any]:
    yield from _in_deals(org)
    yield from (row for row in org.partnering.account_partners if row.opportunity is None)


def _side(name: str, to: str | None, column: str, in_deal: Any, **facts: Any) -> Field[Any]:
    """A field of Partner, which is of a deal or stands for itself."""
    kind = Kind.REFERENCE if to else Kind.BOOLEAN if column == "is_primary" else Kind.PICKLIST

    def value(_: Org, row: Any) -> Any:
        return in_deal(row) if isinstance(row, HangingPart) else getattr(row, column)

    def write(row: Any, told: Any) -> None:
        setattr(row, column, told)

    where: Mapping[str, Any] = {"references": (to,), "relationship": name.removesuffix("Id")} if to else {}
    return Field(name=name, kind=kind, value=value, write=write, **where, **facts)


def _reverse(of: str) -> Field[Any]:
    """Both sides go together."""

    def value(_: Org, row: Any) -> str | None:
        return None if isinstance(row, HangingPart) else row.reverse

    return computed("ReversePartnerId", Kind.REFERENCE, value, references=(of,), cascade=True)


def _insert_partner(org: Org, _: SObject[Any], row: AccountPartnerEntry) -> None:
    """In a deal, the deal and its account get a partner; else both accounts get one."""
    if row.opportunity is not None:
        _join_deal(org, row)
        return
    if row.account_from is None:
        problem = "Required fields are missing: [AccountFromId]"
        raise Refusal(400, "REQUIRED_FIELD_MISSING", problem, ("AccountFromId",))
    ids = iter((row.id, org.new_id("00I")))
    there, back = pair(row.account_from, row.account_to, row.role, row.created_at, lambda: next(ids))
    there.is_primary = row.is_primary
    if row.is_primary:
        for other in org.partnering.account_partners:
            if other.account_from == row.account_from and other.is_primary and other.opportunity is None:
                other.is_primary, other.modified_at = False, row.created_at
    org.partnering.account_partners += [there, back]


def _join_deal(org: Org, row: AccountPartnerEntry) -> None:
    deal: OpportunityEntry = next(each for each in org.copy.opportunities if each.id == row.opportunity)
    for other in deal.partner_roles:
        if row.is_primary and other.is_primary:
            other.is_primary, other.changed_at = False, row.created_at
    held = PartnerRole(
        id=row.id,
        account=row.account_to,
        role=row.role or "",
        is_primary=row.is_primary,
        changed_at=row.created_at,
    )
    deal.partner_roles = [*deal.partner_roles, held]
    if deal.account is not None:
        row.id, row.account_from = org.new_id("00I"), deal.account
        org.partnering.account_partners.append(row)


def account_partners() -> SObject[AccountPartnerEntry]:
    """AccountPartner: whose partner an account is. It keeps no log of changes; Partner does."""
    return SObject(
        name="AccountPartner",
        label="Account Partner",
        plural="Account Partner",
        prefix="00I",
        # No list of its own: Partner has a part in it.
        rows=lambda org: iter(org.partnering.account_partners),
        replicateable=False,
        fields=(
            row_id(),
            is_deleted(),
            refers("AccountFromId", "account_from", "Account", children="AccountPartnersFrom", cascade=True),
            refers("AccountToId", "account_to", "Account", children="AccountPartnersTo", cascade=True),
            refers("OpportunityId", "opportunity", "Opportunity", children="AccountPartners", cascade=True),
            stored("Role", Kind.PICKLIST, "role"),
            stored("IsPrimary", Kind.BOOLEAN, "is_primary"),
            _reverse("AccountPartner"),
            *stamps(),
        ),
    )


def partner_roles() -> SObject[Any]:
    """PartnerRole: what a partner may be called, and what the other side is then. Bulk API does not read it."""
    return SObject(
        name="PartnerRole",
        label="Partner Role Value",
        plural="Partner Role Values",
        prefix="0PO",
        rows=lambda _: _ROLES,
        replicateable=False,
        fields=(
            row_id(),
            *(computed(name, Kind.STRING, _name_of_role, length=255) for name in ("MasterLabel", "ApiName")),
            computed("ReverseRole", Kind.PICKLIST, lambda _, row: row.part["reverse"]),
            computed("SortOrder", Kind.INT, lambda _, row: row.part["position"]),
            *stamps(),
        ),
    )


def _name_of_role(_: Org, row: Any) -> str:
    return str(row.part["name"])


def opportunity_partners() -> SObject[Any]:
    """OpportunityPartner: a partner's role in a deal. It keeps no log of changes; Partner does."""
    return SObject(
        name="OpportunityPartner",
        label="Opportunity Partner",
        plural="Opportunity Partner",
        prefix="00J",
        rows=_in_deals,
        replicateable=False,
        fields=(
            row_id(),
            is_deleted(),
            parent_row("Opportunity", "OpportunityPartnersFrom"),
            linked("AccountToId", "account", "Account", cascade=True),
            part("Role", Kind.PICKLIST, "role"),
            part("IsPrimary", Kind.BOOLEAN, "is_primary"),
            unused("ReversePartnerId", Kind.REFERENCE, references=("Partner",)),
            *stamps(),
        ),
    )
