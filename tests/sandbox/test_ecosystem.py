import subprocess
import sys
from collections import Counter
from decimal import Decimal
from itertools import chain, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import InputError
from hub.sandbox.clock import HISTORY_ENDS
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.ids import with_checksum
from hub.sandbox.world import Copy, Entry, Fate, World

PREFIXES = {
    "accounts": "001",
    "contacts": "003",
    "opportunities": "006",
    "users": "005",
    "products": "01t",
    "leads": "00Q",
    "campaigns": "701",
}
NOISE = {
    "duplicate",
    "free-mail",
    "legal-form",
    "no-name",
    "no-website",
    "odd-text",
    "shared-domain",
    "subsidiary",
    "trade-name",
    "typo",
    "url-shape",
    "wrong-website",
}
FINGERPRINT = """
import hashlib
from hub.sandbox.ecosystem import made_up_ecosystem
print(hashlib.sha256(repr(made_up_ecosystem(accounts=60, seed=7)).encode()).hexdigest())
"""


def entries(copy: Copy) -> list[Entry]:
    return list(chain.from_iterable(getattr(copy, kind) for kind in PREFIXES))


def all_entries(world: World) -> list[Entry]:
    lists = chain.from_iterable(partner.accounts for partner in world.partners)
    return [*entries(world.salesforce), *entries(world.hubspot), *lists]


def nested(copy: Copy, kind: str) -> list:
    return list(chain.from_iterable(getattr(deal, kind) for deal in copy.opportunities))


def rows(world: World) -> int:
    return sum(map(len, (world.salesforce.accounts, world.hubspot.accounts, *(p.accounts for p in world.partners))))


def fingerprint(hash_seed: str) -> str:
    command = [sys.executable, "-c", FINGERPRINT]
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode()  # noqa: S603 - our own code


def test_the_same_arguments_make_the_same_ecosystem_in_every_process():
    assert fingerprint("1") == fingerprint("2")


def test_another_seed_makes_another_ecosystem():
    assert made_up_ecosystem(60, seed=1).companies != made_up_ecosystem(60, seed=2).companies


def test_too_few_accounts_are_refused():
    with pytest.raises(InputError, match="at least 10"):
        made_up_ecosystem(9)


@given(accounts=st.integers(min_value=10, max_value=400), seed=st.integers())
@settings(max_examples=15, deadline=None)
def test_any_size_has_about_as_many_account_rows_as_asked_for(accounts, seed):
    assert accounts * 0.8 - 5 <= rows(made_up_ecosystem(accounts, seed)) <= accounts * 1.2 + 5


@pytest.mark.parametrize("kind", sorted(NOISE))
def test_every_kind_of_noise_occurs(ecosystem, kind):
    accounts = [*ecosystem.salesforce.accounts, *ecosystem.hubspot.accounts]
    assert any(kind in account.planted for account in accounts)


def test_no_other_noise_occurs(ecosystem):
    lists = chain.from_iterable(partner.accounts for partner in ecosystem.partners)
    accounts = chain(ecosystem.salesforce.accounts, ecosystem.hubspot.accounts, lists)
    assert {kind for account in accounts for kind in account.planted} == NOISE


@pytest.mark.parametrize("system", ["salesforce", "hubspot"])
def test_rows_end_in_every_way(ecosystem, system):
    copy = getattr(ecosystem, system)
    assert {row.fate for row in copy.accounts} == set(Fate)
    assert {row.fate for row in copy.contacts} == set(Fate)
    assert {row.fate for row in copy.opportunities} >= {Fate.LIVE, Fate.DELETED}


def test_a_row_that_ended_says_when_and_what_took_its_place(ecosystem):
    for copy in (ecosystem.salesforce, ecosystem.hubspot):
        for row in entries(copy):
            assert (row.fate is Fate.LIVE) == (row.removed_at is None)
            assert (row.fate is Fate.MERGED) == (row.merged_into is not None)
        for kind in ("accounts", "contacts"):
            by_id = {row.id: row for row in getattr(copy, kind)}
            losers = [row for row in by_id.values() if row.merged_into is not None]
            assert all(by_id[row.merged_into].truth == row.truth for row in losers)


