"""What the columns of organizations' lists hold; the connector of files reads more than CSV."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["organization.id"], name=op.f("column_mapping_subject_id_fkey")),
        sa.PrimaryKeyConstraint("subject_id", "layout", name=op.f("column_mapping_pkey")),
    )
    # Columns were kept as field → header.
    op.execute("""
        update connection set connector = 'file', config = config || jsonb_build_object('mode', 'REPLACE', 'columns',
            coalesce((select jsonb_object_agg(value, key) from jsonb_each_text(config->'columns')), '{}'))
        where connector = 'csv'
    """)
