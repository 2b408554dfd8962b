"""`hub settings`: what the hub listens to."""

import typer
from rich.table import Table

from hub.cli.terminal import console
from hub.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def settings() -> None:
    """List the environment variables that the hub reads."""
    table = Table("Variable", "Meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(f"HUB_{name.upper()}", field.description)
    console.print(table)
