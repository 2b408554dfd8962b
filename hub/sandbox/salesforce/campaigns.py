"""Campaign and CampaignMember."""

from collections.abc import Iterator
from typing import Any

from hub.sandbox.salesforce.fields import (
    computed,
    currency,
    found,
    full_name,
    is_deleted,
    linked,
    parent_row,
    part,
    row_id,
    stamps,
    stored,
    unused,
)
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sobject import Field, HangingPart, Kind, Part, SObject
from hub.sandbox.world import CampaignEntry, CampaignMemberEntry, ContactEntry, Fate, LeadEntry


def campaign() -> SObject[CampaignEntry]:
    """Campaign, with the counts it rolls up from its members."""
    return SObject(
        name="Campaign",
        label="Campaign",
        plural="Campaigns",
        prefix="701",
        rows=lambda org: org.copy.campaigns,
        fields=(
            row_id(),
            is_deleted(),
            stored("Name", Kind.STRING, "name", length=80),
            unused("ParentId", Kind.REFERENCE, references=("Campaign",), relationship="Parent"),
            stored("Type", Kind.PICKLIST, "kind"),
            stored("Status", Kind.PICKLIST, "status"),
            stored("StartDate", Kind.DATE, "starts_on"),
            stored("EndDate", Kind.DATE, "ends_on"),
            stored("BudgetedCost", Kind.CURRENCY, "budget"),
            *(unused(name, Kind.CURRENCY) for name in ("ActualCost", "ExpectedRevenue")),
            computed("IsActive", Kind.BOOLEAN, lambda org, row: row.ends_on >= org.now().date()),
            unused("Description", Kind.TEXTAREA, length=32000),
            _count("NumberOfLeads", "lead"),
            _count("NumberOfContacts", "contact"),
            _count("NumberOfResponses", "has_responded"),
            computed(
                "OwnerId",
                Kind.REFERENCE,
                lambda org, _: org.default_user(),
                references=("User",),
                relationship="Owner",
            ),
            currency(lambda _: None),
            *stamps(),
        ),
    )


def _count(name: str, column: str) -> Field[Any]:
    def count(_: Org, row: CampaignEntry) -> int:
        return sum(1 for member in row.members if member.fate is Fate.LIVE and getattr(member, column))

    return computed(name, Kind.INT, count)


def _members(org: Org) -> Iterator[Part[CampaignEntry, CampaignMemberEntry]]:
    for row in org.copy.campaigns:
        for member in row.members:
            yield HangingPart(member.id, row, member)


def campaign_members() -> SObject[Any]:
    """CampaignMember: a contact or a lead, never both."""
    return SObject(
        name="CampaignMember",
        label="Campaign Member",
        plural="Campaign Members",
        prefix="00v",
        rows=_members,
        removable=True,
        fields=(
            row_id(),
            is_deleted(),
            parent_row("Campaign", "CampaignMembers"),
            linked("LeadId", "lead", "Lead", cascade=True),
            linked("ContactId", "contact", "Contact", cascade=True),
            computed("LeadOrContactId", Kind.REFERENCE, lambda _, row: row.part.contact or row.part.lead),
            part("Status", Kind.PICKLIST, "status"),
            part("HasResponded", Kind.BOOLEAN, "has_responded"),
            unused("FirstRespondedDate", Kind.DATE),
            computed("Type", Kind.PICKLIST, lambda _, row: "Contact" if row.part.contact else "Lead"),
            computed("Name", Kind.STRING, _name, length=121),
            computed("Email", Kind.EMAIL, lambda org, row: found(_person(org, row), "email"), length=80),
            currency(lambda _: None),
            *stamps(),
        ),
    )


def _person(org: Org, row: Part[CampaignEntry, CampaignMemberEntry]) -> ContactEntry | LeadEntry | None:
    name, external_id = ("Contact", row.part.contact) if row.part.contact else ("Lead", row.part.lead)
    sobject: SObject[Any] | None = org.sobject(name)
    return org.row(sobject, external_id) if sobject else None


def _name(org: Org, row: Part[CampaignEntry, CampaignMemberEntry]) -> str | None:
    person = _person(org, row)
    return full_name(person) if person else None
