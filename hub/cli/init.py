"""`hub init`: whose hub this is."""

from typing import Annotated

import typer

from hub.cli.terminal import console, run
from hub.settings import Settings
from hub.store import organizations
from hub.store.database import opened

app = typer.Typer(add_completion=False)


@app.command()
def init(
    name: Annotated[str, typer.Argument(help="The organization whose hub this is.")],
    domain: Annotated[str | None, typer.Option(help="Its domain.")] = None,
) -> None:
    """Say whose hub this is."""

    async def settled() -> None:
        async with opened(Settings.from_env()) as database, database.session() as session:
            await organizations.settle(session, name, domain)

    run(settled())
    console.print(f"This is the hub of {name}. Next: `hub connect --help`.", highlight=False, markup=False)
