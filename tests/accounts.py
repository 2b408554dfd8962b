"""Many accounts at once, made in the database: through a sync they would take minutes."""

from sqlalchemy import text

from hub.store.database import Database
from tests.builders import a_connection

MADE = """
with raw as (
  insert into raw_record (connection_id, stream, external_id, payload, digest, version, observed_at)
  select :connection, 'accounts', 'A' || n, '{}', '', 1, now() from generate_series(1, :number) n
  returning id, external_id
), made as (
  insert into account (name, domain)
  select 'Company ' || n, 'company' || n || '.example' from generate_series(1, :number) n
  returning id, name
)
insert into account_record (connection_id, external_id, raw_id, observed_at, name, account_id)
select :connection, raw.external_id, raw.id, now(), made.name, made.id
from raw join made on made.name = 'Company ' || substr(raw.external_id, 2)
"""


async def many_accounts(database: Database, number: int) -> None:
    """`Company 1` to `Company …`, each with one record, `A1` to `A…`, as the home organization sees them."""
    async with database.session() as session:
        connection_id = await a_connection(session)
        await session.execute(text(MADE), {"connection": connection_id, "number": number})
        await session.execute(text("analyze account, account_record"))
