"""What may be written into sources, what was planned, and what became of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

STAMP = postgresql.TIMESTAMP(timezone=True)
STATES = ("PLANNING", "READY", "APPLYING", "STOPPED", "APPLIED", "FAILED")
OUTCOMES = ("PENDING", "SENDING", "WRITTEN", "UNCHANGED", "CONFLICT", "REFUSED", "RETRY", "SKIPPED")


def upgrade() -> None:
    _rules()
    _plans()
    _items()


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, STAMP, server_default=sa.text("now()"), nullable=False)


def _belongs(table: str, to: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    column, key = f"{to.removeprefix('write_')}_id", f"{to}.id"
    return (
        sa.Column(column, sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([column], [key], name=op.f(f"{table}_{column}_fkey"), ondelete="CASCADE"),
    )


def _rules() -> None:
    op.create_table(
        "write_rule",
        _id(),
        *_belongs("write_rule", "connection"),
        _text("stream"),
        _text("field"),
        _text("value"),
        _text("enabled_by"),
        _now("enabled_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("write_rule_pkey")),
        sa.UniqueConstraint("connection_id", "stream", "field", name=op.f("write_rule_connection_id_stream_field_key")),
    )


def _plans() -> None:
    states = sa.Enum(*STATES, name="writeplanstate", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "write_plan",
        _id(),
        *_belongs("write_plan", "connection"),
        sa.Column("state", states, nullable=False),
        _text("planned_by"),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("records_to_change", sa.Integer(), nullable=False),
        _text("applied_by", nullable=True),
        _text("error", nullable=True),
        _now("created_at"),
        sa.Column("expires_at", STAMP, nullable=False),
        sa.Column("finished_at", STAMP, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("write_plan_pkey")),
    )
    op.create_index("write_plan_connection_created_idx", "write_plan", ["connection_id", "created_at"])
    op.create_table(
        "write_plan_field",
        *_belongs("write_plan_field", "write_plan"),
        _text("stream"),
        _text("field"),
        _text("value"),
        _text("obstacle", nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("unchanged", "to_fill", "to_replace", "to_clear", "skipped")
        ),
        sa.PrimaryKeyConstraint("plan_id", "stream", "field", name=op.f("write_plan_field_pkey")),
    )


def _items() -> None:
    outcomes = sa.Enum(*OUTCOMES, name="writeoutcome", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "write_item",
        _id(),
        *_belongs("write_item", "write_plan"),
        *_belongs("write_item", "connection"),
        _text("stream"),
        _text("external_id"),
        _text("noun"),
        _text("name", nullable=True),
        _text("field"),
        _text("before", nullable=True),
        _text("after", nullable=True),
        _text("version", nullable=True),
        sa.Column("outcome", outcomes, nullable=False),
        _text("reason", nullable=True),
        _text("version_after", nullable=True),
        sa.Column("settled_at", STAMP, nullable=True),
        sa.Column("echoed_at", STAMP, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("write_item_pkey")),
    )
    op.create_index("write_item_plan_idx", "write_item", ["plan_id", "id"])
    op.create_index(
        "write_item_open_idx",
        "write_item",
        ["plan_id", "stream", "external_id"],
        postgresql_where=sa.text("outcome in ('PENDING', 'SENDING', 'RETRY')"),
    )
    op.create_index(
        "write_item_echo_idx",
        "write_item",
        ["connection_id", "stream", "external_id"],
        postgresql_where=sa.text("echoed_at is null and outcome in ('SENDING', 'WRITTEN')"),
    )
