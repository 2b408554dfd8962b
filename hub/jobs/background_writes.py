"""Plans of writes, made and applied in the background of a serving process."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from hub.errors import HubError
from hub.jobs import write_apply, write_plan, write_rule
from hub.jobs.sources import Sources
from hub.jobs.write_apply import Approval
from hub.model import WriteRule
from hub.store.database import Session

log = structlog.get_logger()


@dataclass(slots=True)
class BackgroundWrites:
    """Plans that are made, or applied, after the request that asked for it. Of their ends the plans tell."""

    sources: Sources
    tasks: set[asyncio.Task[object]] = field(default_factory=set)
    """Those that still run; whoever ends the process cancels them. What is cut off is done again from the plan."""

    async def enable(self, session: Session, rule: WriteRule) -> UUID:
        """The rule that the field now has. Raises NotFound and InputError."""
        return await write_rule.enable(session, self.sources, rule)

    async def plan(self, connection_id: UUID, by: str) -> UUID:
        """A plan that is being made. Raises NotFound and InputError."""
        plan_id = await write_plan.begin(self.sources, connection_id, by)
        self._go(write_plan.fill(self.sources, plan_id))
        return plan_id

    async def apply(self, plan_id: UUID, by: str, *, is_confirmed: bool) -> None:
        """Begin to apply a plan. Raises NotFound and InputError."""
        approval = Approval(plan_id=plan_id, by=by, is_confirmed=is_confirmed)
        await write_apply.check(self.sources, approval)
        self._go(write_apply.apply(self.sources, approval))

    def _go(self, work: Coroutine[object, object, None]) -> None:
        task: asyncio.Task[object] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[object]) -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, HubError):
            log.error("job failed", error=type(error).__name__, exc_info=error)
