"""`hub serve`: the GraphQL endpoint."""

from typing import Annotated

import typer

from hub.app import serving
from hub.cli.terminal import configure_logging, console, run
from hub.cli.until_stopped import until_stopped
from hub.listening import listener_on
from hub.settings import Settings
from hub.store.database import opened

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.  [HUB_HOST]", show_default=False)] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.  [HUB_PORT]", show_default=False)
    ] = None,
) -> None:
    """Serve GraphQL at /graphql to those who present an API key, until Ctrl-C."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    run(_served(Settings.from_env().model_copy(update=given)))


async def _served(settings: Settings) -> None:
    configure_logging(settings.log_level or "info")
    listener = listener_on(settings.host, settings.port)
    async with opened(settings) as database, serving(database, settings, listener) as url:
        console.print(f"Serving {url}/graphql. Make a key with `hub key create NAME`. Ctrl-C stops.", highlight=False)
        await until_stopped()
        console.print("Stopping …")
