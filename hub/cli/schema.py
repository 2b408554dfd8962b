"""`hub schema`: what can be asked, and what has changed of it."""

from collections import Counter
from typing import Annotated

import typer

from hub.model import Role
from hub.schema.differences import Weight, differences
from hub.schema.sdl import sdl

app = typer.Typer(invoke_without_command=True, add_completion=False)


@app.callback()
def schema(
    ctx: typer.Context,
    role: Annotated[
        Role, typer.Option(case_sensitive=False, help="Whose: a partner's tool knows a part of it only.")
    ] = Role.ADMIN,
) -> None:
    """Print the GraphQL schema."""
    ctx.obj = role
    if ctx.invoked_subcommand is None:
        typer.echo(sdl(role), nl=False)


@app.command()
def diff(
    ctx: typer.Context,
    old: Annotated[
        typer.FileText,
        typer.Argument(
            help="The schema that clients were written against; - reads the standard input.", errors="replace"
        ),
    ],
    new: Annotated[
        typer.FileText | None,
        typer.Argument(help="What it is compared with. This hub's, for the role, when left out.", errors="replace"),
    ] = None,
) -> None:
    """Print what changed between two schemas, and exit 1 where it breaks clients of what was not deprecated."""
    found = differences(old.read(), new.read() if new else sdl(ctx.obj))
    for each in found:
        typer.echo(f"{each.weight:<9}  {each.told}")
    counts = Counter(each.weight for each in found)
    typer.echo(", ".join(f"{counts[weight]} {weight}" for weight in Weight) + ".")
    if counts[Weight.BREAKING]:
        raise typer.Exit(1)
