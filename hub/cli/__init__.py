"""The command `hub`: one file per group of commands."""

import sys

import typer

from hub.cli import connect, database, demo, keys, mapping, sandbox, schema, serve, status, sync
from hub.cli.terminal import configure_logging, errors
from hub.errors import HubError
from hub.settings import Settings

app = typer.Typer(
    help="An open-source GraphQL hub for partner ecosystems.",
    epilog="Settings are read from HUB_… environment variables; `hub settings` lists them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("init")(connect.init)
app.add_typer(connect.app, name="connect")
app.command("sync")(sync.sync)
app.command("status")(status.status)
app.command("map")(mapping.map_)
app.command("serve")(serve.serve)
app.add_typer(keys.app, name="key")
app.add_typer(database.app, name="db")
app.command("schema")(schema.schema)
app.command("sandbox")(sandbox.sandbox)
app.command("settings")(schema.settings)


def main() -> None:
    """Run the command line; an error made on purpose is one line on standard error and exit code 1."""
    try:
        configure_logging(Settings.from_env().log_level)
        app()
    except HubError as error:
        errors.print(f"[bold red]hub:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
