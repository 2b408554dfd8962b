"""`hub worker`: one more process that does jobs."""

import typer

from hub.cli.terminal import configure_logging, console, run
from hub.cli.until_stopped import until_stopped
from hub.jobs.queue import Jobs
from hub.jobs.worker import working
from hub.settings import Settings
from hub.store.database import opened
from hub.store.secrets import sealer

app = typer.Typer(add_completion=False)


@app.command()
def worker() -> None:
    """Sync what is due and do other jobs, until Ctrl-C or SIGTERM. Any number may work on one database."""
    settings = Settings.from_env()
    configure_logging(settings.log_level or "info")
    run(_worked(settings))


async def _worked(settings: Settings) -> None:
    async with opened(settings) as database, working(Jobs(database, sealer(settings))):
        console.print("Working. Ctrl-C stops.", highlight=False)
        await until_stopped()
        console.print("Stopping …")
