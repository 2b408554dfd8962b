"""Partner programs, their levels, members and funds, account partners and kinds of rows, as sources have them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

REMOVALS = ("DELETED", "ARCHIVED", "MERGED")
EVIDENCE = ("SOURCE_ROW", "DELETED_FEED", "ARCHIVED_FEED", "REPLACED_LIST", "NOT_FOUND")
STAMP = postgresql.TIMESTAMP(timezone=True)

ACCOUNT, BUDGET, ALLOCATION = (f"{name}_external_id" for name in ("account", "budget", "allocation"))
AMOUNT = "amount:number currency:currency"

TABLES = (
    ("account_partner", "account_external_id! partner_external_id! role is_primary:flag!"),
    ("program_record", "name! kind is_active:flag"),
    ("program_level", "program_external_id! name! rank:int"),
    ("program_member", "program_external_id! level_external_id account_external_id!"),
    (
        "fund_budget",
        "title! kind account_external_id amount:number currency:currency starts_on:day ends_on:day",
    ),
    ("fund_allocation", f"title! {ACCOUNT} {BUDGET} {AMOUNT}"),
    (
        "fund_request",
        f"title! status activity {ACCOUNT} {BUDGET} {ALLOCATION} campaign_external_id {AMOUNT} requested_amount:number",
    ),
    ("fund_claim", f"title! status {ACCOUNT} request_external_id {BUDGET} {ALLOCATION} {AMOUNT}"),
    ("record_type", "name! label! kind! is_active:flag"),
)
"""Columns: a name, its type unless it is text, and ! where it must not be null."""

TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": sa.Text(),
    "flag": sa.Boolean(),
    "int": sa.Integer(),
    "number": sa.Numeric(),
    "currency": sa.String(length=3),
    "day": sa.Date(),
}

INDICES = (
    ("account_partner", "account"),
    ("account_partner", "partner"),
    ("program_member", "account"),
    ("program_member", "program"),
    ("fund_budget", "account"),
    ("fund_allocation", "budget"),
    ("fund_request", "account"),
    ("fund_claim", "request"),
    ("fund_claim", "account"),
)


def upgrade() -> None:
    for table, columns in TABLES:
        op.create_table(table, *map(_column, columns.split()), *_synced(table))
        op.create_index(op.f(f"{table}_raw_id_idx"), table, ["raw_id"])
    for table, other in INDICES:
        op.create_index(f"{table}_{other}_idx", table, ["connection_id", f"{other}_external_id"])
    for table in ("lead", "opportunity"):
        op.add_column(table, sa.Column("record_type_external_id", sa.Text(), nullable=True))


def _column(text: str) -> sa.Column[Any]:
    name, _, kind = text.removesuffix("!").partition(":")
    return sa.Column(name, TYPES[kind], nullable=not text.endswith("!"))


def _synced(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What all rows copied from a source carry."""
    return (
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", STAMP, nullable=True),
        sa.Column("source_modified_at", STAMP, nullable=True),
        sa.Column("removal", _choice("removal", REMOVALS), nullable=True),
        sa.Column("removal_evidence", _choice("removalevidence", EVIDENCE), nullable=True),
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


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
