"""`hub db`: the schema of the database."""

import typer

from hub.cli.terminal import console, run
from hub.errors import ConfigurationError
from hub.settings import Settings
from hub.store.database import findings, upgraded

app = typer.Typer(help="Look after the database.", no_args_is_help=True, add_completion=False)


@app.command()
def upgrade() -> None:
    """Bring the database to the newest schema. Every other command does so too when it starts."""
    before, after = run(upgraded(Settings.from_env()))
    console.print(
        f"The schema is at {after}." if before == after else f"Upgraded from {before or 'nothing'} to {after}."
    )


@app.command()
def check() -> None:
    """Say whether the database has exactly the schema this hub expects; exit 1 if not."""
    found = run(findings(Settings.from_env()))
    if found:
        raise ConfigurationError("The database differs from what this hub expects: " + "; ".join(found) + ".")
    console.print("The database has the schema this hub expects.")
