"""`hub schema`: what can be asked."""

import typer

from hub.schema.sdl import sdl

app = typer.Typer(add_completion=False)


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(sdl(), nl=False)
