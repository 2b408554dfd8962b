"""`hub decide`: what two account records are to each other, whatever the rules say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Column, Table

from hub.cli.operator import operator
from hub.cli.terminal import console, run
from hub.errors import InputError
from hub.jobs.queue import enqueue_mapping
from hub.model import AccountRecord, Decision, RelationKind, Verdict
from hub.settings import Settings
from hub.store import account_records, audit, decisions, organizations
from hub.store.database import Session, opened
from hub.store.paths import prefix_of

app = typer.Typer(add_completion=False)

NEXT = "It takes effect with the next mapping: a worker's, which waits already, or `hub map`."
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of two records."""

    verdict: Verdict
    relation: RelationKind | None
    reason: str | None


Name = Annotated[
    str | None,
    typer.Argument(
        help="An account record: CONNECTION:ID, with the id that its source has for it, or the hub's own id.",
        show_default=False,
    ),
]


@app.command()
def decide(
    left: Name = None,
    right: Name = None,
    verdict: Annotated[
        Verdict | None,
        typer.Argument(
            case_sensitive=False,
            help="same joins the two; different and related keep them apart; unsure leaves it to the rules, and the "
            "pair in `hub review`.",
            show_default=False,
        ),
    ] = None,
    *,
    relation: Annotated[
        RelationKind | None,
        typer.Option(
            case_sensitive=False,
            help="Of related companies: LEFT is this to RIGHT, if it is known.",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for those who come after.", show_default=False)] = None,
    withdraw: Annotated[
        str | None,
        typer.Option(metavar="DECISION", help="Let the rules decide again about the pair of this decision."),
    ] = None,
) -> None:
    """Say what two account records are to each other; alone, list what was decided.

    A decision outranks every rule until it is withdrawn. Another one on the same pair takes its place.
    """
    if withdraw is not None:
        run(_withdrawn(_decision_id(withdraw)))
        console.print(f"Withdrawn. {NEXT}")
    elif left is None:
        _show(run(_standing()))
    elif right is None or verdict is None:
        raise InputError("Name two account records and a verdict: same, different, related or unsure.")
    else:
        decision = run(_decided(left, right, Said(verdict, relation, reason)))
        console.print(f"{prefix_of(Decision)}{decision} stands. {NEXT}", markup=False, soft_wrap=True)


async def _decided(left: str, right: str, given: Said) -> UUID:
    async with opened(Settings.from_env()) as database, database.session() as session:
        home = (await organizations.home(session)).id
        one, other = [await account_records.named(session, home, name) for name in (left, right)]
        from_id = one if given.relation else None
        said = Decision(left_id=one, right_id=other, from_id=from_id, decided_by=operator(), **asdict(given))
        decision = await decisions.decide(session, said)
        await enqueue_mapping(session)
        records = (f"{prefix_of(AccountRecord)}{each}" for each in (one, other))
        await _note(session, "decide", decision, *records, given.relation or given.verdict)
        return decision


async def _withdrawn(decision_id: UUID) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        await decisions.withdraw(session, decision_id, operator())
        await enqueue_mapping(session)
        await _note(session, "decide withdraw", decision_id)


async def _note(session: Session, action: str, decision: UUID, *about: str) -> None:
    event = audit.administration(action, f"{prefix_of(Decision)}{decision}", *about, client=operator())
    await audit.append(session, event)


async def _standing() -> Sequence[decisions.Standing]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await decisions.newest(session, (await organizations.home(session)).id, SHOWN)


def _show(found: Sequence[decisions.Standing]) -> None:
    if not found:
        console.print("Nothing was decided yet: `hub review` lists what waits, `hub decide --help` tells how.")
        return
    folded = (Column(title, overflow="fold") for title in ("Left", "Right", "Verdict", "Reason", "By", "When"))
    table = Table(Column("Decision", no_wrap=True), *folded)
    for each in found:
        sides = (f"{each.left.label}\n{each.left.name or ''}", f"{each.right.label}\n{each.right.name or ''}")
        told = (*sides, _verdict(each), each.reason or "", each.by, f"{each.at:%Y-%m-%d %H:%M}")
        table.add_row(str(each.id), *map(escape, told))
    console.print(table)


def _verdict(said: decisions.Standing) -> str:
    """Of the left record and the right one."""
    return (said.relation or said.verdict).lower().replace("_", " ")


def _decision_id(text: str) -> UUID:
    try:
        return UUID(text.removeprefix(prefix_of(Decision)))
    except ValueError as error:
        raise InputError(f"{text[:100]!r} is no decision's id: `hub decide` lists them.") from error
