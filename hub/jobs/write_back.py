"""What requests set going of write-back: workers make and apply the plans."""

from dataclasses import dataclass
from uuid import UUID

from hub.jobs import write_apply, write_plan, write_rule
from hub.jobs.sources import Sources
from hub.jobs.tasks import WRITE_APPLY, WRITE_PLAN, lock_of
from hub.jobs.write_apply import Approval
from hub.model import WriteRule
from hub.store import queue, write_plans
from hub.store.database import Session


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Enabling, planning and applying, each in the transaction of whoever asks."""

    sources: Sources

    async def enable(self, session: Session, rule: WriteRule) -> UUID:
        """The rule that the field now has. Raises NotFound and InputError."""
        return await write_rule.enable(session, self.sources, rule)

    async def plan(self, session: Session, connection_id: UUID, by: str) -> UUID:
        """A plan that a worker is to make. Raises NotFound and InputError."""
        plan_id = await write_plan.begin(session, connection_id, by)
        await queue.enqueue(session, WRITE_PLAN, lock_of(connection_id), {"plan_id": str(plan_id)})
        return plan_id

    async def apply(self, session: Session, plan_id: UUID, by: str, *, is_confirmed: bool) -> None:
        """Let a worker apply a plan. Raises NotFound and InputError."""
        plan = await write_apply.check(session, Approval(plan_id=plan_id, by=by, is_confirmed=is_confirmed))
        if plan.finished_at is None:
            await write_plans.take_up(session, plan_id, by)
            args = {"plan_id": str(plan_id), "by": by, "is_confirmed": is_confirmed}
            await queue.enqueue(session, WRITE_APPLY, lock_of(plan.connection_id), args)
