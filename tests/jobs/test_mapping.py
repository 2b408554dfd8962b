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
    ContactRecord,
    Match,
    PersonProfile,
    Relation,
    Verdict,
)
from hub.store import connections, organizations
from hub.store.database import Database
from tests.builders import SEALER, a_connection, a_home, saved


@pytest.fixture
async def connection_id(database: Database) -> UUID:
    async with database.session() as session:
        return await a_connection(session)


@pytest.fixture
def given(database: Database, connection_id: UUID):
    async def save(*rows: object, stream: str = "accounts") -> None:
        async with database.session() as session:
            await saved(session, connection_id, stream, *rows)

    return save


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
    assert (relation.from_id, relation.to_id) == (of["1"], of["2"])

    await given(a_record("2", "Verily", "verily.com"))
    await map_accounts(database)
    assert await every(database, Relation) == []


async def test_an_account_is_called_by_its_domain_or_id_where_no_record_has_a_name(database, given):
    await given(a_record("1", None, "siemens.com"), a_record("x-2", None))

    await map_accounts(database)

    assert sorted(account.name for account in await every(database, AccountProfile)) == ["siemens.com", "x-2"]


async def test_contacts_with_one_address_are_one_person(database, given):
    await given(
        ContactRecord(external_id="1", first_name="Ann", last_name="Lee", email="ann@acme.example"),
        ContactRecord(external_id="2", first_name=None, last_name="Lee", email="ANN@acme.example"),
        ContactRecord(external_id="3", first_name=None, last_name=None, email=None),
        stream="contacts",
    )

    outcome = await map_accounts(database)

    assert (outcome.contacts, outcome.people) == (3, 2)
    people = {person.name: person.email for person in await every(database, PersonProfile)}
    assert people == {"Ann Lee": "ann@acme.example", "3": None}


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


async def test_each_owner_sees_an_account_as_its_own_records_tell_it(database):
    async with database.session() as session:
        home, ours = await a_home(session), await a_connection(session)
        partner = await organizations.partner(session, "Partner Ltd.")
        theirs = await connections.connect(
            session,
            SEALER,
            name="theirs",
            connector="salesforce",
            owner_id=partner,
            subject_id=partner,
            config={"base_url": "http://127.0.0.1"},
            secrets={"client_secret": "s3cret"},
        )
        await saved(session, ours, "accounts", AccountRecord(external_id="1", name="Acme", domain="acme.com"))
        await saved(session, theirs, "accounts", AccountRecord(external_id="1", name="ACME Inc.", domain="acme.com"))

    await map_accounts(database)

    profiles = await every(database, AccountProfile)
    assert len({profile.id for profile in profiles}) == 1
    assert {profile.owner_id: profile.name for profile in profiles} == {
        home: "Acme",
        partner: "ACME Inc.",
    }
