"""`hub schedule`: when a connection is synced of its own accord."""

import re
from typing import Annotated

import typer

from hub.cli.terminal import console, run
from hub.errors import InputError
from hub.settings import Settings
from hub.store import connections, queue
from hub.store.database import opened

UNITS = {"m": 1, "h": 60, "d": 24 * 60}
"""Minutes."""

app = typer.Typer(add_completion=False)


@app.command()
def schedule(
    connection: Annotated[str, typer.Argument(help="The connection's name.")],
    every: Annotated[str, typer.Argument(help="How often, such as 15m, 2h or 1d; off: only when somebody asks.")],
) -> None:
    """Let workers sync a connection every so often; `hub serve` has one inside, `hub worker` is another."""
    minutes = _minutes(every)
    run(_scheduled(connection, minutes))
    told = "is synced when somebody asks" if minutes is None else f"is synced every {every}"
    console.print(f"{connection!r} {told}.", highlight=False, markup=False)


def _minutes(every: str) -> int | None:
    if every == "off":
        return None
    match = re.fullmatch("([1-9][0-9]{0,4})([mhd])", every)
    if match is None:
        raise InputError(f"{every!r} is no time between two syncs: 15m, 2h, 1d or off.")
    minutes = int(match[1]) * UNITS[match[2]]
    queue.check_schedule(minutes)
    return minutes


async def _scheduled(name: str, minutes: int | None) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        (found,) = await connections.named(session, name)
        await queue.set_schedule(session, found.id, minutes)
