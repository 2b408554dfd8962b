"""`hub export`: a list as a file."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from hub.app import export_pages
from hub.cli.terminal import console, quantity_of, run
from hub.errors import ConfigurationError, InputError
from hub.jobs.background import Background
from hub.settings import Settings
from hub.store import organizations
from hub.store.database import opened
from hub.store.exports import Page
from hub.store.secrets import sealer
from hub.store.sharing import Viewer

app = typer.Typer(add_completion=False)


@app.command()
def export(
    document: Annotated[Path, typer.Argument(help="A file with a GraphQL query for one list.")],
    output: Annotated[
        Path, typer.Option(help="The file to write, one JSON line per row; compressed where its name ends in .gz.")
    ],
) -> None:
    """Write a list of any length to a file, as the home organization sees it."""
    rows = run(_exported(_read(document), output))
    console.print(f"{output} has {quantity_of(rows, 'row')}.", markup=False, highlight=False)


def _read(document: Path) -> str:
    try:
        return document.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{document} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8')}.") from error


async def _exported(document: str, output: Path) -> int:
    settings = Settings.from_env()
    unfinished = output.with_name(f"{output.name}.part")
    async with opened(settings) as database:
        async with database.session() as session:
            home = await organizations.home(session)
        pages = export_pages(database, Background(database, sealer(settings)))(
            Viewer.anonymous(home.id), document, None
        )
        try:
            with _opened(unfinished, compressed=output.suffix == ".gz") as file:
                rows = await _written(pages, file)
            unfinished.replace(output)
        except OSError as error:
            raise ConfigurationError(f"{output} cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
    return rows


def _opened(file: Path, *, compressed: bool) -> BinaryIO:
    return cast("BinaryIO", gzip.open(file, "wb", 6) if compressed else file.open("wb"))


async def _written(pages: AsyncIterator[Page], file: BinaryIO) -> int:
    rows = 0
    columns = (TextColumn("  {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("0 rows", total=None)
        async for page in pages:
            file.write(page.lines)
            rows += page.rows
            progress.update(task, description=quantity_of(rows, "row"))
    return rows
