"""A worker: does the jobs that wait, looks after the schedules, and takes up what others left when they died."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from procrastinate import App
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job

from hub.errors import StoreError
from hub.jobs.queue import Jobs, enqueue_due

log = structlog.get_logger()

AT_ONCE = 4
"""Jobs of one worker: mostly they wait for sources."""
ROUND = 5.0
"""Seconds between two looks at the schedules and at jobs whose worker died."""
HEARTBEAT = 5.0
DEAD_AFTER = 20.0
"""Seconds without a sign of life after which a worker's jobs are taken up by others."""


@asynccontextmanager
async def working(jobs: Jobs) -> AsyncIterator[None]:
    """Do jobs while the context is open; those that still run at the end are cut off, and taken up again later."""
    app = jobs.app()
    # A task that ends by a defect of ours ends the process with it: a worker that only seems to work is worse.
    async with app.open_async(), asyncio.TaskGroup() as group:
        tasks = [group.create_task(_work(app)), group.create_task(_look_round(app, jobs))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _work(app: App) -> None:
    """Do jobs; begin anew where the database went away meanwhile."""
    while True:
        try:
            await app.run_worker_async(
                queues=["hub"],
                concurrency=AT_ONCE,
                install_signal_handlers=False,
                delete_jobs="always",  # runs and issues tell what became of them
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD_AFTER,
                shutdown_graceful_timeout=0,
            )
        except ProcrastinateException as error:
            log.warning("worker stopped", error=type(error).__name__, begins_again_in=ROUND)
        await asyncio.sleep(ROUND)


async def _look_round(app: App, jobs: Jobs) -> None:
    is_down = False
    while True:
        try:
            await enqueue_due(jobs.database)
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                await _take_up(app, job)
        except (ProcrastinateException, StoreError) as error:
            if not is_down:
                log.warning("queue failed", error=type(error).__name__)
            is_down = True
        else:
            is_down = False
        await asyncio.sleep(ROUND)


async def _take_up(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except ProcrastinateException as error:  # of one job, which must not keep the others
        log.warning("job not taken up", job=job.task_name, error=type(error).__name__)
    else:
        log.warning("job taken up", job=job.task_name, args=job.task_kwargs)
