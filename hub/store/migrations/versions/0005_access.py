"""Roles, scopes, networks and rotation of keys; the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

ROLES = ("FRONTEND", "PARTNER_TOOL", "ACCOUNT_MAPPER", "ADMIN")
KINDS = ("MUTATION", "ADMINISTRATION", "REFUSAL")


def upgrade() -> None:
    role = sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=40)
    # The keys that there are could do everything their organization may: so they still can.
    op.add_column("api_key", sa.Column("role", role, nullable=True))
    op.execute(
        "update api_key set role = case when organization.is_home then 'ADMIN' else 'PARTNER_TOOL' end "
        "from organization where organization.id = organization_id"
    )
    op.alter_column("api_key", "role", nullable=False)
    op.add_column("api_key", sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column(
        "api_key", sa.Column("networks", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("api_key", sa.Column("previous_digest", sa.LargeBinary(), nullable=True))
    op.add_column("api_key", sa.Column("previous_until", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.execute(
        "update api_key set name = name || ' ' || prefix where revoked_at is null and exists "
        "(select from api_key other where other.name = api_key.name and other.id < api_key.id "
        "and other.revoked_at is null)"
    )
    op.create_index(
        "api_key_one_name", "api_key", ["name"], unique=True, postgresql_where=sa.text("revoked_at is null")
    )
    op.create_table(
        "audit_event",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="auditkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("root_fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_event_pkey")),
        sa.UniqueConstraint("number", name=op.f("audit_event_number_key")),
    )
    op.execute(
        "create function hub_audit_is_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'audit events are only ever added'; end $$"
    )
    op.execute(
        "create trigger audit_event_append_only before update or delete or truncate on audit_event "
        "for each statement execute function hub_audit_is_append_only()"
    )
