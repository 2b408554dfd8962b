from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, text

from hub.jobs.mapping import map_accounts
from hub.model import (
    Account,
    AccountMembership,
    AccountProfile,
    AccountRecord,
    AccountRedirect,
    Connection,
    ContactAccount,
    ContactRecord,
    Match,
    Organization,
    PersonProfile,
    PersonRedirect,
    Relation,
    Verdict,
)
from hub.store import connections, organizations
from hub.store.database import Database
from tests.builders import SEALER, saved


def a_record(key: str, name: str | None = "Acme Inc.", website: str | None = None, **more: object) -> AccountRecord:
    return AccountRecord(external_id=key, name=name, website=website, **more)


async def every(database: Database, model):
    async with database.session() as session:
        return (await session.scalars(select(model))).all()


async def accounts_by_record(database: Database) -> dict[str, UUID]:
    return {record.external_id: record.account_id for record in await every(database, AccountRecord)}


async def test_records_of_one_company_come_to_one_account_with_evidence(database, given):
    await given(
        a_record("1", "Siemens AG", "https://www.siemens.com/de"),
        a_record("2", "Siemens Aktiengesellschaft", "siemens.com"),
        a_record("3", "Bosch GmbH", "bosch.com"),
    )

    outcome = await map_accounts(database)

    of = await accounts_by_record(database)
    assert of["1"] == of["2"] != of["3"]
    assert (outcome.records, outcome.accounts, outcome.moved) == (3, 2, 3)
    (match,) = await every(database, Match)
    assert match.verdict == Verdict.SAME
    assert {(evidence["left"], evidence["right"]) for evidence in match.evidence} >= {("siemens.com", "siemens.com")}
    assert float(match.score) == pytest.approx(sum(evidence["bits"] for evidence in match.evidence), abs=0.01)


async def test_mapping_again_changes_nothing(database, given):
    await given(a_record("1", "Siemens AG", "siemens.com"), a_record("2", "Siemens", "siemens.com"))
    await map_accounts(database)
    before = [await every(database, model) for model in (Account, AccountMembership, Match)]

    outcome = await map_accounts(database)

    after = [await every(database, model) for model in (Account, AccountMembership, Match)]
    assert outcome.moved == 0
    assert repr(after) == repr(before)


async def test_a_retired_id_leads_to_the_account_that_took_its_place_and_history_stays(database, given):
    await given(a_record("1", "Siemens AG", "siemens.com"), a_record("2", "Other Words Ltd", "other-words.com"))
    await map_accounts(database)
    before = await accounts_by_record(database)
    await given(a_record("2", "Siemens AG", "siemens.com"))

    await map_accounts(database)

    of = await accounts_by_record(database)
    assert of["1"] == of["2"]
    (redirect,) = await every(database, AccountRedirect)
    assert {redirect.retired_id, redirect.account_id} == set(before.values())
    assert redirect.account_id == of["1"]
    memberships = await every(database, AccountMembership)
    assert len(memberships) == 3
    assert sum(membership.valid_to is None for membership in memberships) == 2


async def test_a_removed_record_ends_its_membership_and_keeps_its_id_for_its_return(database, given):
    await given(a_record("1", "Siemens AG", "siemens.com"))
    await map_accounts(database)
    (before,) = await every(database, Account)
    async with database.session() as session:
        await session.execute(text("update account_record set removal = 'DELETED'"))
    await map_accounts(database)
    (membership,) = await every(database, AccountMembership)
    assert membership.valid_to is not None

    async with database.session() as session:
        await session.execute(text("update account_record set removal = null"))
    await map_accounts(database)

    assert (await accounts_by_record(database))["1"] == before.id
    assert sum(membership.valid_to is None for membership in await every(database, AccountMembership)) == 1


