"""The made-up ecosystem: a home organization with two CRMs, and three partners with a list of accounts each."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import count

from hub.errors import InputError
from hub.sandbox.accounts import Typist
from hub.sandbox.campaigns import campaign_rows, lead_rows
from hub.sandbox.chance import happens
from hub.sandbox.contacts import contact_rows
from hub.sandbox.deals import PRODUCTS, STAGES
from hub.sandbox.ids import hubspot_ids, salesforce_ids
from hub.sandbox.opportunities import DealDesk, DealIds
from hub.sandbox.people import FIRST_NAMES, LAST_NAMES, slug
from hub.sandbox.plan import PARTNER_KEYS, Members, Plan, made_up_plan
from hub.sandbox.second_addresses import add_second_addresses
from hub.sandbox.tickets import ticket_rows
from hub.sandbox.timeline import growing, modified, stamp
from hub.sandbox.world import AccountEntry, Copy, Partner, ProductEntry, System, UserEntry, World

HOME_NAME = "Lumenfjord"
HOME_DOMAIN = "lumenfjord.example"
TIERS = ("Registered", "Silver", "Gold")
LEAST_ACCOUNTS = 10

_USERS = 15
_LEADS_PER_ACCOUNT = 0.3
_PARTNERSHIPS = (
    (("RESELLER",), "Gold", date(2021, 3, 1)),
    (("INTEGRATOR",), "Silver", date(2022, 9, 15)),
    (("TECHNOLOGY", "MARKETPLACE"), "Silver", date(2024, 1, 10)),
)
_LIST_IDS = ("K-{:06}", "{}", "row {}")
"""How each partner numbers its accounts. The last one does not: there a row is known by its place."""

Ids = Callable[[str], Iterator[str]]
"""The ids of a kind of row, named by Salesforce's prefix for it."""


def made_up_ecosystem(accounts: int = 2000, seed: int = 1) -> World:
    """The ecosystem with about that many account rows in all; the same for the same arguments, everywhere."""
    if accounts < LEAST_ACCOUNTS:
        raise InputError(f"An ecosystem needs at least {LEAST_ACCOUNTS} accounts, not {accounts}.")
    rng = random.Random(f"{accounts} accounts, seed {seed}")  # noqa: S311 - repeatable on purpose, guards nothing
    plan = made_up_plan(accounts, rng)
    return World(
        home_name=HOME_NAME,
        home_domain=HOME_DOMAIN,
        program=f"{HOME_NAME} Partner Program",
        tiers=TIERS,
        companies={key: known.company for key, known in plan.known.items()},
        humans=plan.humans,
        stages=STAGES,
        salesforce=_salesforce(plan, rng),
        hubspot=_hubspot(plan, rng, random.Random(f"{accounts} tickets, seed {seed}")),  # noqa: S311 - as above
        partners=_partners(plan, rng),
    )


def _salesforce(plan: Plan, rng: random.Random) -> Copy:
    def ids(prefix: str) -> Iterator[str]:
        return salesforce_ids(prefix, rng)

    copy = _crm(System.SALESFORCE, plan.salesforce, plan, ids, rng)
    copy.leads = lead_rows(
        list(plan.known.values()), round(len(copy.accounts) * _LEADS_PER_ACCOUNT), copy, ids("00Q"), rng
    )
    copy.campaigns = campaign_rows(copy, ids("701"), ids("00v"), rng)
    return copy


def _hubspot(plan: Plan, rng: random.Random, later: random.Random) -> Copy:
    """`later` makes up what was added to the sandbox later, so that all else stays as it was."""

    def ids(prefix: str) -> Iterator[str]:
        return hubspot_ids(_USERS if prefix in {"005", "01t"} else len(plan.hubspot.companies) // 2, rng)

    copy = _crm(System.HUBSPOT, plan.hubspot, plan, ids, rng)
    add_second_addresses(copy, later)
    copy.tickets = ticket_rows(copy, hubspot_ids(len(copy.accounts), later), later)
    return copy


def _crm(system: System, members: Members, plan: Plan, ids: Ids, rng: random.Random) -> Copy:
    copy = Copy(users=_users(system, ids("005"), rng), products=_products(system, ids("01t"), rng))
    owners = [user.id for user in copy.users]
    typist = Typist(system, plan.known, plan.customers, frozenset(PARTNER_KEYS), owners, rng)
    copy.accounts = typist.rows(members.companies, ids("001"))
    copy.contacts = contact_rows(system, copy.accounts, plan.staff, owners, ids("003"), rng)
    deal_ids = DealIds(
        deals=ids("006"), contact_roles=ids("00K"), partner_roles=ids("00I"), lines=ids("00k"), steps=ids("008")
    )
    copy.opportunities = DealDesk(system, copy, deal_ids, PARTNER_KEYS, rng).rows(members.deals)
    return copy


def _users(system: System, ids: Iterator[str], rng: random.Random) -> list[UserEntry]:
    created = growing(_USERS, rng)
    names = zip(rng.sample(FIRST_NAMES, _USERS), rng.sample(LAST_NAMES, _USERS), strict=True)
    return [
        UserEntry(
            id=next(ids),
            created_at=stamp(system, first),
            modified_at=stamp(system, last),
            first_name=first_name,
            last_name=last_name,
            email=f"{slug(f'{first_name} {last_name}') or 'sales'}-{number}@{HOME_DOMAIN}",
            is_active=number % 7 != 0,
        )
        for number, (first, last, (first_name, last_name)) in enumerate(
            zip(created, modified(created, rng), names, strict=True), start=1
        )
    ]


def _products(system: System, ids: Iterator[str], rng: random.Random) -> list[ProductEntry]:
    created = growing(len(PRODUCTS), rng)
    return [
        ProductEntry(
            id=next(ids),
            created_at=stamp(system, first),
            modified_at=stamp(system, last),
            name=name,
            code=code,
            family=family,
            price=price,
        )
        for first, last, (name, code, family, price) in zip(created, modified(created, rng), PRODUCTS, strict=True)
    ]


def _partners(plan: Plan, rng: random.Random) -> tuple[Partner, ...]:
    lists = [_account_list(plan, keys, form, rng) for keys, form in zip(plan.lists, _LIST_IDS, strict=True)]
    return tuple(
        Partner(
            name=plan.known[key].company.name,
            domain=plan.known[key].company.domain or "",
            types=types,
            tier=tier,
            since=since,
            accounts=accounts,
        )
        for key, (types, tier, since), accounts in zip(PARTNER_KEYS, _PARTNERSHIPS, lists, strict=True)
    )


def _account_list(plan: Plan, keys: Sequence[int], form: str, rng: random.Random) -> list[AccountEntry]:
    customers = frozenset(key for key in keys if happens(rng, 0.5))
    typist = Typist(System.PARTNER_LIST, plan.known, customers, frozenset(), (), rng)
    return typist.rows(keys, (form.format(number) for number in count(1)))
