"""A link finds its account by the one index that holds a single row for it.

With `removal is null` among the conditions, PostgreSQL took the index of live rows by connection while it knew nothing
of a table that was just filled: every link read every account.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

PLACE_LINK = """
create or replace function hub_place_link() returns trigger language plpgsql as $$
begin
  new.account_id := (
    select case when record.removal is null then record.account_id end from account_record record
    where record.connection_id = new.connection_id and record.external_id = new.account_external_id
  );
  return new;
end $$
"""


def upgrade() -> None:
    op.execute(PLACE_LINK)
