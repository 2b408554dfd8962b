"""Leads, some of them converted, and the campaigns that reached them and the contacts."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import cycle

from hub.sandbox import fates
from hub.sandbox.chance import happens, one_of
from hub.sandbox.companies import KnownCompany
from hub.sandbox.deals import LEAD_SOURCES, PARTNER_SOURCE
from hub.sandbox.noise import name_as_typed
from hub.sandbox.people import FIRST_NAMES, LAST_NAMES, mail_host, slug
from hub.sandbox.timeline import growing, modified, stamp, tied
from hub.sandbox.world import CampaignEntry, CampaignMemberEntry, Copy, Fate, LeadEntry, System

_SYSTEM = System.SALESFORCE
_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
_CONVERTED_SHARE = 0.2
_KINDS = ("Webinar", "Conference", "Email", "Trade Show", "Partners", "Advertisement")
_CAMPAIGNS = 12
_LARGEST_CAMPAIGN = 2000


def lead_rows(
    companies: Sequence[KnownCompany], wanted: int, copy: Copy, ids: Iterator[str], rng: random.Random
) -> list[LeadEntry]:
    """People of these companies who may become contacts, some of whom did, in the order of creation."""
    created = tied(growing(wanted, rng), rng)
    rows = [
        _lead(one_of(rng, companies), next(ids), first, last, rng)
        for first, last in zip(created, modified(created, rng), strict=True)
    ]
    _convert_some(rows, copy, rng)
    _name_partners(rows, copy)
    fates.remove_some([row for row in rows if row.converted_contact is None], _SYSTEM, rng)
    return rows


def campaign_rows(copy: Copy, ids: Iterator[str], member_ids: Iterator[str], rng: random.Random) -> list[CampaignEntry]:
    """A dozen campaigns with some of the contacts and leads; a fifth of the deals goes back to one."""
    reached: list[tuple[str | None, str | None]] = [
        (contact.id, None) for contact in copy.contacts if contact.fate is Fate.LIVE
    ]
    reached += [(None, lead.id) for lead in copy.leads if lead.fate is Fate.LIVE]
    rows = [_campaign(next(ids), number, second, rng) for number, second in enumerate(growing(_CAMPAIGNS, rng))]
    for row in rows:
        size = min(len(reached) // 4, _LARGEST_CAMPAIGN)
        row.members = [
            CampaignMemberEntry(
                id=next(member_ids),
                contact=contact,
                lead=lead,
                status="Responded" if responded else "Sent",
                has_responded=responded,
            )
            for contact, lead in rng.sample(reached, size)
            for responded in (happens(rng, 0.3),)
        ]
    for deal in copy.opportunities:
        deal.campaign = one_of(rng, rows).id if happens(rng, 0.2) else None
    return rows


def _lead(known: KnownCompany, identity: str, created: int, changed: int, rng: random.Random) -> LeadEntry:
    first, last = one_of(rng, FIRST_NAMES), one_of(rng, LAST_NAMES)
    mailbox = f"{slug(first) or 'info'}.{slug(last) or 'lead'}"
    return LeadEntry(
        id=identity,
        created_at=stamp(_SYSTEM, created),
        modified_at=stamp(_SYSTEM, changed),
        company=name_as_typed(known, _SYSTEM, rng).text or known.company.name,
        first_name=one_of(rng, (first, first, first, None)),
        last_name=last,
        email=one_of(rng, (f"{mailbox}@{mail_host(known.company)}.example", None)),
        status=one_of(rng, _STATUSES),
        lead_source=one_of(rng, LEAD_SOURCES),
        country=one_of(rng, (known.company.country, None)),
    )


def _convert_some(rows: Sequence[LeadEntry], copy: Copy, rng: random.Random) -> None:
    """Turn the leads that were last changed when, or before, a contact came to be into that contact."""
    names = {account.id: account.name for account in copy.accounts}
    deals = {deal.account: deal.id for deal in copy.opportunities if deal.fate is Fate.LIVE}
    contacts = [contact for contact in copy.contacts if contact.fate is Fate.LIVE and contact.account is not None]
    chosen = sorted(
        rng.sample(contacts, min(len(contacts), round(len(rows) * _CONVERTED_SHARE))),
        key=lambda contact: contact.created_at,
    )
    for row, contact in zip(rows, chosen, strict=False):
        if row.created_at > contact.created_at:
            continue
        row.company = names[contact.account or ""] or row.company
        row.first_name, row.last_name = contact.first_name, contact.last_name or row.last_name
        row.email = contact.email
        row.status = "Closed - Converted"
        row.converted_account, row.converted_contact = contact.account, contact.id
        row.converted_opportunity = deals.get(contact.account)
        row.converted_on = contact.created_at.date()
        row.modified_at = max(row.modified_at, contact.created_at)


def _name_partners(rows: Sequence[LeadEntry], copy: Copy) -> None:
    """The partners of deals bring what partners refer, in turn."""
    partners = dict.fromkeys(role.account for deal in copy.opportunities for role in deal.partner_roles)
    referred = [row for row in rows if row.lead_source == PARTNER_SOURCE]
    for row, partner in zip(referred, cycle(partners), strict=False):
        row.partner = partner


def _campaign(identity: str, number: int, second: int, rng: random.Random) -> CampaignEntry:
    kind = one_of(rng, _KINDS)
    created_at = stamp(_SYSTEM, second)
    starts_on = (created_at + timedelta(days=rng.randint(7, 60))).date()
    return CampaignEntry(
        id=identity,
        created_at=created_at,
        modified_at=created_at,
        name=f"{kind} {starts_on.year} No. {number + 1}",
        kind=kind,
        status=one_of(rng, ("Planned", "In Progress", "Completed", "Aborted")),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=rng.randint(0, 30)),
        budget=Decimal(rng.randint(1, 80)) * 500,
    )
