"""Documents that clients run by their id, and keys that may run nothing else."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "trusted_document",
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("operation_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "first_seen_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("app", "document_id", name=op.f("trusted_document_pkey")),
    )
    op.create_index(op.f("trusted_document_document_id_idx"), "trusted_document", ["document_id"])
    op.add_column("api_key", sa.Column("app", sa.Text(), nullable=True))
    op.add_column("api_key", sa.Column("documents_only", sa.Boolean(), server_default=sa.false(), nullable=False))
