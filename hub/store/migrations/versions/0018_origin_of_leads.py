"""The source of a lead is its origin: "source" is the word for a system."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.alter_column("lead", "lead_source", new_column_name="origin")