async def test_parents_named_by_records_become_relations_of_accounts(database, given):
    await given(a_record("1", "Alphabet", "abc.xyz"), a_record("2", "Verily", "verily.com", parent_external_id="1"))

    await map_accounts(database)

    of = await accounts_by_record(database)
    (relation,) = await every(database, Relation)
    assert (relation.from_id, relation.to_id, relation.source) == (of["1"], of["2"], "SOURCE")

    await given(a_record("2", "Verily", "verily.com"))
    await map_accounts(database)
    assert await every(database, Relation) == []


async def test_an_account_is_called_by_its_domain_or_id_where_no_record_has_a_name(database, given):
    await given(a_record("1", None, "siemens.com"), a_record("x-2", None))

    await map_accounts(database)

    assert sorted(account.name for account in await every(database, AccountProfile)) == ["siemens.com", "x-2"]


async def test_contacts_are_one_person_by_address_or_by_name_company_and_number(database, given, partner_connection_id):
    await given(a_record("1", "Siemens AG", "siemens.com", country="Germany"), a_record("2", "Bosch", "bosch.com"))
    await given(
        ContactRecord(external_id="1", first_name="Ann", last_name="Lee", email="ann@acme.example"),
        ContactRecord(external_id="2", first_name=None, last_name="Lee", email="ANN@acme.example"),
        ContactRecord(external_id="3", first_name=None, last_name=None, email=None),
        ContactRecord(external_id="4", first_name="Robert", last_name="Nowak", phone="0228 5550100"),
        ContactRecord(external_id="5", first_name="Robert", last_name="Nowak"),
        ContactAccount(external_id="4-1", contact_external_id="4", account_external_id="1"),
        ContactAccount(external_id="5-2", contact_external_id="5", account_external_id="2"),
        stream="contacts",
    )
    async with database.session() as session:
        theirs = a_record("9", "Siemens Aktiengesellschaft", "https://www.siemens.com")
        bob = ContactRecord(external_id="6", first_name="Bob", last_name="Nowak")
        same_number = ContactRecord(external_id="7", first_name="Bob", last_name="Nowak", phone="+49 228 555-0100")
        link = ContactAccount(external_id="6-9", contact_external_id="6", account_external_id="9")
        await saved(session, partner_connection_id, "accounts", theirs)
        await saved(session, partner_connection_id, "contacts", bob, same_number, link)

    outcome = await map_accounts(database)

    assert (outcome.contacts, outcome.people) == (7, 4)
    of = {each.external_id: each.person_id for each in await every(database, ContactRecord)}
    assert of["1"] == of["2"]
    assert of["4"] == of["6"] == of["7"] != of["5"]
    people = {person.name: person.email for person in await every(database, PersonProfile)}
    assert people == {"Ann Lee": "ann@acme.example", "3": None, "Robert Nowak": None, "Bob Nowak": None}


async def test_a_record_that_comes_back_after_its_account_was_retired_joins_the_heir(database, given):
    await given(a_record("1", "Siemens AG", "siemens.com"), a_record("2", "Other Words Ltd", "other-words.com"))
    await given(a_record("3", "Other Words Ltd", "other-words.com"))
    await map_accounts(database)
    async with database.session() as session:
        await session.execute(text("update account_record set removal = 'DELETED' where external_id = '3'"))
    await given(a_record("2", "Siemens AG", "siemens.com"))
    await map_accounts(database)
    async with database.session() as session:
        update = "update account_record set removal = null, name = 'Siemens AG', website = 'siemens.com'"
        await session.execute(text(f"{update} where external_id = '3'"))

    await map_accounts(database)

    assert len(set((await accounts_by_record(database)).values())) == 1


@pytest.fixture
async def partner_connection_id(database: Database, connection_id: UUID) -> UUID:
    """A connection that a partner owns."""
    async with database.session() as session:
        partner = await organizations.partner(session, "Partner Ltd.")
        return await connections.connect(
            session,
            SEALER,
            name="theirs",
            connector="salesforce",
            owner_id=partner,
            subject_id=partner,
            config={"base_url": "http://127.0.0.1"},
            secrets={"client_secret": "s3cret"},
        )


