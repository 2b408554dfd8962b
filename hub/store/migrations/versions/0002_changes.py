"""The change feed: a table of changes, and the triggers that write it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# One statement a changed table and statement, whatever the number of rows. Arguments: the kind; the column that holds
# the node's id; the column that leads to the owner, itself or through `connection`; whether rows are kept when they
# are removed, with the fact in `removal`.
NOTE = """
create function hub_note_changes() returns trigger language plpgsql as $$
declare
    node constant text := quote_ident(tg_argv[1]);
    through constant text := quote_ident(tg_argv[2]);
    owner constant text := case tg_argv[2] when 'connection_id' then 'connection.owner_id' else 'it.' || through end;
    joined constant text := case tg_argv[2] when 'connection_id'
        then 'join connection on connection.id = it.connection_id' else '' end;
    removable constant boolean := tg_argv[3];
    source text;
    action text;
    told text := case when removable then 'it.removal is null' else 'true' end;
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
            told := told || ' and (was.removal is null or it.removal is null)';
            action := 'case when it.removal is not null then ''REMOVED'' when was.removal is not null then ''CREATED'' '
                || 'else ''UPDATED'' end';
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

# An account, or a person, is there for an organization while a live record of one of its connections belongs to it.
# Arguments: the kind; the column of the record that names it.
NOTE_MEMBERS = """
create function hub_note_members() returns trigger language plpgsql as $$
declare
    live constant text := format('it.removal is null and it.%I is not null', tg_argv[1]);
    moves text;
begin
    if tg_op = 'INSERT' then
        moves := format('select it.connection_id, it.%I as node_id, 1 as step from new_rows it where %s',
            tg_argv[1], live);
    elsif tg_op = 'DELETE' then
        moves := format('select it.connection_id, it.%I as node_id, -1 as step from old_rows it where %s',
            tg_argv[1], live);
    else
        moves := format(
            'select it.connection_id, it.%1$I as node_id, 1 as step from new_rows it join old_rows was using (id) '
            'where %2$s and (was.removal is not null or was.%1$I is distinct from it.%1$I) '
            'union all '
            'select it.connection_id, it.%1$I, -1 from old_rows it join new_rows is_now using (id) '
            'where %2$s and (is_now.removal is not null or is_now.%1$I is distinct from it.%1$I)',
            tg_argv[1], live);
    end if;
    execute format(
        'with moved as (%1$s), summed as ('
        '    select connection.owner_id, moved.node_id, sum(moved.step) as gained '
        '    from moved join connection on connection.id = moved.connection_id group by 1, 2'
        '), present as ('
        '    select connection.owner_id, record.%3$I as node_id, count(*) as number '
        '    from (select distinct node_id from summed) concerned '
        '    join %2$I record on record.%3$I = concerned.node_id and record.removal is null '
        '    join connection on connection.id = record.connection_id group by 1, 2'
        ') '
        'insert into change (organization_id, transaction, kind, node_id, action) '
        'select owner_id, $1, $2, node_id, '
        '    case when number is null then ''REMOVED'' when number = gained then ''CREATED'' else ''UPDATED'' end '
        'from summed left join present using (owner_id, node_id) where number > 0 or gained < 0',
        moves, tg_table_name, tg_argv[1]
    ) using pg_current_xact_id()::text::bigint, tg_argv[0];
    return null;
end
$$
"""

# What is said of an account, or a person, changed: for every organization that sees it. Arguments: the kind; the
# table of its records; their column that names it.
NOTE_PROFILES = """
create function hub_note_profiles() returns trigger language plpgsql as $$
begin
    execute format(
        'insert into change (organization_id, transaction, kind, node_id, action) '
        'select distinct connection.owner_id, $1, $2, it.id, ''UPDATED'' '
        'from new_rows it join old_rows was on was.id = it.id and was is distinct from it '
        'join %1$I record on record.%2$I = it.id and record.removal is null '
        'join connection on connection.id = record.connection_id', tg_argv[1], tg_argv[2]
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

FUNCTIONS = (NOTE, NOTE_MEMBERS, NOTE_PROFILES, TELL, WATCH)

TRIGGERS = (
    """
    create trigger hub_tell_changes after insert on change referencing new table as new_rows
    for each statement execute function hub_tell_changes()
    """,
    """
    create trigger hub_note_profiles after update on account
    referencing old table as old_rows new table as new_rows
    for each statement execute function hub_note_profiles('account', 'account_record', 'account_id')
    """,
    """
    create trigger hub_note_profiles after update on person
    referencing old table as old_rows new table as new_rows
    for each statement execute function hub_note_profiles('person', 'contact_record', 'person_id')
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
    *((table, "hub_note_changes", table, "id", "connection_id", "true") for table in SYNCED),
    ("sync_run", "hub_note_changes", "sync_run", "id", "connection_id", "false"),
    ("connection", "hub_note_changes", "connection", "id", "owner_id", "false"),
    ("account_record", "hub_note_members", "account", "account_id"),
    ("contact_record", "hub_note_members", "person", "person_id"),
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
