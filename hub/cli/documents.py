"""`hub documents`: what client apps may run by its id, and what a document becomes."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.document_explained import explain
from hub.cli.terminal import console, quantity_of, run, show_table
from hub.errors import InputError
from hub.model import TrustedDocument
from hub.schema import manifests
from hub.schema.manifests import ManifestDocument
from hub.settings import Settings
from hub.store import documents
from hub.store.database import opened
from hub.store.documents import Pushed

app = typer.Typer(
    help="Push, list and remove trusted documents; explain any.", no_args_is_help=True, add_completion=False
)

App = Annotated[str, typer.Option("--app", help='The client app, such as "web".')]


app.command()(explain)


@app.command()
def push(app_: App, manifest: Annotated[Path, typer.Argument(help="The manifest that the app's build wrote.")]) -> None:
    """Store the documents of a manifest: Apollo's, Relay's or graphql-codegen's. All of them, or none."""
    found = manifests.documents(_content(manifest))
    new = run(_pushed(app_, found))
    rows = [(_names(each.operation_names), each.id, each.cost, "new" if each.id in new else "known") for each in found]
    show_table(("Operations", "Id", "Cost", ""), rows)
    console.print(f"{quantity_of(len(found), 'document')} of {app_!r}, {len(new)} of them new.", markup=False)


@app.command("list")
def list_(
    app_: Annotated[str | None, typer.Option("--app", help="Only those of this client app.")] = None,
) -> None:
    """Show what was pushed, and when it was last used."""
    rows = []
    for each in run(_listed(app_)):
        used = f"{each.last_used_on:%Y-%m-%d}" if each.last_used_on else "never"
        seen = f"{each.first_seen_at:%Y-%m-%d}"
        rows.append((each.app, _names(each.operation_names), each.document_id, seen, used))
    show_table(("App", "Operations", "Id", "First seen", "Last used"), rows)


@app.command()
def remove(
    app_: App, document_id: Annotated[str, typer.Argument(metavar="ID", help="As `hub documents list` shows it.")]
) -> None:
    """Forget a document; hubs that run answer it no more after some seconds."""
    run(_removed(app_, document_id))
    console.print(f"{document_id} is removed.", markup=False)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _names(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names) or "(without a name)"


async def _pushed(app_: str, found: list[ManifestDocument]) -> frozenset[str]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await documents.push(session, app_, [Pushed(each.id, each.text, each.operation_names) for each in found])


async def _listed(app_: str | None) -> list[TrustedDocument]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await documents.every(session, app_)


async def _removed(app_: str, document_id: str) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        await documents.remove(session, app_, document_id)
