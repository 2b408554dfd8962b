"""`hub replay`: map what is stored anew."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from hub.cli.terminal import Cell, console, plain, quantity_of, run, show_table, tell
from hub.jobs.replay import Told
from hub.jobs.replay import replay as replayed
from hub.settings import Settings
from hub.store import connections
from hub.store.database import opened
from hub.store.records import Difference

LONGEST = 40
HEADERS = ("Connection", "Stream", "What changes", "Rows", "Such as", "Before", "After")

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
    show_table(HEADERS, _rows(found), title="Mapped anew")
    if not yes and not typer.confirm("Write it?"):
        raise typer.Exit(1)
    run(_found(connection, stream, write=True))
    console.print("Written. Next: `hub map`.", markup=False)


async def _found(name: str | None, stream: str | None, *, write: bool) -> Found:
    async with opened(Settings.from_env()) as database:
        async with database.session() as session:
            chosen = await connections.named(session, name)
        found: Found = {}
        for each in chosen:
            with _progress(each.name) as tell:
                found[each.name] = await replayed(database, each.id, stream, write=write, tell=tell)
        return found


@contextmanager
def _progress(connection: str) -> Iterator[Told]:
    """Show what is looked at, and in the end, also where there is no terminal, how much it was."""
    looked: Counter[str] = Counter()
    with console.status(f"Mapping {escape(plain(connection))} …") as status:

        def told(stream: str, more: int) -> None:
            looked[stream] += more
            status.update(f"Mapping {escape(plain(connection))} · {stream} … {quantity_of(looked[stream], 'payload')}")

        yield told
    streams = quantity_of(len(looked), "stream")
    tell(f"{connection}: looked at {quantity_of(looked.total(), 'payload')} of {streams}.")


def _rows(found: Found) -> Iterator[tuple[Cell, ...]]:
    for connection, streams in found.items():
        for stream, differences in streams.items():
            for each in differences:
                what = each.table if each.column is None else f"{each.table}.{each.column}"
                sides = (_short(each.external_id), _short(each.before), _short(each.after))
                yield connection, stream, what, each.rows, *sides


def _short(text: str | None) -> Cell:
    if text is None:
        return Text("null", "dim")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
