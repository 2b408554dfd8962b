"""Mapping itself says that what records come to lives: the trigger settles what they left."""

from alembic import op

revision = "0021"
down_revision = "0020"

THINGS = {"account": "account_record", "person": "contact_record"}

# As in 0002, but for which accounts are touched by an update.
SETTLE = """
create or replace function hub_settle_{thing}() returns trigger language plpgsql as $body$
declare
  touched uuid[];
begin
  if tg_op = 'INSERT' then
    touched := array(select distinct {thing}_id from new_rows);
  elsif tg_op = 'DELETE' then
    touched := array(select distinct {thing}_id from old_rows);
  else
    execute $$
      select array(
        select was.{thing}_id from new_rows it join old_rows was using (id)
        where (it.{thing}_id, it.removal is null) is distinct from (was.{thing}_id, was.removal is null)
          and was.{thing}_id is not null
        union
        select it.{thing}_id from new_rows it join old_rows was using (id)
        where (it.removal is null) <> (was.removal is null) and it.{thing}_id is not null
      )
    $$ into touched;
  end if;
  touched := array_remove(touched, null);
  if touched = '{{}}' then
    return null;
  end if;
  perform from {thing} where id = any(touched) order by id for no key update;
  delete from {thing}_profile profile
  where profile.id = any(touched) and not exists (
    select from {records} record join connection on connection.id = record.connection_id
    where record.{thing}_id = profile.id and connection.owner_id = profile.owner_id
  );
  update {thing}_profile profile set is_removed = not is_removed
  where profile.id = any(touched) and profile.is_removed = exists (
    select from {records} record join connection on connection.id = record.connection_id
    where record.{thing}_id = profile.id and connection.owner_id = profile.owner_id and record.removal is null
  );
  return null;
end $body$
"""


def upgrade() -> None:
    for thing, records in THINGS.items():
        op.execute(SETTLE.format(thing=thing, records=records))
