from hub.store import column_mappings, organizations
from hub.store.database import Database


async def test_the_latest_mapping_of_each_layout_is_kept(database: Database):
    first, second = {"Firma": "name", "Land": "-"}, {"Name": "name"}
    async with database.session() as session:
        home_id = await organizations.settle(session, "Home Inc.", None)
        partner_id = await organizations.partner(session, "Partner Ltd.")
        await column_mappings.save(session, partner_id, first)
        await column_mappings.save(session, partner_id, second)
        await column_mappings.save(session, home_id, {"Company": "name"})
    async with database.session() as session:
        await column_mappings.save(session, partner_id, {"Land": "country", "Firma": "name"})
    async with database.session() as session:
        found = await column_mappings.saved(session, partner_id)
    assert [mapping.columns for mapping in found] == [{"Land": "country", "Firma": "name"}, second]