@pytest.fixture
def told(database: Database, connection_id: UUID, partner_connection_id: UUID):
    """Stores records of ours, or of the partner, by their names."""
    owners = {"ours": connection_id, "theirs": partner_connection_id}

    async def save(owner: str, **names: str) -> None:
        rows = [a_record(key, name, f"{name.split()[0].lower()}.example") for key, name in names.items()]
        async with database.session() as session:
            await saved(session, owners[owner], "accounts", *rows)

    return save


async def remove(database: Database, *keys: str) -> None:
    """The records of these ids are removed at their sources."""
    async with database.session() as session:
        statement = "update account_record set removal = 'DELETED' where external_id = any(:keys)"
        await session.execute(text(statement), {"keys": list(keys)})


async def heirs(database: Database) -> dict[str, dict[UUID, UUID]]:
    """By the name of the organization they belong to: where retired accounts lead."""
    names = {each.id: each.name for each in await every(database, Organization)}
    found: dict[str, dict[UUID, UUID]] = {}
    for redirect in await every(database, AccountRedirect):
        found.setdefault(names[redirect.owner_id], {})[redirect.retired_id] = redirect.account_id
    return found


async def test_each_owner_sees_an_account_as_its_own_records_tell_it(database, told):
    await told("ours", a1="Acme")
    await told("theirs", b1="ACME Inc.")

    await map_accounts(database)

    profiles = await every(database, AccountProfile)
    assert len({profile.id for profile in profiles}) == 1
    assert sorted(profile.name for profile in profiles) == ["ACME Inc.", "Acme"]
    assert len({profile.owner_id for profile in profiles}) == 2


async def test_a_redirect_belongs_to_those_who_knew_the_retired_account(database, told):
    await told("ours", a1="Siemens AG", a2="Siemens")
    await told("theirs", b1="Birch Ltd")
    await map_accounts(database)
    before = await accounts_by_record(database)
    await told("theirs", b1="Siemens AG")

    await map_accounts(database)

    assert await heirs(database) == {"Partner Ltd.": {before["b1"]: before["a1"]}}


async def test_each_owner_is_led_to_where_its_own_records_went(database, told):
    await told("ours", a1="Acme Rockets", a2="Siemens AG", a3="Siemens AG")
    await told("theirs", b1="Acme Rockets", b2="Birch Ltd", b3="Birch Ltd")
    await map_accounts(database)
    before = await accounts_by_record(database)
    await told("ours", a1="Siemens AG")
    await told("theirs", b1="Birch Ltd")

    await map_accounts(database)

    retired = before["a1"]
    assert await heirs(database) == {"Home Inc.": {retired: before["a2"]}, "Partner Ltd.": {retired: before["b2"]}}


async def test_an_account_that_only_one_of_its_owners_leaves_is_retired_for_that_one_until_it_is_back(database, told):
    await told("ours", a1="Acme Rockets")
    await told("theirs", b1="Acme Rockets")
    await map_accounts(database)
    before = await accounts_by_record(database)
    await told("ours", a1="Siemens AG")
    await map_accounts(database)
    apart = await accounts_by_record(database)
    leaver, stayer = ("a1", "b1") if apart["b1"] == before["b1"] else ("b1", "a1")
    assert apart[stayer] == before[stayer]
    assert list((await heirs(database)).values()) == [{before[leaver]: apart[leaver]}]

    await told("ours", a1="Acme Rockets")
    await map_accounts(database)

    back = await accounts_by_record(database)
    assert back["a1"] == back["b1"] == before["a1"]
    assert list((await heirs(database)).values()) == [{apart[leaver]: before[leaver]}]


