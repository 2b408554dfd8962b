"""The change feed: a table of changes, and the triggers that write it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

# One statement a changed table and statement, whatever the number of rows. Arguments: the kind; the column that holds
# the node's id; the column that leads to the owner, itself or through `connection`; the column that says that a row was
# removed though it is kept, by a value or by being true; none where rows are not kept.
NOTE = """
create function hub_note_changes() returns trigger language plpgsql as $$
declare
    node constant text := quote_ident(tg_argv[1]);
    through constant text := quote_ident(tg_argv[2]);
    owner constant text := case tg_argv[2] when 'connection_id' then 'connection.owner_id' else 'it.' || through end;
    joined constant text := case tg_argv[2] when 'connection_id'
        then 'join connection on connection.id = it.connection_id' else '' end;
    removable constant boolean := tg_argv[3] <> '';
    removed constant text := case tg_argv[3] when 'removal' then '%s.removal is not null' else '%s.' || tg_argv[3] end;
    source text;
    action text;
    told text := case when removable then 'not ' || format(removed, 'it') else 'true' end;
begin
    if tg_op = 'INSERT' then
        if not exists (select from new_rows) then return null; end if;
        source := 'new_rows it';
        action := '''CREATED''';
    elsif tg_op = 'DELETE' then
        if not exists (select from old_rows) then return null; end if;
        source := 'old_rows it';
        action := '''REMOVED''';
    else
        if not exists (select from new_rows) then return null; end if;
        source := format('new_rows it join old_rows was on was.%1$s = it.%1$s and was.%2$s = it.%2$s', node, through);
        told := 'was is distinct from it';
        action := '''UPDATED''';
        if removable then
            told := format('%s and not (%s and %s)', told, format(removed, 'was'), format(removed, 'it'));
            action := format(
                'case when %s then ''REMOVED'' when %s then ''CREATED'' else ''UPDATED'' end',
                format(removed, 'it'), format(removed, 'was'));
        end if;
    end if;
    execute format(
        'insert into change (organization_id, transaction, kind, node_id, action) '
        'select %s, $1, $2, it.%s, %s from %s %s where %s', owner, node, action, source, joined, told
    ) using pg_current_xact_id()::text::bigint, tg_argv[0];
    return null;
end
$$
"""

# PostgreSQL folds equal notices of one transaction into one, so that a transaction sends one for each organization.
TELL = """
create function hub_tell_changes() returns trigger language plpgsql as $$
begin
    perform pg_notify('hub_change', told.organization_id::text)
    from (select distinct organization_id from new_rows) told;
    return null;
end
$$
"""

# Lets the changes of a table be told.
WATCH = """
create function hub_watch(watched regclass, called text, variadic arguments text[]) returns void language plpgsql as $$
declare
    given constant text := (select string_agg(quote_literal(each), ', ' order by place)
        from unnest(arguments) with ordinality as given(each, place));
begin
    execute format('create trigger %I after insert on %s referencing new table as new_rows '
        'for each statement execute function %s(%s)', called || '_insert', watched, called, given);
    execute format('create trigger %I after update on %s referencing old table as old_rows new table as new_rows '
        'for each statement execute function %s(%s)', called || '_update', watched, called, given);
    execute format('create trigger %I after delete on %s referencing old table as old_rows '
        'for each statement execute function %s(%s)', called || '_delete', watched, called, given);
end
$$
"""

FUNCTIONS = (NOTE, TELL, WATCH)

TRIGGERS = (
    """
    create trigger hub_tell_changes after insert on change referencing new table as new_rows
    for each statement execute function hub_tell_changes()
    """,
)

SYNCED = (
    "account_record",
    "contact_record",
    "opportunity",
    "opportunity_contact",
    "opportunity_line",
    "opportunity_partner",
    "stage_change",
    "product",
    "sales_user",
)

WATCHED = (
    *((table, "hub_note_changes", table, "id", "connection_id", "removal") for table in SYNCED),
    ("sync_run", "hub_note_changes", "sync_run", "id", "connection_id", ""),
    ("connection", "hub_note_changes", "connection", "id", "owner_id", ""),
    ("account_profile", "hub_note_changes", "account", "id", "owner_id", "is_removed"),
    ("person_profile", "hub_note_changes", "person", "id", "owner_id", "is_removed"),
)
"""Table, function, and the function's arguments."""


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "CREATED",
                "UPDATED",
                "REMOVED",
                name="changeaction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "transaction", "position", name=op.f("change_pkey")),
    )
    op.create_index("change_at_idx", "change", ["at"], postgresql_using="brin")
    op.create_table(
        "change_horizon",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("change_horizon_pkey")),
    )
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
    for table, called, *arguments in WATCHED:
        given = ", ".join(f"'{each}'" for each in (table, called, *arguments))
        op.execute(f"select hub_watch({given})")
