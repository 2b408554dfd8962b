from datetime import date

import pytest
from sqlalchemy import select

from hub.errors import InputError, NotFound
from hub.model import Organization, Partnership, PartnershipType
from hub.store import connections, organizations
from hub.store.database import Database
from tests.builders import SEALER, a_connection, a_home


async def test_a_hub_without_an_organization_says_how_to_name_one(database: Database):
    with pytest.raises(NotFound, match="hub init"):
        async with database.session() as session:
            await organizations.home(session)


async def test_the_home_organization_may_change_its_name_but_stays_the_one(database: Database):
    async with database.session() as session:
        first = await a_home(session, "Old name")
        second = await a_home(session, "New name")
        home = await organizations.home(session)

    assert first == second == home.id
    assert home.name == "New name"


async def test_a_partner_named_again_keeps_what_was_known(database: Database):
    async with database.session() as session:
        await a_home(session)
        tiers = await organizations.program(session, "Alliance", ["Silver", "Gold"])
        first = await organizations.partner(
            session,
            "Acme",
            domain="acme.example",
            types=[PartnershipType.RESELLER],
            tier_id=tiers["Gold"],
            since=date(2024, 1, 1),
        )
        again = await organizations.partner(session, "Acme")

    assert first == again
    async with database.session() as session:
        partner = await session.get_one(Organization, first)
        partnership = (await session.scalars(select(Partnership))).one()
    assert partner.domain == "acme.example"
    assert (partnership.types, partnership.tier_id, partnership.since) == (
        ["RESELLER"],
        tiers["Gold"],
        date(2024, 1, 1),
    )


async def test_connecting_again_under_a_name_changes_the_connection(database: Database):
    async with database.session() as session:
        first = await a_connection(session)
        again = await a_connection(session, secrets={"client_secret": "new"})
        (connection,) = await connections.named(session, None)

    assert first == again == connection.id
    assert connections.full_config(connection, SEALER) == {"base_url": "http://127.0.0.1", "client_secret": "new"}


async def test_a_name_is_not_taken_over_by_a_connection_to_something_else(database: Database):
    async with database.session() as session:
        await a_connection(session)
        with pytest.raises(InputError, match="choose another name"):
            await a_connection(session, connector="hubspot")


async def test_an_unknown_connection_is_refused_with_the_names_there_are(database: Database):
    async with database.session() as session:
        await a_connection(session, "crm")
        with pytest.raises(NotFound, match="Connections: crm"):
            await connections.named(session, "nonsense")
