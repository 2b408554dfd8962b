"""Full syncs that outlive the process that began them, jobs that may be queued while the same runs, and an index."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# The queueing lock is unique among the jobs that wait. One that runs and is set back to waiting, since its worker died,
# would collide with the same job queued meanwhile; so it gives the lock up when it begins.
GIVE_UP_QUEUEING_LOCK = """
create function hub_give_up_queueing_lock() returns trigger language plpgsql as $$
begin
    new.queueing_lock := null;
    return new;
end
$$
"""

WHEN_A_JOB_BEGINS = """
create trigger hub_job_begins before update on procrastinate_jobs for each row
when (old.status = 'todo' and new.status = 'doing') execute function hub_give_up_queueing_lock()
"""


def upgrade() -> None:
    op.execute(GIVE_UP_QUEUEING_LOCK)
    op.execute(WHEN_A_JOB_BEGINS)
    op.add_column("stream_state", sa.Column("is_full_due", sa.Boolean(), nullable=False, server_default="false"))
    op.create_index("sync_run_stream_started_idx", "sync_run", ["connection_id", "stream", sa.text("started_at desc")])