def test_salesforce_forgets_no_removal_within_its_recycle_bin(ecosystem):
    ended = [row for row in entries(ecosystem.salesforce) if row.removed_at is not None]
    assert ended
    assert all((HISTORY_ENDS - row.removed_at).days < 15 for row in ended)


def test_salesforce_ids_are_valid_and_unique(ecosystem):
    copy = ecosystem.salesforce
    for kind, prefix in PREFIXES.items():
        ids = [row.id for row in getattr(copy, kind)]
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(id_.startswith(prefix) and with_checksum(id_[:15]) == id_ for id_ in ids)
    for kind, prefix in (("contact_roles", "00K"), ("partner_roles", "00I"), ("lines", "00k"), ("steps", "008")):
        ids = [row.id for row in nested(copy, kind)]
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(id_.startswith(prefix) and with_checksum(id_[:15]) == id_ for id_ in ids)


def test_hubspot_ids_are_unique_numbers_of_several_lengths(ecosystem):
    for kind in ("accounts", "contacts", "opportunities", "users", "products"):
        ids = [row.id for row in getattr(ecosystem.hubspot, kind)]
        assert len(set(ids)) == len(ids)
        assert {len(id_) for id_ in ids} == {9, 10, 11, 12}
        assert [int(id_) for id_ in ids] == sorted(map(int, ids))


@given(seed=st.integers(min_value=0, max_value=1000))
@settings(max_examples=8, deadline=None)
def test_every_reference_exists(seed):
    world = made_up_ecosystem(150, seed)
    for copy in (world.salesforce, world.hubspot):
        accounts, contacts, deals, leads, users, products = (
            {row.id: row for row in getattr(copy, kind)}
            for kind in ("accounts", "contacts", "opportunities", "leads", "users", "products")
        )
        for row in (*copy.accounts, *copy.contacts, *copy.opportunities):
            assert row.owner in users
        assert {row.parent for row in copy.accounts} - {None} <= accounts.keys()
        assert {row.account for row in (*copy.contacts, *copy.opportunities)} - {None} <= accounts.keys()
        assert {role.contact for role in nested(copy, "contact_roles")} <= contacts.keys()
        assert {line.product for line in nested(copy, "lines")} <= products.keys()
        assert all(accounts[role.account].kind == "Partner" for role in nested(copy, "partner_roles"))
        assert {lead.converted_account for lead in copy.leads} - {None} <= accounts.keys()
        assert {lead.converted_contact for lead in copy.leads} - {None} <= contacts.keys()
        assert {lead.converted_opportunity for lead in copy.leads} - {None} <= deals.keys()
        assert {deal.campaign for deal in copy.opportunities} - {None} <= {campaign.id for campaign in copy.campaigns}
        for member in chain.from_iterable(campaign.members for campaign in copy.campaigns):
            assert member.contact in contacts or member.lead in leads


def test_every_row_names_a_truth(ecosystem):
    lists = chain.from_iterable(partner.accounts for partner in ecosystem.partners)
    for account in chain(ecosystem.salesforce.accounts, ecosystem.hubspot.accounts, lists):
        assert account.truth in ecosystem.companies
    for contact in chain(ecosystem.salesforce.contacts, ecosystem.hubspot.contacts):
        assert contact.truth in ecosystem.humans
    assert {human.company for human in ecosystem.humans.values()} <= ecosystem.companies.keys()


def test_the_history_ends_in_time_and_runs_forward(ecosystem):
    for row in all_entries(ecosystem):
        assert row.created_at <= row.modified_at <= HISTORY_ENDS
        assert row.removed_at is None or row.created_at <= row.removed_at <= row.modified_at
    for copy in (ecosystem.salesforce, ecosystem.hubspot):
        for deal in copy.opportunities:
            times = [deal.created_at, *(step.at for step in deal.steps), deal.modified_at]
            assert times == sorted(times)
            assert deal.steps[-1].stage == deal.stage


