"""`hub write-back`: write what the hub knows into the connected systems, as far as a person enabled it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from hub.cli.operator import operator
from hub.cli.plan_shown import Told, show_plan, told
from hub.cli.terminal import AsJson, console, print_json, quantity, run, show_table, tell
from hub.errors import ConfigurationError, SourceError
from hub.jobs import write_apply, write_plan, write_rule
from hub.jobs.sources import Sources
from hub.jobs.write_apply import Approval
from hub.jobs.write_plan import Tell
from hub.model import WritePlan, WriteRule
from hub.settings import Settings
from hub.store import audit, connections, ids, write_rules
from hub.store.database import Session, opened
from hub.store.paths import prefix_of
from hub.store.secrets import sealer
from hub.store.write_plans import WRONG
from hub.store.write_values import VALUES

app = typer.Typer(
    help="Write what the hub knows into a connected system: enable, plan, read the plan, apply it.",
    no_args_is_help=True,
    add_completion=False,
)

ConnectionName = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's name.")]
FieldName = Annotated[str, typer.Argument(metavar="FIELD", help="The field, as the system's API names it.")]
StreamName = Annotated[str, typer.Option(help="The stream that has the field.")]
PlanId = Annotated[
    str, typer.Argument(metavar="PLAN", help="The plan's id, as `hub write-back plan` tells it, or its beginning.")
]
Lines = Annotated[int, typer.Option(min=0, help="How many lines of it to print.")]


@app.command()
def values() -> None:
    """List what can be written."""
    show_table(
        ("Value", "Stream", "What it is"), [(each.name, each.stream, each.description) for each in VALUES.values()]
    )


@app.command()
def rules(*, as_json: AsJson = False) -> None:
    """List which values may be written where, and who enabled that."""
    found = run(_rules())
    if as_json:
        print_json([_rule_facts(name, rule) for name, rule in found])
        return
    if not found:
        console.print("Nothing is written anywhere: `hub write-back enable` allows it, field by field.")
        return
    headers = ("Connection", "Stream", "Field", "Value", "Creates rows", "Enabled by", "Enabled")
    show_table(headers, [_rule_row(*each) for each in found])


@app.command()
def enable(
    connection: ConnectionName,
    field: FieldName,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What to write, as `hub write-back values` names it.")],
    stream: StreamName = "accounts",
    *,
    create: Annotated[
        bool,
        typer.Option(
            "--create", help="Also create rows of your accounts that the system has none of, known by this field."
        ),
    ] = False,
) -> None:
    """Allow a value to be written into a field. Nothing is written yet: plan it, read the plan, apply it."""
    doubt = run(_enabled(connection, {"stream": stream, "field": field, "value": value}, creates_rows=create))
    if doubt:
        tell(doubt, "yellow")
    console.print(f"{value} may be written into {field} of {connection}. See `hub write-back plan`.", markup=False)


@app.command()
def disable(connection: ConnectionName, field: FieldName, stream: StreamName = "accounts") -> None:
    """End that a field is written. What was written stays."""
    run(_disabled(connection, stream, field))
    console.print(f"Nothing is written into {field} of {connection} any more.", markup=False)


@app.command()
def plan(connection: ConnectionName, lines: Lines = 50, *, as_json: AsJson = False) -> None:
    """Compare a system with what would be written into it. Only reads."""
    show_plan(run(_planned(connection, lines)), as_json=as_json)


@app.command()
def show(plan_id: PlanId, lines: Lines = 50, *, as_json: AsJson = False) -> None:
    """Print a plan again, and what became of it."""
    show_plan(run(_shown(plan_id, lines)), as_json=as_json)


@app.command()
def apply(
    plan_id: PlanId,
    lines: Lines = 50,
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="It is meant to change and create as many rows as it does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write exactly what a plan says. One that was cut off goes on."""
    applied = run(_applied(plan_id, lines, confirm=confirm))
    show_plan(applied, as_json=as_json)
    if any(applied.outcomes.get(each) for each in WRONG):
        raise typer.Exit(2)


