"""`hub key`: API keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, run
from hub.model import ApiKey
from hub.settings import Settings
from hub.store import keys, organizations
from hub.store.database import opened

app = typer.Typer(help="Make and end API keys.", no_args_is_help=True, add_completion=False)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for; shown in lists.")],
    days: Annotated[int, typer.Option(min=1, help="How long it is valid.")] = 365,
) -> None:
    """Make a key that sees what the home organization may see. It is shown this once."""
    key = run(_created(name, datetime.now(UTC) + timedelta(days=days)))
    typer.echo(key)
    typer.echo("Send it as `Authorization: Bearer …`. It is stored as a hash and cannot be shown again.", err=True)


@app.command("list")
def list_() -> None:
    """Show the keys, without their secrets."""
    table = Table("Key", "Name", "Created", "Expires", "Last used", "State")
    for key in run(_listed()):
        times = [key.created_at, key.expires_at, key.last_used_at]
        table.add_row(
            key.prefix, escape(key.name), *(f"{at:%Y-%m-%d %H:%M}" if at else "-" for at in times), _state(key)
        )
    console.print(table)


@app.command()
def revoke(prefix: Annotated[str, typer.Argument(help="The key's public part, as `hub key list` shows it.")]) -> None:
    """End a key at once."""
    run(_revoked(prefix))
    console.print(f"{prefix} is revoked.", markup=False)


def _state(key: ApiKey) -> str:
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at and key.expires_at < datetime.now(UTC) else "valid"


async def _created(name: str, expires_at: datetime) -> str:
    async with opened(Settings.from_env()) as database, database.session() as session:
        home = await organizations.home(session)
        return await keys.create(session, name, home.id, expires_at)


async def _listed() -> list[ApiKey]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await keys.every(session)


async def _revoked(prefix: str) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        await keys.revoke(session, prefix)
