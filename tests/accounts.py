"""Many accounts at once, made in the database: through a sync they would take minutes."""

from sqlalchemy import text

from hub.store.database import Database
from tests.builders import a_connection

MADE = """
with raw as (
  insert into raw_record (connection_id, stream, external_id, payload, digest, version, observed_at)
  select :connection, 'accounts', 'A' || n, '{}', '', 1, now() from generate_series(1, :number) n
  returning id, external_id
), company as materialized (
  select hub_uuid7() id, n, 'Company ' || n as name from generate_series(1, :number) n
), made as (
  insert into account (id) select id from company
), profiled as (
  insert into account_profile (owner_id, id, name, domain)
  select connection.owner_id, company.id, company.name, 'company' || n || '.example'
  from company, connection where connection.id = :connection
)
insert into account_record (connection_id, external_id, raw_id, observed_at, name, account_id)
select :connection, raw.external_id, raw.id, now(), company.name, company.id
from raw join company on raw.external_id = 'A' || company.n
"""


async def many_accounts(database: Database, number: int) -> None:
    """`Company 1` to `Company …`, each with one record, `A1` to `A…`, as the home organization sees them."""
    async with database.session() as session:
        connection_id = await a_connection(session)
        await session.execute(text(MADE), {"connection": connection_id, "number": number})
        await session.execute(text("analyze account, account_profile, account_record"))
