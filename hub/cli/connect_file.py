"""`hub connect file`: a partner's list of accounts."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.text import Text

from hub.cli.terminal import Cell, console, quantity, quantity_of, run, show_table, tell
from hub.connectors.files import CUSTOM, IGNORED, Choices, FilePreview, ListMode, preview, told
from hub.errors import InputError, NotFound
from hub.settings import Settings
from hub.store import column_mappings, connections, organizations
from hub.store.database import Session, opened
from hub.store.secrets import sealer

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")]

_SAMPLE = 40
"""Characters shown of a cell."""
_READ_AS = {CUSTOM: Text("kept as it is", "dim"), IGNORED: Text("left out", "dim")}


def file(  # noqa: PLR0913 - each is an option of the command
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A list of accounts: CSV, TSV (gzipped or not), XLSX or Parquet.")
    ],
    organization: Annotated[str, typer.Option(help="Whose accounts these are: a partner's name.")],
    *,
    replace: Annotated[
        bool | None,
        typer.Option(
            "--replace/--update",
            help="The file is the whole list, and rows it lacks are gone; or it adds and changes rows only. "
            "Asked for when left out.",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help='What a column holds, such as "Firma=name"; "Notes=-" leaves it out, "Region=custom" keeps it as it '
            "is. May be given again and again; other columns are as they were for this organization's last file with "
            "these headers, else guessed."
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="A workbook's sheet; the first visible one when left out.")] = None,
    name: Annotated[
        str | None, typer.Option(help="What to call the connection; the organization when left out.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Connect a partner's list of accounts. What its columns are taken for is shown first."""
    mode = None if replace is None else ListMode.REPLACE if replace else ListMode.UPDATE
    if mode is None and yes:
        raise InputError("Say what the rows mean that the file lacks: --replace, they are gone, or --update, nothing.")
    run(_connected(_Order(path, organization, name or organization, mode, told(column or ()), sheet), yes=yes))


@dataclass(frozen=True, slots=True)
class _Order:
    """What the command was asked for."""

    path: Path
    organization: str
    name: str
    mode: ListMode | None
    columns: Choices
    sheet: str | None


async def _connected(order: _Order, *, yes: bool) -> None:
    settings = Settings.from_env()
    async with opened(settings) as database:
        async with database.session() as session:
            await organizations.home(session)
            saved = await _saved(session, order.organization)
            before = await connections.config_of(session, order.name)
        found = preview(order.path, order.columns, saved, order.sheet)
        _show(found)
        if found.doubt and not (order.columns or found.is_saved):
            raise InputError(
                f"{found.path} may be no list of accounts: {found.doubt}. If it is one, say what a column holds, such "
                f"as --column {shlex.quote(f'{found.headers[0]}=name')}."
            )
        mode = order.mode or _asked_mode()
        if before is not None:
            tell_change(order.name, before, found.config(mode))
        confirm(yes=yes)
        async with database.session() as session:
            partner_id = await organizations.partner(session, order.organization)
            await connect_list(session, settings, order.name, found, partner_id, mode)
    tell_connected(order.name)


async def connect_list(
    session: Session, settings: Settings, name: str, found: FilePreview, subject_id: UUID, mode: ListMode
) -> UUID:
    """A connection to a file, as its preview reads it: ours to see, about `subject_id`. Its columns are remembered."""
    home = await organizations.home(session)
    connection_id = await connections.connect(
        session,
        sealer(settings),
        name=name,
        connector="file",
        owner_id=home.id,
        subject_id=subject_id,
        config=found.config(mode),
        secrets={},
    )
    await column_mappings.save(session, subject_id, found.choices)
    return connection_id


async def _saved(session: Session, organization: str) -> list[Choices]:
    try:
        subject = await organizations.named(session, organization)
    except NotFound:
        return []
    return [mapping.columns for mapping in await column_mappings.saved(session, subject.id)]


def _show(found: FilePreview) -> None:
    bad = f", {quantity(found.bad_rows)} that cannot be read and will be left out" if found.bad_rows else ""
    tell(f"{found.path}: {found.layout}; {quantity_of(found.row_count, 'row')}{bad}.")
    rows: list[tuple[Cell, ...]] = []
    for place, header in enumerate(found.headers):
        choice = found.choices[header]
        samples = " · ".join(_sample(row[place]) for row in found.rows if place < len(row) and row[place])
        rows.append((header, _READ_AS.get(choice, choice), samples))
    show_table(("Column", "Read as", "First rows"), rows)
    if found.is_saved:
        _show_changes(found)


def _sample(cell: str) -> str:
    """The beginning of a cell."""
    return cell if len(cell) <= _SAMPLE else f"{cell[:_SAMPLE]}…"


def _show_changes(found: FilePreview) -> None:
    console.print("Columns are read as they were for this organization before, where nothing else was told.")
    for change, headers in (("New since then", found.changed.new), ("Gone since then", found.changed.gone)):
        if headers:
            tell(f"{change}: {', '.join(headers)}.", "yellow")


def _asked_mode() -> ListMode:
    is_whole = typer.confirm("Is the file the whole list, so that accounts it lacks are gone?")
    return ListMode.REPLACE if is_whole else ListMode.UPDATE


def confirm(*, yes: bool) -> None:
    """Go on only where a person agrees."""
    if not yes and not typer.confirm("Connect it?"):
        raise typer.Exit(1)


def tell_change(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Tell that the name is a connection's already, and what becomes of its settings."""
    changed = [
        f"{key}: {before.get(key, 'not set')} → {after.get(key, 'not set')}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]
    tell(
        f"{name!r} is connected already: connecting it again changes {'; '.join(changed) or 'nothing but its secrets'}."
    )


def tell_connected(name: str) -> None:
    """Tell what comes next."""
    console.print(f"Connected. Next: `hub sync {name!r}`, then `hub map`.", highlight=False, markup=False)
