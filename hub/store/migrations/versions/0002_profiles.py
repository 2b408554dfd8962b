"""Accounts and people as each organization sees them, and links that know the account they lead to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# A profile is there as long as its owner has a record of the account, and removed when none of those lives. What a
# record left is settled as well as what it came to. Its account is locked meanwhile, since two syncs that each see the
# record of the other as it was would both be wrong. Old and new rows are joined by a plan of the moment: one that was
# kept from a statement of one row compares each with each, which takes minutes for those that mapping moves.
SETTLE = """
create function hub_settle_{thing}() returns trigger language plpgsql as $body$
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
        select unnest(array[it.{thing}_id, was.{thing}_id]) from new_rows it join old_rows was using (id)
        where (it.{thing}_id, it.removal is null) is distinct from (was.{thing}_id, was.removal is null)
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

# Links to a record that is gone lead nowhere.
PLACE_LINKS = """
create function hub_place_{link}() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    update {link} link set account_id = null
    from old_rows record
    where link.connection_id = record.connection_id and link.account_external_id = record.external_id
      and link.account_id is not null;
  else
    update {link} link set account_id = case when record.removal is null then record.account_id end
    from new_rows record
    where link.connection_id = record.connection_id and link.account_external_id = record.external_id
      and link.account_id is distinct from case when record.removal is null then record.account_id end;
  end if;
  return null;
end $$
"""

# What no record is called any more leads nowhere either. Row by row, since it all but never happens; and before the
# triggers above, which come after the whole statement and know what is called so now.
UNPLACE_LINKS = """
create function hub_unplace_{link}() returns trigger language plpgsql as $$
begin
  update {link} set account_id = null
  where connection_id = old.connection_id and account_external_id = old.external_id and account_id is not null;
  return null;
end $$
"""

PLACE_LINK = """
create function hub_place_link() returns trigger language plpgsql as $$
begin
  new.account_id := (
    select account_id from account_record record
    where record.connection_id = new.connection_id and record.external_id = new.account_external_id
      and record.removal is null
  );
  return new;
end $$
"""

# What hub/store/cursor.py reads; the keys are padded, so that this is HMAC-SHA256.
CURSOR = """
create function hub_cursor(inner_key bytea, outer_key bytea, body text) returns text
language sql immutable parallel safe as $$
  select translate(
    encode(
      substr(sha256(outer_key || sha256(inner_key || convert_to(body, 'UTF8'))), 1, 12) || convert_to(body, 'UTF8'),
      'base64'
    ), E'+/=\\n', '-_')
$$
"""

# A row is missing where there always is one: not a null that the schema forbids, but no answer at all.
ABSENT = """
create function hub_absent() returns record language plpgsql as $$
begin
  raise exception using errcode = 'HB001', message = 'a row that must be there is missing';
end $$
"""

# Who knew a retired account: those whose records belonged to it. Of people no history is kept: where one organization
# alone has the heir, the retired one was its own; else nobody can say whose it was, and nobody is redirected.
KNEW = {
    "account": """
        select distinct connection.owner_id, redirect.retired_id, redirect.account_id, redirect.retired_at
        from account_redirect redirect
        join account_membership membership on membership.account_id = redirect.retired_id
        join account_record record on record.id = membership.record_id
        join connection on connection.id = record.connection_id
    """,
    "person": """
        select (array_agg(profile.owner_id))[1], redirect.retired_id, redirect.person_id, redirect.retired_at
        from person_redirect redirect join person_profile profile on profile.id = redirect.person_id
        group by redirect.retired_id, redirect.person_id, redirect.retired_at
        having count(*) = 1
    """,
}

THINGS = {"account": ("account_record", "domain"), "person": ("contact_record", "email")}
LINKS = ("opportunity_account", "contact_account")


def upgrade() -> None:
    op.execute(CURSOR)
    op.execute(ABSENT)
    for thing, (_, second) in THINGS.items():
        _create_profile(thing, second)
        _fill_profile(thing, second)
        for column in ("name", second):
            op.drop_column(thing, column)
        _own_redirects(thing)
    for link in LINKS:
        _place(link)
    _place_links()
    for thing, (records, _) in THINGS.items():
        _settle(thing, records)
    # The records of one connection, in the order of their names.
    op.create_index(
        "account_record_connection_name_idx",
        "account_record",
        ["connection_id", "name", "id"],
        postgresql_where=sa.text("removal is null"),
    )


