"""`hub map`: decide which records are the same company."""

from typing import Annotated

import typer
from rich.table import Table

from hub.cli.terminal import console, quantity, run
from hub.jobs.mapping import MappingOutcome, map_accounts
from hub.settings import Settings
from hub.store import measures, organizations
from hub.store.database import opened
from hub.store.measures import SMALLEST_SAMPLE, Measure

app = typer.Typer(add_completion=False)


@app.command()
def map_(
    *,
    measured: Annotated[
        bool, typer.Option("--measured", help="Also tell how the rules do on the pairs that people decided about.")
    ] = False,
) -> None:
    """Decide which records are the same company, and which the same person."""
    outcome, measure = run(_mapped(measured=measured))
    console.print(
        f"{quantity(outcome.records)} account records are {quantity(outcome.accounts)} accounts "
        f"({quantity(outcome.moved)} moved, {quantity(outcome.matches)} comparisons kept as evidence); "
        f"{quantity(outcome.contacts)} contact records are {quantity(outcome.people)} people."
    )

    if measure:
        _tell(measure)


def _tell(measure: Measure) -> None:
    pairs = measure.right + measure.wrong + measure.missed + measure.kept_apart
    table = Table("Of the rules", "Share", "Pairs")
    table.add_row("precision", _share(measure.precision), f"{measure.right} of {measure.right + measure.wrong}")
    table.add_row("recall", _share(measure.recall), f"{measure.right} of {measure.right + measure.missed}")
    console.print(table)
    console.print(
        f"Pairs of live records that people decided about: {quantity(pairs)}. A share of fewer than {SMALLEST_SAMPLE} "
        "is unknown. People decide about doubtful pairs first: on all others the rules may do better."
    )


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.3f}"


async def _mapped(*, measured: bool) -> tuple[MappingOutcome, Measure | None]:
    async with opened(Settings.from_env()) as database:
        outcome = await map_accounts(database)
        if not measured:
            return outcome, None
        async with database.session() as session:
            return outcome, await measures.measured(session, (await organizations.home(session)).id)
