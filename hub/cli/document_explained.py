"""`hub documents explain`: what an operation costs, needs and becomes."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.syntax import Syntax
from rich.table import Table

from hub.cli.terminal import console, run
from hub.errors import InputError
from hub.model import Role
from hub.schema.explaining import Explanation, explained


def explain(
    document: Annotated[Path, typer.Argument(help="A file with a GraphQL document; - reads the standard input.")],
    operation: Annotated[str | None, typer.Option(help="Which of its operations, where there are several.")] = None,
    variables: Annotated[str, typer.Option(help='The variables as JSON, such as {"first": 50}.')] = "{}",
    role: Annotated[
        Role, typer.Option(case_sensitive=False, help="For whom: limits, scopes and schema differ.")
    ] = Role.ADMIN,
) -> None:
    """Print an operation's cost, its scopes, whether it is kept, and the SQL that answers it. Asks no database."""

    async def found() -> Explanation:
        return explained(_text(document), operation, _variables(variables), role)

    _show(run(found()), role)


def _text(document: Path) -> str:
    if str(document) == "-":
        return typer.get_text_stream("stdin").read()
    try:
        return document.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{document} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8')}.") from error


def _variables(text: str) -> dict[str, Any]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError("--variables is not JSON.") from error
    if not isinstance(given, dict):
        raise InputError("--variables is not a JSON object.")
    return given


def _show(found: Explanation, role: Role) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("operation", f"{found.kind} {found.name or '(without a name)'}")
    table.add_row("cost", f"{found.cost:,} of {found.most:,} that one operation of the role {role.lower()} may cost")
    table.add_row("scopes", ", ".join(found.scopes) or "none")
    table.add_row("answered by", _way(found))
    table.add_row("kept", _kept(found))
    console.print(table, highlight=False)
    if found.sql:
        for number, name in enumerate(found.parameters, 1):
            console.print(f"${number} = {name}", highlight=False, markup=False)
        console.print(Syntax(found.sql, "sql", background_color="default", word_wrap=True))


def _way(found: Explanation) -> str:
    return "one SQL statement" if found.sql else f"graphql-core, because {found.reason}"


def _kept(found: Explanation) -> str:
    if not found.sql:
        return "no: only compiled answers are"
    return "for as long as nothing is written, once it took longer than 2 ms"