def _create_profile(thing: str, second: str) -> None:
    table = f"{thing}_profile"
    op.create_table(
        table,
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(second, sa.Text(), nullable=True),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f(f"{table}_pkey")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organization.id"], name=op.f(f"{table}_owner_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["id"], [f"{thing}.id"], name=op.f(f"{table}_id_fkey"), ondelete="CASCADE"),
    )
    op.create_index(op.f(f"{table}_id_idx"), table, ["id"], unique=False)
    op.create_index(f"{table}_name_idx", table, ["owner_id", "name", "id"], unique=False)
    if thing == "account":
        op.create_index(f"{table}_domain_idx", table, ["owner_id", "domain", "id"], unique=False)


def _fill_profile(thing: str, second: str) -> None:
    """Until accounts are mapped again, every owner sees what was told of all records together."""
    records = THINGS[thing][0]
    op.execute(f"""
        insert into {thing}_profile (owner_id, id, name, {second}, is_removed, created_at)
        select connection.owner_id, thing.id, thing.name, thing.{second}, bool_and(record.removal is not null),
               thing.created_at
        from {thing} thing
        join {records} record on record.{thing}_id = thing.id
        join connection on connection.id = record.connection_id
        group by connection.owner_id, thing.id
    """)  # noqa: S608 - names of our own tables


def _own_redirects(thing: str) -> None:
    """Redirects belong to those who knew the retired id."""
    table = f"{thing}_redirect"
    op.drop_constraint(f"{table}_pkey", table)
    op.add_column(table, sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.execute(f"insert into {table} (owner_id, retired_id, {thing}_id, retired_at) {KNEW[thing]}")
    op.execute(f"delete from {table} where owner_id is null")  # noqa: S608 - names of our own tables
    op.alter_column(table, "owner_id", nullable=False)
    op.create_primary_key(op.f(f"{table}_pkey"), table, ["owner_id", "retired_id"])
    op.create_foreign_key(
        op.f(f"{table}_owner_id_fkey"), table, "organization", ["owner_id"], ["id"], ondelete="CASCADE"
    )


def _place(link: str) -> None:
    op.add_column(link, sa.Column("account_id", sa.Uuid(), nullable=True))
    op.execute(f"""
        update {link} link set account_id = record.account_id
        from account_record record
        where record.connection_id = link.connection_id and record.external_id = link.account_external_id
          and record.removal is null
    """)  # noqa: S608 - names of our own tables
    source = link.removesuffix("_account")
    op.create_index(f"{link}_placed_idx", link, ["account_id", "connection_id", f"{source}_external_id"], unique=False)


def _settle(thing: str, records: str) -> None:
    op.execute(SETTLE.format(thing=thing, records=records))
    _after_changes(records, "settled", f"hub_settle_{thing}")


def _place_links() -> None:
    op.execute(PLACE_LINK)
    for link in LINKS:
        op.execute(PLACE_LINKS.format(link=link))
        _after_changes("account_record", f"{link}_placed", f"hub_place_{link}")
        op.execute(UNPLACE_LINKS.format(link=link))
        op.execute(f"""
            create trigger account_record_{link}_unplaced after update on account_record for each row
            when ((old.connection_id, old.external_id) is distinct from (new.connection_id, new.external_id))
            execute function hub_unplace_{link}()
        """)
        op.execute(f"""
            create trigger {link}_placed before insert or update of connection_id, account_external_id on {link}
            for each row execute function hub_place_link()
        """)


def _after_changes(table: str, name: str, function: str) -> None:
    """Let a function be called once for each statement that changes rows of the table."""
    given = {"insert": "new table as new_rows", "delete": "old table as old_rows"}
    given["update"] = f"{given['delete']} {given['insert']}"
    for event, rows in given.items():
        op.execute(f"""
            create trigger {table}_{name}_{event} after {event} on {table}
            referencing {rows} for each statement execute function {function}()
        """)