async def test_redirects_never_need_a_second_step(database, told):
    await told("ours", a1="Acme Rockets", a2="Birch Ltd", a3="Birch Ltd", a4="Siemens AG", a5="Siemens AG")
    await told("ours", a6="Siemens AG", a7="Siemens AG")
    await map_accounts(database)
    before = await accounts_by_record(database)
    await told("ours", a1="Birch Ltd")
    await map_accounts(database)
    assert await heirs(database) == {"Home Inc.": {before["a1"]: before["a2"]}}
    await told("ours", a1="Siemens AG", a2="Siemens AG", a3="Siemens AG")

    await map_accounts(database)

    heir = before["a4"]
    assert await heirs(database) == {"Home Inc.": {before["a1"]: heir, before["a2"]: heir}}


async def test_removed_records_follow_the_live_ones_of_their_owner_and_of_no_other(database, told):
    await told("ours", a1="Acme Rockets", a2="Siemens AG", a3="Siemens AG", a4="Acme Rockets")
    await told("theirs", b1="Acme Rockets")
    await map_accounts(database)
    before = await accounts_by_record(database)
    await remove(database, "a4", "b1")
    await told("ours", a1="Siemens AG")

    await map_accounts(database)

    after = await accounts_by_record(database)
    assert after["a4"] == after["a1"] == before["a2"]
    assert after["b1"] == before["b1"], "for the partner, what was removed is still what it was"
    assert await heirs(database) == {"Home Inc.": {before["a1"]: before["a2"]}}
    removed = {each.id: each.is_removed for each in await every(database, AccountProfile)}
    assert removed == {before["a2"]: False, before["b1"]: True}

    await told("theirs", b1="Siemens AG")
    await map_accounts(database)
    heir = (await accounts_by_record(database))["a1"]
    assert await heirs(database) == {
        "Home Inc.": {before["a1"]: heir},
        "Partner Ltd.": {before["b1"]: heir},
    }


async def test_people_are_redirected_for_those_who_knew_them(database, connection_id, partner_connection_id):
    async def met(connection: UUID, **addresses: str) -> None:
        async with database.session() as session:
            rows = [
                ContactRecord(external_id=key, first_name="Ann", last_name=key, email=email)
                for key, email in addresses.items()
            ]
            await saved(session, connection, "contacts", *rows)

    await met(connection_id, a1="ann@acme.example", a2="ann@acme.example")
    await met(partner_connection_id, b1="ann@old.example")
    await map_accounts(database)
    before = {each.external_id: each.person_id for each in await every(database, ContactRecord)}
    await met(partner_connection_id, b1="ann@acme.example")

    await map_accounts(database)

    (redirect,) = await every(database, PersonRedirect)
    assert (redirect.retired_id, redirect.person_id) == (before["b1"], before["a1"])
    assert redirect.owner_id != await _owner(database, connection_id)


async def _owner(database: Database, connection_id: UUID) -> UUID:
    async with database.session() as session:
        return (await session.get_one(Connection, connection_id)).owner_id


async def test_whatever_happens_an_account_is_either_seen_or_leads_to_one_that_is_in_one_step(database, told):
    """Each account that an owner ever had a record of, since no record vanishes here."""
    random = Random(7)  # noqa: S311 - not a secret
    known: set[tuple[UUID, UUID]] = set()
    for _ in range(12):
        owner, prefix = random.choice([("ours", "a"), ("theirs", "b")])
        await told(owner, **{f"{prefix}{random.randint(1, 8)}": random.choice(NAMES) for _ in range(3)})
        await remove(database, f"{prefix}{random.randint(1, 8)}")
        await map_accounts(database)

        profiles = {(each.owner_id, each.id) for each in await every(database, AccountProfile)}
        redirects = {
            (each.owner_id, each.retired_id): (each.owner_id, each.account_id)
            for each in await every(database, AccountRedirect)
        }
        known |= profiles
        assert known == profiles | redirects.keys()
        assert not profiles & redirects.keys()
        assert set(redirects.values()) <= profiles
    assert len(known) > len(profiles)


NAMES = ("Acme Rockets", "Birch Ltd", "Siemens AG", "Cedar Works", "Dorn KG")
