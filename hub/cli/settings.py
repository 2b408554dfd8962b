"""`hub settings`: what the hub listens to."""

from typing import Any

import typer
from pydantic import SecretStr

from hub.cli.terminal import show_table
from hub.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def settings() -> None:
    """List the environment variables that the hub reads, what they are now, and what they are when unset."""
    now = Settings.from_env()
    rows = [
        (
            f"HUB_{name.upper()}",
            _told(getattr(now, name)),
            _told(field.get_default(call_default_factory=True)),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    show_table(("Variable", "Now", "When unset", "Meaning"), rows)


def _told(value: Any) -> str:
    """A secret is not shown, only that there is one."""
    if isinstance(value, SecretStr):
        return "set, not shown"
    return "unset" if value is None else str(value)
