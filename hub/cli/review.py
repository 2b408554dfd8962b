"""`hub review`: the matches that wait for a person."""

import shlex
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, run
from hub.model import Evidence
from hub.settings import Settings
from hub.store import organizations, reviews
from hub.store.account_records import Known
from hub.store.database import opened
from hub.store.reviews import Waiting

app = typer.Typer(add_completion=False)


@app.command()
def review(most: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20) -> None:
    """List the pairs of account records that the rules, or people, are unsure about: most money at stake first.

    At stake are the open deals of both accounts. Say what a pair is with `hub decide`.
    """
    found = run(_found(most))
    if not found:
        console.print("No match waits for a decision.")
        return
    table = Table("Left", "Right", "Bits", "What speaks for and against", "At stake", show_lines=True)
    for each in found:
        why = "\n".join(map(_reason, each.evidence)) or "a person is unsure"
        told = (_side(each.left), _side(each.right), f"{each.score:.1f}", why, _stake(each) or "—")
        table.add_row(*map(escape, told))
    console.print(table)
    pair = found[0].left.label, found[0].right.label
    for title, command in (("Why", ["explain", *pair]), ("For example", ["decide", *pair, "same"])):
        console.print(f"{title}: {shlex.join(['hub', *command])}", markup=False, highlight=False, soft_wrap=True)


def _side(record: Known) -> str:
    said = ", ".join(filter(None, (record.name, record.domain, record.country)))
    return f"{said}\n{record.label}"


def _reason(evidence: Evidence) -> str:
    values = dict.fromkeys(filter(None, (evidence["left"], evidence["right"])))
    return f"{evidence['bits']:+.1f} {evidence['feature']}: {' / '.join(values)}"


def _stake(waiting: Waiting) -> str:
    return "\n".join(f"{each['amount']} {each['currency'] or ''}".strip() for each in waiting.amounts)


async def _found(most: int) -> list[Waiting]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await reviews.first(session, (await organizations.home(session)).id, most)
