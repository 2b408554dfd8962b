"""Partnering made up for a world: it follows from the world's partners, their lists and the deals they are part of."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hub.sandbox.chance import happens, one_of
from hub.sandbox.deals import PARTNER_ROLES
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.salesforce.partnering import (
    AccountPartnerEntry,
    AllocationEntry,
    BudgetEntry,
    ClaimEntry,
    FundRequestEntry,
    LevelEntry,
    MemberEntry,
    Partnering,
    ProgramEntry,
    RelationEntry,
)
from hub.sandbox.world import AccountEntry, Fate, Partner, World

REVERSE_ROLES: Mapping[str, str] = {
    "Customer": "Reseller",
    "Distributor": "Customer",
    "Reseller": "Customer",
    "System Integrator": "Customer",
    "Technology Partner": "Technology Partner",
}
"""What the other side of a relation is called."""
PREFIXES: Mapping[type, str] = {
    AccountPartnerEntry: "00I",
    RelationEntry: "07k",
    ProgramEntry: "0CP",
    LevelEntry: "0CL",
    MemberEntry: "0CM",
    BudgetEntry: "0PB",
    AllocationEntry: "0PA",
    FundRequestEntry: "0PR",
    ClaimEntry: "0PC",
}
"""How ids begin. Salesforce publishes no list; those after the second are our own."""

_SERVED_SHARE = 0.2
"""Of the accounts that a partner lists: those of which it is the partner at large."""
_RELATED_SHARE = 0.04
_NEW_YEAR = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
_ACTIVITIES = ("Event", "Digital Advertising", "Webinar")
_STATUSES = ("Approved", "Submitted", "Approved", "Rejected", "Draft")


def made_up_partnering(world: World) -> Partnering:
    """The same for the same world."""
    rng = random.Random(f"{len(world.salesforce.accounts)} accounts")  # noqa: S311 - repeatable on purpose
    made = _Maker()
    partners = list(_partner_accounts(world))
    _add_program(world, partners, made)
    for place, (partner, account) in enumerate(partners):
        _add_served(world, partner, account, PARTNER_ROLES[place % len(PARTNER_ROLES)], made, rng)
        _add_funds(world, account, made)
    _add_deal_partners(world, made)
    _add_relations(world, made, rng)
    return made.partnering


class _Maker:
    """Numbers what is made, and keeps it."""

    def __init__(self) -> None:
        self.partnering = Partnering()
        self._numbers = {kind: count(1) for kind in PREFIXES}

    def next_id(self, kind: type) -> str:
        return record_id(PREFIXES[kind], next(self._numbers[kind]))


def _partner_accounts(world: World) -> Iterator[tuple[Partner, AccountEntry]]:
    """Each partner with its own account in the org."""
    keys = {company.domain: key for key, company in world.companies.items()}
    accounts = {row.truth: row for row in reversed(world.salesforce.accounts) if row.fate is Fate.LIVE}
    for partner in world.partners:
        account = accounts.get(keys.get(partner.domain, -1))
        if account is not None:
            yield partner, account


def _stamps(at: datetime) -> dict[str, Any]:
    return {"created_at": at, "modified_at": at}


def _add_program(world: World, partners: list[tuple[Partner, AccountEntry]], made: _Maker) -> None:
    if not partners:
        return
    at = datetime.combine(min(partner.since for partner, _ in partners), _NEW_YEAR.timetz())
    held = made.partnering
    program = ProgramEntry(id=made.next_id(ProgramEntry), name=world.program, category="Reseller", **_stamps(at))
    held.programs.append(program)
    for rank, name in enumerate(reversed(world.tiers), start=1):
        level_id = made.next_id(LevelEntry)
        held.levels.append(LevelEntry(id=level_id, name=name, program=program.id, rank=rank, **_stamps(at)))
    levels = {level.name: level.id for level in held.levels}
    for partner, account in partners:
        held.members.append(
            MemberEntry(
                id=made.next_id(MemberEntry),
                name=f"{partner.name} - {program.name}",
                program=program.id,
                level=levels[partner.tier],
                partner=account.id,
                **_stamps(datetime.combine(partner.since, _NEW_YEAR.timetz())),
            )
        )


def _add_served(
    world: World, partner: Partner, account: AccountEntry, role: str, made: _Maker, rng: random.Random
) -> None:
    listed = {row.truth for row in partner.accounts}
    for row in world.salesforce.accounts:
        if row.truth in listed and row.fate is Fate.LIVE and row is not account and happens(rng, _SERVED_SHARE):
            there, back = pair(row.id, account.id, role, row.modified_at, lambda: made.next_id(AccountPartnerEntry))
            made.partnering.account_partners += [there, back]


def pair(
    account_from: str, account_to: str, role: str | None, at: datetime, new_id: Any
) -> tuple[AccountPartnerEntry, AccountPartnerEntry]:
    """A relation of two accounts, seen from both sides."""
    there, back = (
        AccountPartnerEntry(id=new_id(), account_from=here, account_to=other, role=name, **_stamps(at))
        for here, other, name in (
            (account_from, account_to, role),
            (account_to, account_from, REVERSE_ROLES.get(role or "", role)),
        )
    )
    there.reverse, back.reverse = back.id, there.id
    return there, back


def _add_deal_partners(world: World, made: _Maker) -> None:
    """A partner in a deal is a partner of the account that the deal is with."""
    for deal in world.salesforce.opportunities:
        for held in deal.partner_roles if deal.account is not None else ():
            made.partnering.account_partners.append(
                AccountPartnerEntry(
                    id=made.next_id(AccountPartnerEntry),
                    created_at=deal.created_at,
                    modified_at=deal.modified_at,
                    fate=deal.fate,
                    removed_at=deal.removed_at,
                    account_from=deal.account,
                    account_to=held.account,
                    role=held.role,
                    is_primary=held.is_primary,
                    opportunity=deal.id,
                )
            )


def _add_relations(world: World, made: _Maker, rng: random.Random) -> None:
    """People who have to do with a second account, such as their former one."""
    accounts = [row for row in world.salesforce.accounts if row.fate is Fate.LIVE]
    for person in world.salesforce.contacts:
        if person.fate is Fate.LIVE and person.account and len(accounts) > 1 and happens(rng, _RELATED_SHARE):
            other = one_of(rng, accounts)
            if other.id != person.account:
                made.partnering.relations.append(
                    RelationEntry(
                        id=made.next_id(RelationEntry),
                        account=other.id,
                        contact=person.id,
                        roles=one_of(rng, ("Influencer", "Decision Maker;Influencer", None)),
                        is_active=happens(rng, 0.8),
                        starts_on=max(person.created_at, other.created_at).date(),
                        **_stamps(max(person.modified_at, other.created_at)),
                    )
                )


def _add_funds(world: World, account: AccountEntry, made: _Maker) -> None:
    """A year's marketing money of one partner, from the budget to the claims."""
    held, owner = made.partnering, account.owner
    budget = BudgetEntry(
        id=made.next_id(BudgetEntry),
        title=f"MDF 2026 {account.name}",
        amount=Decimal(100_000),
        partner=account.id,
        kind="Marketing Development Fund",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        owner=owner,
        **_stamps(_NEW_YEAR),
    )
    allocation = AllocationEntry(
        id=made.next_id(AllocationEntry),
        title=f"First half 2026 {account.name}",
        amount=Decimal(40_000),
        partner=account.id,
        budget=budget.id,
        owner=owner,
        **_stamps(_NEW_YEAR + timedelta(days=1)),
    )
    held.budgets.append(budget)
    held.allocations.append(allocation)
    campaigns = [row.id for row in world.salesforce.campaigns]
    for number, status in enumerate(_STATUSES):
        _add_request(allocation, number, status, campaigns[number] if number < len(campaigns) else None, made)


