"""`hub serve`: the GraphQL endpoint."""

from typing import Annotated

import typer

from hub.cli.answering import answering
from hub.cli.processes import supervised
from hub.cli.terminal import configure_logging, console, run, run_fast
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
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="How many processes answer.  [HUB_PROCESSES]", show_default=False),
    ] = None,
) -> None:
    """Serve GraphQL at /graphql to those who present an API key, until Ctrl-C or SIGTERM."""
    given = {"host": host, "port": port, "processes": processes}
    settings = Settings.from_env().model_copy(update={name: each for name, each in given.items() if each is not None})
    configure_logging(settings.log_level or "info")
    if settings.processes == 1:
        run_fast(_served(settings))
    else:
        run(_served_by_several(settings))


async def _served(settings: Settings) -> None:
    listener = listener_on(settings.host, settings.port)
    async with opened(settings) as database, answering(database, settings, listener) as url:
        _tell(url)
        await until_stopped()
        console.print("Stopping …")


async def _served_by_several(settings: Settings) -> None:
    """The process one started holds the socket and the database, and looks after those that answer."""
    listener = listener_on(settings.host, settings.port)
    async with opened(settings), supervised(settings, listener) as url:
        _tell(url)
        await until_stopped()
        console.print("Stopping …")


def _tell(url: str) -> None:
    console.print(f"Serving {url}/graphql. Make a key with `hub key create NAME`. Ctrl-C stops.", highlight=False)
