"""Rows that write-back makes: which rules allow it, and which lines of plans do it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("write_rule", sa.Column("creates_rows", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("write_plan", sa.Column("records_to_create", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("write_plan_field", sa.Column("to_create", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("write_item", sa.Column("key", sa.Text(), nullable=True))
    op.create_index(
        "write_item_key_idx", "write_item", ["connection_id", "key"], postgresql_where=sa.text("key is not null")
    )
