"""Answers that are kept while nothing is written."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from hub.store import embedded
from hub.store.answers import Answers, Question
from hub.store.results import Results
from hub.store.sharing import Viewer
from hub.store.statement import Statement

ME = Viewer.anonymous(uuid4())
SOMEBODY_ELSE = Viewer.anonymous(uuid4())


def counting(rows: int) -> Question:
    """Takes long, for many rows, and answers with a text that is another each time it is worked out."""
    sql = (
        f"select (select count(*)::text from generate_series(1, {rows})) || ' ' || $1::uuid || clock_timestamp(), "
        "pg_current_snapshot()"
    )
    return Question(Statement(sql.encode(), ("viewer_organization_id",)), (None,), frozenset())


SLOW, FAST = counting(300_000), counting(1)


@pytest.fixture(scope="module")
def quiet(folder_of_ours):
    """The URL of a server of its own: a write in any database of a server makes a new snapshot."""
    with embedded.running(folder_of_ours / "quiet") as url:
        yield url


@pytest.fixture
async def results(quiet):
    results = Results(Answers(quiet), 1_000_000)
    yield results
    await results.end()


async def test_an_answer_that_took_long_is_kept_while_nothing_is_written(results):
    await results.answer(SLOW, ME)
    first = await results.answer(SLOW, ME)

    assert await results.answer(SLOW, ME) == first
    assert results.hits == 1


async def test_any_write_ends_what_is_kept(results, quiet):
    await results.answer(SLOW, ME)
    first = await results.answer(SLOW, ME)
    async with await psycopg.AsyncConnection.connect(quiet) as connection:
        await connection.execute("create table something ()")

    assert await results.answer(SLOW, ME) != first


async def test_nobody_gets_what_another_organization_asked(results):
    await results.answer(SLOW, ME)
    mine = await results.answer(SLOW, ME)
    theirs = await results.answer(SLOW, SOMEBODY_ELSE)

    assert str(ME.organization_id).encode() in mine
    assert str(SOMEBODY_ELSE.organization_id).encode() in theirs


async def test_who_asks_for_the_same_at_the_same_time_gets_the_same_answer(results):
    await results.answer(SLOW, ME)

    assert len(set(await asyncio.gather(*(results.answer(SLOW, ME) for _ in range(5))))) == 1


async def test_the_others_still_get_the_answer_when_one_leaves(results):
    await results.answer(SLOW, ME)
    leaving, staying = (asyncio.create_task(results.answer(SLOW, ME)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_what_is_fast_is_asked_again(results):
    first = await results.answer(FAST, ME)

    assert await results.answer(FAST, ME) != first
    assert results.hits == 0


async def test_nothing_is_kept_where_there_is_no_room(quiet):
    results = Results(Answers(quiet), 0)
    await results.answer(SLOW, ME)
    first = await results.answer(SLOW, ME)

    assert await results.answer(SLOW, ME) != first
    await results.end()


async def test_the_least_recently_asked_for_goes_first(quiet):
    results = Results(Answers(quiet), 5_000)  # each takes about 580, and none may take more than an eighth
    questions = [counting(300_000 + number) for number in range(12)]
    for _ in range(2):
        for question in questions:
            await results.answer(question, ME)
    hits = results.hits
    await results.answer(questions[-1], ME)
    await results.answer(questions[0], ME)

    assert results.hits == hits + 1
    await results.end()
