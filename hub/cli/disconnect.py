"""`hub disconnect`: the end of a connection."""

from typing import Annotated
from uuid import UUID

import typer

from hub.cli.operator import operator
from hub.cli.terminal import quantity_of, run, tell
from hub.settings import Settings
from hub.store import audit, connections, raw_records
from hub.store.database import opened

app = typer.Typer(add_completion=False)


@app.command()
def disconnect(
    connection: Annotated[str, typer.Argument(help="The connection's name.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a connection and all that was read through it. Nothing is changed in the system itself."""
    connection_id, payloads = run(_found(connection))
    tell(
        f"{connection}: its settings and credentials, {quantity_of(payloads, 'payload')} and what was made of them, "
        "its runs, issues, write-back rules and plans go for good. What was written into the system stays there, and "
        "the audit log here."
    )
    if not yes and not typer.confirm("Disconnect it?"):
        raise typer.Exit(1)
    run(_ended(connection_id, connection))
    tell("Disconnected. Next: `hub map`, so that accounts and people no longer hold what it said.")


async def _found(name: str) -> tuple[UUID, int]:
    """The connection, and how many payloads it holds."""
    async with opened(Settings.from_env()) as database, database.session() as session:
        (connection,) = await connections.named(session, name)
        stored = await raw_records.count_by_stream(session)
        return connection.id, sum(number for (owner, _), number in stored.items() if owner == connection.id)


async def _ended(connection_id: UUID, name: str) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        await connections.disconnect(session, connection_id)
        await audit.append(session, audit.administration("disconnect", name, client=operator()))