def _add_request(allocation: AllocationEntry, number: int, status: str, campaign: str | None, made: _Maker) -> None:
    at = _NEW_YEAR + timedelta(days=30 * (number + 1), minutes=7 * number)
    common: Mapping[str, Any] = {
        "partner": allocation.partner,
        "budget": allocation.budget,
        "allocation": allocation.id,
    }
    granted = Decimal(5000 + 1000 * number) if status == "Approved" else Decimal(0)
    request = FundRequestEntry(
        id=made.next_id(FundRequestEntry),
        title=f"{_ACTIVITIES[number % len(_ACTIVITIES)]} No. {number + 1}",
        status=status,
        activity=_ACTIVITIES[number % len(_ACTIVITIES)],
        requested=Decimal(5000 + 1500 * number),
        amount=granted,
        campaign=campaign,
        desired_outcome="New pipeline",
        owner=allocation.owner,
        **common,
        **_stamps(at),
    )
    made.partnering.requests.append(request)
    if status == "Approved":
        made.partnering.claims.append(
            ClaimEntry(
                id=made.next_id(ClaimEntry),
                title=f"{request.title}, invoice",
                status="Paid" if number == 0 else "Approved",
                amount=granted * Decimal("0.8"),
                request=request.id,
                owner=allocation.owner,
                **common,
                **_stamps(at + timedelta(days=21)),
            )
        )