def test_rows_stand_in_the_order_of_creation(ecosystem):
    for copy in (ecosystem.salesforce, ecosystem.hubspot):
        for kind in PREFIXES:
            assert all(left.created_at <= right.created_at for left, right in pairwise(getattr(copy, kind)))


def test_many_rows_share_a_second_but_never_too_many(ecosystem):
    for kind in ("accounts", "contacts"):
        stamps = Counter(row.modified_at for row in getattr(ecosystem.salesforce, kind))
        assert 5 < max(stamps.values()) < 30
        assert all(stamp.microsecond == 0 for stamp in stamps)
    assert any(row.modified_at.microsecond for row in ecosystem.hubspot.accounts)


def test_the_systems_overlap_as_planned(ecosystem):
    salesforce, hubspot = ({row.truth for row in copy.accounts} for copy in (ecosystem.salesforce, ecosystem.hubspot))
    assert 0.40 < len(salesforce & hubspot) / len(salesforce | hubspot) < 0.50
    for partner in ecosystem.partners:
        listed = {row.truth for row in partner.accounts}
        assert 0.25 < len(listed & (salesforce | hubspot)) / len(listed) < 0.45


def test_people_and_deals_stand_in_both_systems(ecosystem):
    for kind in ("contacts", "opportunities"):
        salesforce, hubspot = (
            {row.truth for row in getattr(copy, kind)} for copy in (ecosystem.salesforce, ecosystem.hubspot)
        )
        assert len(salesforce & hubspot) > 50


def test_amounts_are_exact_and_in_several_currencies(ecosystem):
    deals = [*ecosystem.salesforce.opportunities, *ecosystem.hubspot.opportunities]
    assert {"USD", "EUR", "GBP", "JPY"} <= {deal.currency for deal in deals}
    assert any(deal.amount is None for deal in deals)
    for deal in deals:
        if deal.lines:
            assert deal.amount == sum((line.quantity * line.unit_price for line in deal.lines), Decimal(0))


def test_partners_have_roles_in_deals_and_rows_in_both_systems(ecosystem):
    for copy in (ecosystem.salesforce, ecosystem.hubspot):
        partners = {row.truth for row in copy.accounts if row.kind == "Partner" and row.fate is Fate.LIVE}
        assert len(partners) == len(ecosystem.partners)
        assert len({role.account for role in nested(copy, "partner_roles")}) == len(ecosystem.partners)


def test_mail_addresses_stay_under_example(ecosystem):
    people = [*ecosystem.humans.values(), *ecosystem.salesforce.leads]
    for copy in (ecosystem.salesforce, ecosystem.hubspot):
        people += [*copy.contacts, *copy.users]
    assert all(row.email is None or row.email.lower().endswith(".example") for row in people)


def test_salesforce_checks_numbers_and_hubspot_takes_what_is_typed(ecosystem):
    assert all(row.employees is None or row.employees.isdigit() for row in ecosystem.salesforce.accounts)
    typed = {row.employees for row in ecosystem.hubspot.accounts if row.employees is not None}
    assert any(";" in text for text in typed)
    assert "" in typed


def test_the_home_organization_has_fields_of_its_own(ecosystem):
    assert {name for row in ecosystem.salesforce.accounts for name in row.custom if name.endswith("__c")}
    assert all(row.custom.keys() == ecosystem.hubspot.accounts[0].custom.keys() for row in ecosystem.hubspot.accounts)


def test_converted_leads_name_what_they_became(ecosystem):
    converted = [lead for lead in ecosystem.salesforce.leads if lead.converted_on is not None]
    assert converted
    for lead in converted:
        assert lead.converted_contact is not None
        assert lead.converted_account is not None
        assert lead.fate is Fate.LIVE
