"""Leads name their partner, are found from what they became, and their changes are told."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

INDICES = (
    ("partner", "partner_external_id"),
    ("account", "converted_account_external_id"),
    ("opportunity", "converted_opportunity_external_id"),
)

# HubSpot does not say.
UNSAID = """
update lead set is_converted = null from connection
where connection.id = lead.connection_id and connection.connector = 'hubspot'
"""


def upgrade() -> None:
    op.add_column("lead", sa.Column("partner_external_id", sa.Text(), nullable=True))
    op.alter_column("lead", "is_converted", existing_type=sa.Boolean(), nullable=True)
    op.execute(UNSAID)
    for end, column in INDICES:
        op.create_index(
            f"lead_{end}_idx", "lead", ["connection_id", column], postgresql_where=sa.text(f"{column} is not null")
        )
    op.execute("select hub_watch('lead', 'hub_note_changes', 'lead', 'id', 'connection_id', 'removal')")
