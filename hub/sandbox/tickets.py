"""What customers and partners asked to be helped with."""

import random
from collections.abc import Iterator
from datetime import timedelta

from hub.sandbox import fates
from hub.sandbox.chance import happens, one_of
from hub.sandbox.timeline import after, growing, second_of, stamp, tied
from hub.sandbox.world import AccountEntry, ContactEntry, Copy, Fate, OpportunityEntry, System, TicketEntry

_SYSTEM = System.HUBSPOT
_TICKETS_PER_ACCOUNT = 0.15
_PARTNER_SHARE = 0.4
_CLOSED = "4"
_STAGES = ("1", "2", "3", _CLOSED, _CLOSED)
_PRIORITIES = ("LOW", "MEDIUM", "HIGH", None)
_SUBJECTS = ("Cannot sign in", "Invoice question", "Migration of {}", "Outage at {}", "License key for {}")
_PARTNER_SUBJECTS = ("Deal registration: {}", "Quote approval for {}", "Who at the vendor owns {}?")


def ticket_rows(copy: Copy, ids: Iterator[str], rng: random.Random) -> list[TicketEntry]:
    """Tickets of live accounts; some are a partner's, about a deal that the partner has a part in."""
    contacts: dict[str, ContactEntry] = {}
    for contact in copy.contacts:
        if contact.fate is Fate.LIVE and contact.account is not None:
            contacts.setdefault(contact.account, contact)
    accounts = [account for account in copy.accounts if account.fate is Fate.LIVE]
    deals = [deal for deal in copy.opportunities if deal.fate is Fate.LIVE and deal.partner_roles]
    rows = []
    for second in tied(growing(round(len(accounts) * _TICKETS_PER_ACCOUNT), rng), rng):
        if deals and happens(rng, _PARTNER_SHARE):
            rows.append(_of_partner(second, one_of(rng, deals), rng))
        else:
            account = one_of(rng, accounts)
            rows.append(_of_customer(second, account, contacts.get(account.id), rng))
    rows.sort(key=lambda row: row.created_at)
    for row in rows:
        row.id = next(ids)
        row.owner = one_of(rng, [user.id for user in copy.users])
    fates.remove_some(rows, _SYSTEM, rng)
    return rows


def _of_partner(second: int, deal: OpportunityEntry, rng: random.Random) -> TicketEntry:
    second = max(second, second_of(deal.created_at) + 1)
    row = _row(second, one_of(rng, _PARTNER_SUBJECTS).format(deal.name), rng)
    row.account = one_of(rng, deal.partner_roles).account
    row.opportunity = deal.id
    return row


def _of_customer(second: int, account: AccountEntry, contact: ContactEntry | None, rng: random.Random) -> TicketEntry:
    second = max(second, second_of(account.created_at) + 1)
    row = _row(second, one_of(rng, _SUBJECTS).format(account.name or account.domain or "us"), rng)
    row.account = account.id
    row.contact = contact.id if contact is not None else None
    return row


def _row(second: int, subject: str, rng: random.Random) -> TicketEntry:
    """A ticket that gets its id once all stand in the order of creation."""
    stage = one_of(rng, _STAGES)
    changed = stamp(_SYSTEM, after(second, rng))
    return TicketEntry(
        id="",
        created_at=stamp(_SYSTEM, second),
        modified_at=changed,
        subject=subject,
        content=one_of(rng, ("Please call back.", "Line one\nline two; three", None)),
        stage=stage,
        priority=one_of(rng, _PRIORITIES),
        closed_at=changed - timedelta(milliseconds=37) if stage == _CLOSED else None,
    )
