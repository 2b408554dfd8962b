"""`hub schema` and `hub settings`: what the hub offers and what it listens to."""

import typer
from rich.table import Table

from hub.cli.terminal import console
from hub.schema.sdl import sdl
from hub.settings import Settings


def schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(sdl(), nl=False)


def settings() -> None:
    """List the environment variables that the hub reads."""
    table = Table("Variable", "Meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(f"HUB_{name.upper()}", field.description)
    console.print(table)