@asynccontextmanager
async def _sources() -> AsyncIterator[Sources]:
    settings = Settings.from_env()
    async with opened(settings) as database:
        yield Sources(database=database, sealer=sealer(settings))


async def _rules() -> list[tuple[str, WriteRule]]:
    async with _sources() as sources, sources.database.session() as session:
        names = {each.id: each.name for each in await connections.named(session, None)}
        return [(names[rule.connection_id], rule) for rule in await write_rules.of(session)]


async def _enabled(name: str, rule: Mapping[str, str], *, creates_rows: bool) -> str | None:
    """Why it may not be writable, as far as its source says."""
    async with _sources() as sources:
        async with sources.database.session() as session:
            (connection,) = await connections.named(session, name)
        new = WriteRule(connection_id=connection.id, **rule, creates_rows=creates_rows, enabled_by=operator())
        doubt = await _doubt(sources, new)
        async with sources.database.session() as session:
            await write_rule.enable(session, sources, new)
            await _note(session, "write-back enable", name, *rule.values(), *(["creates rows"] if creates_rows else []))
        return doubt


async def _doubt(sources: Sources, rule: WriteRule) -> str | None:
    try:
        obstacle = await write_rule.check_field(sources, rule)
    except (ConfigurationError, SourceError) as error:
        return f"Whether {rule.field} is there was not found out, a plan will tell: {error}"
    return f"{rule.field} {obstacle}" if obstacle else None


async def _disabled(name: str, stream: str, field: str) -> None:
    async with _sources() as sources, sources.database.session() as session:
        (connection,) = await connections.named(session, name)
        await write_rules.disable(session, connection.id, stream, field)
        await _note(session, "write-back disable", name, stream, field)


async def _planned(name: str, lines: int) -> Told:
    async with _sources() as sources:
        async with sources.database.session() as session:
            (connection,) = await connections.named(session, name)
            plan_id = await write_plan.begin(session, connection.id, operator())
            await _note(session, "write-back plan", f"{prefix_of(WritePlan)}{plan_id}")
        with _progress("rows compared") as tell:
            await write_plan.fill(sources, plan_id, tell)
        return await told(sources.database, plan_id, lines)


async def _shown(given: str, lines: int) -> Told:
    async with _sources() as sources:
        async with sources.database.session() as session:
            plan_id = await ids.begun(session, WritePlan, given)
        return await told(sources.database, plan_id, lines)


async def _applied(given: str, lines: int, *, confirm: bool) -> Told:
    async with _sources() as sources:
        async with sources.database.session() as session:
            plan_id = await ids.begun(session, WritePlan, given)
            approval = Approval(plan_id=plan_id, by=operator(), is_confirmed=confirm)
            await write_apply.check(session, approval)
            await _note(session, "write-back apply", f"{prefix_of(WritePlan)}{plan_id}")
        with _progress("rows done") as tell:
            await write_apply.apply(sources, approval, tell)
        return await told(sources.database, plan_id, lines)


async def _note(session: Session, action: str, *ids: str) -> None:
    await audit.append(session, audit.administration(action, *ids, client=operator()))


@contextmanager
def _progress(what: str) -> Iterator[Tell]:
    columns = (TextColumn("  {task.fields[rows]} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None, rows="0")
        yield lambda rows: progress.update(task, rows=quantity(rows))


def _rule_row(name: str, rule: WriteRule) -> tuple[str, ...]:
    creates, since = "yes" if rule.creates_rows else "", f"{rule.enabled_at:%Y-%m-%d %H:%M}"
    return name, rule.stream, rule.field, rule.value, creates, rule.enabled_by, since


def _rule_facts(name: str, rule: WriteRule) -> dict[str, Any]:
    facts = {each: getattr(rule, each) for each in ("stream", "field", "value")}
    return {
        "connection": name,
        **facts,
        "createsRows": rule.creates_rows,
        "enabledBy": rule.enabled_by,
        "enabledAt": rule.enabled_at,
    }
