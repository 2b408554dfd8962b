"""Rows of a stream are made by one field only; where there are more, by the one that was enabled first."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

FIRST_ONES = """
update write_rule later set creates_rows = false from write_rule earlier
where later.creates_rows and earlier.creates_rows
  and (earlier.connection_id, earlier.stream) = (later.connection_id, later.stream)
  and (earlier.enabled_at, earlier.id) < (later.enabled_at, later.id)
"""


def upgrade() -> None:
    op.execute(FIRST_ONES)
    op.create_index(
        "write_rule_creates_idx",
        "write_rule",
        ["connection_id", "stream"],
        unique=True,
        postgresql_where=sa.text("creates_rows"),
    )
