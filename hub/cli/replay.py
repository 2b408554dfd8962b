"""`hub replay`: map what is stored anew."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, quantity, run
from hub.jobs.replay import replay as replayed
from hub.settings import Settings
from hub.store import connections
from hub.store.database import opened
from hub.store.records import Difference

LONGEST = 40

app = typer.Typer(add_completion=False)

Found = dict[str, dict[str, list[Difference]]]
"""What would change, by connection and stream."""


@app.command()
def replay(
    connection: Annotated[str | None, typer.Argument(help="The connection's name; all of them when left out.")] = None,
    stream: Annotated[str | None, typer.Option(help="One stream only, such as accounts.")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
) -> None:
    """Map stored payloads anew, after an upgrade that understands more. Shows what would change first."""
    found = run(_found(connection, stream, write=False))
    if not any(differences for streams in found.values() for differences in streams.values()):
        console.print("Nothing would change.")
        return
    console.print(_table(found))
    if not yes and not typer.confirm("Write it?"):
        raise typer.Exit(1)
    run(_found(connection, stream, write=True))
    console.print("Written. Next: `hub map`.", markup=False)


async def _found(name: str | None, stream: str | None, *, write: bool) -> Found:
    async with opened(Settings.from_env()) as database:
        async with database.session() as session:
            chosen = await connections.named(session, name)
        with console.status("Mapping …") as status:
            looked = 0

            def tell(told: str, more: int) -> None:
                nonlocal looked
                looked += more
                status.update(f"Mapping {told} … {quantity(looked)} payloads")

            return {each.name: await replayed(database, each.id, stream, write=write, tell=tell) for each in chosen}


def _table(found: Found) -> Table:
    table = Table("Connection", "Stream", "What changes", title="Mapped anew", title_justify="left")
    table.add_column("Rows", justify="right")
    for title in ("Such as", "Before", "After"):
        table.add_column(title)
    for connection, streams in found.items():
        for stream, differences in streams.items():
            for each in differences:
                what = each.table if each.column is None else f"{each.table}.{each.column}"
                sides = (_short(each.external_id), _short(each.before), _short(each.after))
                table.add_row(escape(connection), stream, what, quantity(each.rows), *sides)
    return table


def _short(text: str | None) -> str:
    if text is None:
        return "[dim]null[/]"
    return escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
