"""Deals as the users of one system typed them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.sandbox import fates
from hub.sandbox.chance import happens, one_of
from hub.sandbox.deals import OPEN_STAGES, PARTNER_ROLES, Deal
from hub.sandbox.timeline import DAY, LAST_SECOND, after, second_of, stamp, tied
from hub.sandbox.world import (
    AccountEntry,
    ContactEntry,
    ContactRole,
    Copy,
    Fate,
    LineEntry,
    OpportunityEntry,
    PartnerRole,
    StageStep,
    System,
)

CONTACT_ROLES = ("Decision Maker", "Economic Buyer", "Technical Buyer", "Evaluator", "Influencer")


@dataclass(frozen=True, slots=True)
class DealIds:
    """Ids for deals and what hangs on them."""

    deals: Iterator[str]
    contact_roles: Iterator[str]
    partner_roles: Iterator[str]
    lines: Iterator[str]
    steps: Iterator[str]


class DealDesk:
    """Who fills one system with deals, given its accounts, contacts, products and users."""

    def __init__(self, system: System, copy: Copy, ids: DealIds, partners: Sequence[int], rng: random.Random) -> None:
        self._system = system
        self._copy = copy
        self._ids = ids
        self._rng = rng
        self._owners = [user.id for user in copy.users]
        self._accounts = _first_live(copy.accounts)
        self._contacts = _live_contacts(copy.contacts)
        self._partners = [self._accounts[partner] for partner in partners]

    def rows(self, deals: Sequence[Deal]) -> list[OpportunityEntry]:
        """A row for each deal whose account the system has, in the order of creation."""
        known = [(self._begins(deal), deal) for deal in deals if deal.company in self._accounts]
        known.sort(key=lambda begun: begun[0])
        created = tied([second for second, _ in known], self._rng)
        rows = [self._row(deal, second) for second, (_, deal) in zip(created, known, strict=True)]
        fates.remove_some(rows, self._system, self._rng)
        return rows

    def _begins(self, deal: Deal) -> int:
        first = second_of(self._accounts[deal.company].created_at) + 1
        return first + int((LAST_SECOND - first) * deal.begins)

    def _row(self, deal: Deal, created: int) -> OpportunityEntry:
        account = self._accounts[deal.company]
        steps = self._steps(deal, created)
        changed = second_of(steps[-1].at)
        return OpportunityEntry(
            id=next(self._ids.deals),
            created_at=stamp(self._system, created),
            modified_at=stamp(self._system, after(changed, self._rng, 30 * DAY)),
            truth=deal.number,
            name=deal.name,
            account=None if happens(self._rng, 0.02) else account.id,
            stage=deal.stage,
            amount=deal.amount,
            currency=deal.currency,
            close_date=self._close_date(deal, created, changed),
            kind=deal.kind,
            lead_source=deal.lead_source,
            owner=one_of(self._rng, self._owners),
            contact_roles=self._contact_roles(account),
            partner_roles=self._partner_roles(deal),
            lines=self._lines(deal),
            steps=steps,
        )

    def _steps(self, deal: Deal, created: int) -> list[StageStep]:
        """Through the open stages, some of them skipped, to where the deal stands."""
        reached = OPEN_STAGES.index(deal.stage) if deal.stage in OPEN_STAGES else len(OPEN_STAGES)
        passed = [stage for stage in OPEN_STAGES[:reached] if happens(self._rng, 0.6)]
        path = [*passed, deal.stage]
        length = min(deal.lasts_days * DAY, int((LAST_SECOND - created) * self._rng.random()))
        return [
            StageStep(
                id=next(self._ids.steps),
                stage=stage,
                at=stamp(self._system, created + length * place // max(1, len(path) - 1)),
            )
            for place, stage in enumerate(path)
        ]

    def _close_date(self, deal: Deal, created: int, changed: int) -> date:
        if deal.stage in OPEN_STAGES:
            return (stamp(self._system, created) + timedelta(days=deal.lasts_days + 30)).date()
        return stamp(self._system, changed).date()

    def _contact_roles(self, account: AccountEntry) -> list[ContactRole]:
        contacts = self._contacts.get(account.id, [])
        chosen = self._rng.sample(contacts, min(len(contacts), one_of(self._rng, (0, 1, 1, 2, 3))))
        return [
            ContactRole(
                id=next(self._ids.contact_roles),
                contact=contact.id,
                role=one_of(self._rng, CONTACT_ROLES),
                is_primary=place == 0,
            )
            for place, contact in enumerate(chosen)
        ]

    def _partner_roles(self, deal: Deal) -> list[PartnerRole]:
        return [
            PartnerRole(
                id=next(self._ids.partner_roles),
                account=self._partners[partner].id,
                role=PARTNER_ROLES[partner],
                is_primary=place == 0,
            )
            for place, partner in enumerate(deal.partners)
        ]

    def _lines(self, deal: Deal) -> list[LineEntry]:
        return [
            LineEntry(
                id=next(self._ids.lines),
                product=self._copy.products[line.product].id,
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
            for line in deal.lines
        ]


def _first_live(accounts: Sequence[AccountEntry]) -> Mapping[int, AccountEntry]:
    return {row.truth: row for row in reversed(accounts) if row.fate is Fate.LIVE}


def _live_contacts(contacts: Sequence[ContactEntry]) -> Mapping[str, list[ContactEntry]]:
    by_account: dict[str, list[ContactEntry]] = {}
    for contact in contacts:
        if contact.account is not None and contact.fate is Fate.LIVE:
            by_account.setdefault(contact.account, []).append(contact)
    return by_account
