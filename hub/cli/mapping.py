"""`hub map`: decide which records are the same company."""

import typer

from hub.cli.terminal import console, quantity, run
from hub.jobs.mapping import MappingOutcome, map_accounts
from hub.settings import Settings
from hub.store.database import opened

app = typer.Typer(add_completion=False)


@app.command()
def map_() -> None:
    """Decide which records are the same company, and which the same person."""
    outcome = run(_mapped())
    console.print(
        f"{quantity(outcome.records)} account records are {quantity(outcome.accounts)} accounts "
        f"({quantity(outcome.moved)} moved, {quantity(outcome.matches)} comparisons kept as evidence); "
        f"{quantity(outcome.contacts)} contact records are {quantity(outcome.people)} people."
    )


async def _mapped() -> MappingOutcome:
    async with opened(Settings.from_env()) as database:
        return await map_accounts(database)
