"""The command `hub`: one file per command, or per group of them, imported when it is called."""

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hub.cli.terminal import configure_logging, tell_error
from hub.errors import HubError
from hub.settings import Settings

COMMANDS = {
    "demo": "demo",
    "init": "init",
    "connect": "connect",
    "disconnect": "disconnect",
    "connector": "connector",
    "sync": "sync",
    "replay": "replay",
    "status": "status",
    "issues": "issues",
    "map": "mapping",
    "review": "review",
    "decide": "decide",
    "explain": "explain",
    "write-back": "writing",
    "serve": "serve",
    "process": "process",
    "worker": "worker",
    "schedule": "schedule",
    "export": "export",
    "key": "keys",
    "documents": "documents",
    "audit": "audit",
    "db": "database",
    "schema": "schema",
    "sandbox": "sandbox",
    "settings": "settings",
}
"""Each command, and the module that has it as `app`."""


class Commands(TyperGroup):
    """Imports a command's module when it is asked for: all of them together take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(f"hub.cli.{COMMANDS[cmd_name]}").app)
        command.name = cmd_name
        return command


def _tell_version(*, asked: bool) -> None:
    if asked:
        typer.echo(import_module("importlib.metadata").version("ecosystem-hub"))
        raise typer.Exit


app = typer.Typer(
    cls=Commands,
    help="An open-source GraphQL hub for partner ecosystems.",
    epilog="Settings are read from HUB_… environment variables; `hub settings` lists them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def hub(
    *,
    shows_version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    """An open-source GraphQL hub for partner ecosystems."""


def main() -> None:
    """Run the command line; an error made on purpose is one line on standard error and exit code 1."""
    try:
        configure_logging(Settings.from_env().log_level or "warning")
        app()
    except HubError as error:
        tell_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
