import asyncio
from uuid import uuid4

import pytest
from graphql import get_operation_ast, parse
from sqlalchemy import select

from hub.errors import InputError
from hub.model import AuditEvent, Scope
from hub.schema.auditing import MOST_NAMES, Audit, Operation, Outcome, root_fields
from hub.store.sharing import Viewer

VIEWER = Viewer.anonymous(uuid4())
MAP = Operation(
    name="Map", document_hash="0" * 64, root_fields=("mapAccounts",), scopes=frozenset(Scope), request_id="r"
)


async def outcomes(database) -> list[tuple[str, list[str]]]:
    async with database.session() as session:
        found = await session.scalars(select(AuditEvent).order_by(AuditEvent.number))
        return [(each.outcome, each.ids) for each in found]


async def test_a_mutation_is_told_before_and_after(database):
    async with Audit(database).mutation(VIEWER, MAP, Outcome()) as outcome:
        assert await outcomes(database) == [("BEGUN", [])]
        outcome.ids += [f"{number}" for number in range(MOST_NAMES + 1)]

    assert await outcomes(database) == [("BEGUN", []), ("OK", [f"{number}" for number in range(MOST_NAMES)])]


@pytest.mark.parametrize(("said", "told"), [(None, "INTERNAL_SERVER_ERROR"), ("BUSY", "BUSY")])
async def test_a_mutation_that_fails_is_told_as_failed(database, said, told):
    async def failing() -> None:
        async with Audit(database).mutation(VIEWER, MAP, Outcome()) as outcome:
            outcome.code = said
            raise InputError("no")

    with pytest.raises(InputError):
        await failing()
    assert [each for each, _ in await outcomes(database)] == ["BEGUN", told]


async def test_a_mutation_whose_client_leaves_is_told_all_the_same(database):
    begun = asyncio.Event()

    async def long() -> None:
        async with Audit(database).mutation(VIEWER, MAP, Outcome()):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(long())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [each for each, _ in await outcomes(database)] == ["BEGUN", "CANCELLED"]


MANY = tuple(f"f{number}" for number in range(50))


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("{ b a c: a }", ("b", "a")),
        ("{ ...F z } fragment F on Query { x ... { y } ...G } fragment G on Query { ...F w }", ("x", "y", "w", "z")),
        ("{ ...Nothing a }", ("a",)),
        (f"{{ {' '.join(MANY)} }}", MANY[:MOST_NAMES]),
    ],
)
def test_root_fields_are_named_in_order_once_and_not_too_many(document, names):
    parsed = parse(document)
    assert root_fields(parsed, get_operation_ast(parsed)) == names
