"""People's decisions about matches, and the queue of what waits for one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

VERDICTS = ("SAME", "DIFFERENT", "RELATED", "UNSURE")
ISSUES = (
    "UNMAPPED_PAYLOAD",
    "NEW_FIELD",
    "VANISHED_FIELD",
    "RETYPED_FIELD",
    "MASS_REMOVAL",
    "STREAM_UNAVAILABLE",
    "BAD_ROW",
    "CONTRADICTION",
)
STAMP = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", _verdict("verdict"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", STAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", STAMP, nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.CheckConstraint("left_id < right_id", name=op.f("decision_ordered_check")),
        sa.CheckConstraint("char_length(reason) <= 1000", name=op.f("decision_short_reason_check")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("decision_withdrawn_by_somebody_check")
        ),
        sa.ForeignKeyConstraint(
            ["left_id"], ["account_record.id"], name=op.f("decision_left_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["account_record.id"], name=op.f("decision_right_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("decision_pkey")),
    )
    op.create_index(op.f("decision_left_id_idx"), "decision", ["left_id"])
    op.create_index(op.f("decision_right_id_idx"), "decision", ["right_id"])
    op.create_index(
        "decision_one_stands_idx",
        "decision",
        ["left_id", "right_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.add_column("match", sa.Column("rule_verdict", _verdict("rule_verdict"), nullable=True))
    op.execute("update match set rule_verdict = verdict")
    op.create_table(
        "review",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("amounts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stake", sa.Numeric(), nullable=False),
        sa.Column("uncertainty", sa.Numeric(), nullable=False),
        sa.Column("priority", sa.Numeric(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("review_match_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("review_pkey")),
        sa.UniqueConstraint("match_id", name=op.f("review_match_id_key")),
    )
    op.create_index("review_queue_idx", "review", ["priority", "uncertainty", "id"])
    op.drop_constraint(op.f("issue_issuekind_check"), "issue")
    listed = ", ".join(f"'{kind}'" for kind in ISSUES)
    op.execute(f"alter table issue add constraint issue_issuekind_check check (kind in ({listed}))")


def _verdict(name: str) -> sa.Enum:
    return sa.Enum(*VERDICTS, name=name, native_enum=False, create_constraint=True, length=40)
