"""The queue of jobs, schedules, sweeps, what sources say of their fields, and hints that rows changed."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

SYNCED = (
    "account_record",
    "campaign",
    "campaign_member",
    "contact_account",
    "contact_record",
    "lead",
    "opportunity",
    "opportunity_account",
    "opportunity_contact",
    "opportunity_line",
    "opportunity_partner",
    "pipeline",
    "product",
    "sales_user",
    "stage",
    "stage_change",
)

EVIDENCE = ("SOURCE_ROW", "DELETED_FEED", "ARCHIVED_FEED", "REPLACED_LIST", "NOT_FOUND")
RUN_STATES = ("QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "INTERRUPTED", "UNAVAILABLE")
ISSUES = (
    "UNMAPPED_PAYLOAD",
    "NEW_FIELD",
    "VANISHED_FIELD",
    "RETYPED_FIELD",
    "MASS_REMOVAL",
    "STREAM_UNAVAILABLE",
    "BAD_ROW",
)

QUEUE = Path(__file__).parents[1] / "procrastinate-3.10.sql"
"""Procrastinate's own schema at that version, unchanged (MIT): a later one brings its changes in a migration here."""

STAMP = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    for table in SYNCED:
        _allow(table, "removal_evidence", "removalevidence", EVIDENCE)
    _allow("sync_run", "state", "syncrunstate", RUN_STATES)
    _allow("issue", "kind", "issuekind", ISSUES)
    op.add_column("connection", sa.Column("sync_every", sa.Integer(), nullable=True))
    op.add_column("connection", sa.Column("sync_due_at", STAMP, nullable=True))
    op.add_column("stream_state", sa.Column("swept_at", STAMP, nullable=True))
    op.add_column("stream_state", sa.Column("fields", postgresql.JSONB(), nullable=True))
    op.add_column("raw_record", sa.Column("modified_at", STAMP, nullable=True))
    for name in ("payloads_expected", "quota_used", "quota_limit"):
        op.add_column("sync_run", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("sync_run", sa.Column("rows_removed", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("sync_run", "rows_removed", server_default=None)
    op.create_index(
        "sync_run_one_queued",
        "sync_run",
        ["connection_id", "stream"],
        unique=True,
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_table(
        "change_hint",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("told_at", STAMP, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("change_hint_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "stream", "external_id", name=op.f("change_hint_pkey")),
    )
    op.get_bind().exec_driver_sql(QUEUE.read_text().replace("%", "%%"))  # a driver takes % for a placeholder


def _allow(table: str, column: str, constraint: str, values: tuple[str, ...]) -> None:
    name = f"{table}_{constraint}_check"
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"alter table {table} drop constraint {name}")
    op.execute(f"alter table {table} add constraint {name} check ({column} in ({listed}))")
