"""Tickets, and what they are about."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

LINKS = ("account", "contact", "opportunity")
REMOVALS = ("DELETED", "ARCHIVED", "MERGED")
EVIDENCE = ("SOURCE_ROW", "DELETED_FEED", "ARCHIVED_FEED", "REPLACED_LIST", "NOT_FOUND")

STAMP = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _create(
        "ticket",
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("pipeline_external_id", sa.Text(), nullable=True),
        sa.Column("stage_external_id", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("closed_at", STAMP, nullable=True),
        sa.Column("owner_external_id", sa.Text(), nullable=True),
    )
    for end in LINKS:
        _create_link(end)
    op.execute("select hub_watch('ticket', 'hub_note_changes', 'ticket', 'id', 'connection_id', 'removal')")


def _create_link(end: str) -> None:
    link = f"ticket_{end}"
    primary: list[sa.Column[Any]] = [sa.Column("is_primary", sa.Boolean(), nullable=False)] if end == "account" else []
    _create(
        link,
        sa.Column("ticket_external_id", sa.Text(), nullable=False),
        sa.Column(f"{end}_external_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        *primary,
    )
    op.create_index(f"{link}_ticket_idx", link, ["connection_id", "ticket_external_id"], unique=False)
    op.create_index(f"{link}_{end}_idx", link, ["connection_id", f"{end}_external_id"], unique=False)


def _create(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        *columns,
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", STAMP, nullable=True),
        sa.Column("source_modified_at", STAMP, nullable=True),
        sa.Column("removal", _one_of(*REMOVALS, name="removal"), nullable=True),
        sa.Column("removal_evidence", _one_of(*EVIDENCE, name="removalevidence"), nullable=True),
        sa.Column("removed_at", STAMP, nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", STAMP, nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f(f"{table}_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f(f"{table}_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f(f"{table}_connection_id_external_id_key")),
    )
    op.create_index(op.f(f"{table}_raw_id_idx"), table, ["raw_id"], unique=False)


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
