"""`hub schema`: what can be asked."""

from typing import Annotated

import typer

from hub.model import Role
from hub.schema.sdl import sdl

app = typer.Typer(add_completion=False)


@app.command()
def schema(
    role: Annotated[
        Role, typer.Option(case_sensitive=False, help="Whose: a partner's tool knows a part of it only.")
    ] = Role.ADMIN,
) -> None:
    """Print the GraphQL schema."""
    typer.echo(sdl(role), nl=False)
