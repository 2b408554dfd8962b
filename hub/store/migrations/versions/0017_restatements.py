"""Account records that say something else than when they were mapped, and the field that new rows are known by."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# Only what mapping compares counts: whatever else moves in a row, such as our own id in it, sets nothing going. Records
# without an account wait for mapping anyway.
NOTE = """
create function hub_note_restatement() returns trigger language plpgsql as $$
begin
    insert into restatement (record_id) values (new.id);
    return null;
end
$$
"""
TRIGGER = """
create trigger hub_note_restatement after update of name, website, domain, country, duns on account_record
for each row when (
    new.account_id is not null
    and (old.name, old.website, old.domain, old.country, old.duns)
        is distinct from (new.name, new.website, new.domain, new.country, new.duns)
) execute function hub_note_restatement()
"""
KEYS = """
update write_plan_field field set is_key = true
from write_plan plan join write_rule rule on rule.connection_id = plan.connection_id
where plan.id = field.plan_id and rule.creates_rows and (rule.stream, rule.field) = (field.stream, field.field)
"""


def upgrade() -> None:
    op.create_table(
        "restatement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["account_record.id"], name=op.f("restatement_record_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("restatement_pkey")),
    )
    op.create_index(op.f("restatement_record_id_idx"), "restatement", ["record_id"], unique=False)
    op.execute(NOTE)
    op.execute(TRIGGER)
    op.add_column("write_plan_field", sa.Column("is_key", sa.Boolean(), nullable=False, server_default="false"))
    op.execute(KEYS)
