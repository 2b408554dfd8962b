"""Many ask at once, some leave, the server ends connections: every answer that comes is the one that was asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from hub.errors import StoreError, TimedOut
from hub.store import answers as answers_module
from hub.store.answers import MOST_LINES, Answers, Question, Unanswerable, question
from hub.store.line import MOST_PREPARED
from hub.store.sharing import VIEWER, Viewer
from hub.store.statement import Statement

VIEWING = Viewer.anonymous(uuid4())
MARK = "/* of the test */"


@pytest.fixture
def conninfo(database_url: str) -> str:
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


class Texts(Answers):
    """Answers without what else is told of them."""

    async def answer(self, asked: Question, viewer: Viewer) -> bytes:
        return (await super().answer(asked, viewer)).body


@pytest.fixture
async def answers(conninfo: str) -> AsyncIterator[Texts]:
    answers = Texts(conninfo)
    yield answers
    await answers.end()


def asked(sql: str, *values: str) -> Question:
    names = tuple(f"v{number}" for number in range(len(values)))
    return question(Statement(f"{sql} {MARK}".encode(), names), dict(zip(names, values, strict=True)), frozenset())


def echo(text: str) -> Question:
    return asked("select $1::text", text)


def slow(seconds: float, text: str) -> Question:
    return asked("select $1::text from pg_sleep($2::float)", text, str(seconds))


async def running(conninfo: str) -> list[int]:
    """The processes of the server that work on statements of the test."""
    watching = "select pid from pg_stat_activity where query like %s and pid <> pg_backend_pid() and state = 'active'"
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return [pid for (pid,) in await (await connection.execute(watching, (f"%{MARK}%",))).fetchall()]


async def connected(conninfo: str) -> list[int]:
    """The processes of the server that lines are connected to."""
    watching = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return [pid for (pid,) in await (await connection.execute(watching)).fetchall()]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0)


async def test_the_viewer_is_a_value_of_the_statement(answers: Answers) -> None:
    own = question(Statement(b"select $1::uuid::text", (VIEWER.key,)), {}, frozenset())
    assert await answers.answer(own, VIEWING) == str(VIEWING.organization_id).encode()


async def test_values_arrive_as_they_are(answers: Answers) -> None:
    for text in ("", "'; drop table account; --", "🎉\u2028\\", "x" * 3_000_000):
        assert await answers.answer(echo(text), VIEWING) == text.encode()


async def test_bytes_and_arrays_are_values(answers: Answers) -> None:
    both = Statement(b"select encode($1::bytea, 'hex') || array_to_string($2::uuid[], ',')", ("key", "ids"))
    values = question(both, {"key": b"\0\xff", "ids": [UUID(int=1), UUID(int=2)]}, frozenset())
    assert await answers.answer(values, VIEWING) == f"00ff{UUID(int=1)},{UUID(int=2)}".encode()


async def test_nothing_is_null(answers: Answers) -> None:
    assert await answers.answer(asked("select null"), VIEWING) == b"null"


async def test_a_value_that_cannot_be_is_unanswerable_and_costs_no_connection(
    answers: Answers, conninfo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await answers.answer(echo("x"), VIEWING)
    before = await connected(conninfo)
    for sql in ("select 1 / 0", "select ('x' || $1)::int", "select hub_absent()"):
        with pytest.raises(Unanswerable):
            await answers.answer(asked(sql, *(["x"] if "$1" in sql else [])), VIEWING)
    assert await connected(conninfo) == before
    assert "statement failed" not in capsys.readouterr().out


async def test_a_statement_that_is_wrong_is_our_defect(answers: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unanswerable):
        await answers.answer(asked("select nothing_of_the_kind"), VIEWING)
    assert "statement failed" in capsys.readouterr().out


async def test_nothing_can_be_written(answers: Answers) -> None:
    with pytest.raises(Unanswerable):
        await answers.answer(asked("insert into account default values returning id::text"), VIEWING)


async def test_a_statement_that_takes_too_long_is_ended(conninfo: str) -> None:
    answers = Texts(conninfo, patience=0.2)
    with pytest.raises(TimedOut):
        await answers.answer(slow(60, "x"), VIEWING)
    assert await running(conninfo) == []
    assert await answers.answer(echo("x"), VIEWING) == b"x"
    await answers.end()


async def test_who_leaves_ends_the_statement(answers: Answers, conninfo: str) -> None:
    leaving = [asyncio.create_task(answers.answer(slow(600, str(number)), VIEWING)) for number in range(MOST_LINES)]
    staying = asyncio.create_task(answers.answer(echo("stays"), VIEWING))

    async def all_run() -> bool:
        return len(await running(conninfo)) == MOST_LINES

    async def none_runs() -> bool:
        return not await running(conninfo)

    await until(all_run)
    for task in leaving:
        task.cancel()
    assert await staying == b"stays"
    await until(none_runs)
    assert all(task.cancelled() for task in leaving)


async def test_a_connection_that_was_ended_while_idle_is_replaced(answers: Answers, conninfo: str) -> None:
    for _ in range(5):
        await asyncio.gather(*(answers.answer(echo(str(number)), VIEWING) for number in range(4)))
        await terminate(conninfo, await connected(conninfo))
        assert await answers.answer(echo("again"), VIEWING) == b"again"


async def test_a_connection_that_is_ended_while_it_answers_is_replaced_once(answers: Answers, conninfo: str) -> None:
    task = asyncio.create_task(answers.answer(slow(1, "late"), VIEWING))

    async def runs() -> bool:
        return bool(await running(conninfo))

    await until(runs)
    await terminate(conninfo, await running(conninfo))
    assert await task == b"late"


async def test_a_server_that_cannot_be_reached_is_a_store_error() -> None:
    answers = Texts("postgresql://nobody@127.0.0.1:1/nothing")
    for _ in range(MOST_LINES + 1):
        with pytest.raises(StoreError):
            await answers.answer(echo("x"), VIEWING)


async def test_a_line_with_many_statements_is_replaced(answers: Answers, conninfo: str) -> None:
    await answers.answer(echo("x"), VIEWING)
    (first,) = await connected(conninfo)
    for number in range(MOST_PREPARED):
        assert await answers.answer(asked(f"select '{number}'"), VIEWING) == str(number).encode()

    async def replaced() -> bool:
        return first not in await connected(conninfo)

    await until(replaced)


async def test_who_waits_too_long_is_told_so(answers: Answers, conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "LONGEST_WAIT", 0.1)
    busy = [asyncio.create_task(answers.answer(slow(600, "x"), VIEWING)) for _ in range(MOST_LINES)]
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="too busy"):
        await answers.answer(echo("x"), VIEWING)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def test_who_leaves_in_the_very_moment_of_being_served_hands_on_the_line(answers: Answers) -> None:
    busy = [asyncio.create_task(answers.answer(slow(0.05, "x"), VIEWING)) for _ in range(MOST_LINES)]
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(answers.answer(echo("x"), VIEWING)) for _ in range(MOST_LINES)]
    for task in busy:
        task.add_done_callback(lambda _: [each.cancel() for each in waiting])
    await asyncio.gather(*busy, *waiting, return_exceptions=True)
    both = await asyncio.gather(*(answers.answer(echo(str(number)), VIEWING) for number in range(40)))
    assert both == [str(number).encode() for number in range(40)]


async def test_they_are_served_in_the_order_they_came(answers: Answers) -> None:
    served: list[int] = []

    async def ask(number: int) -> None:
        await answers.answer(slow(0.01, "x"), VIEWING)
        served.append(number)

    await asyncio.gather(*(ask(number) for number in range(6 * MOST_LINES)))
    assert all(abs(number - place) <= 3 * MOST_LINES for place, number in enumerate(served))


@pytest.mark.parametrize("seed", range(3))
async def test_answers_are_never_mixed_up(answers: Answers, conninfo: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    right = lost = 0

    async def ask(number: int) -> None:
        nonlocal right, lost
        text = f"{number}:" + "x" * random.choice([0, 10, 100_000])
        kind = random.choice([echo(text), slow(random.random() / 50, text), asked("select 1 / 0")])
        try:
            async with asyncio.timeout(random.choice([None, None, random.random() / 20])):
                assert await answers.answer(kind, VIEWING) == text.encode()
                right += 1
        except (TimeoutError, StoreError, Unanswerable):
            lost += 1

    async def disturb() -> None:
        for _ in range(5):
            pids = await connected(conninfo)
            assert len(pids) <= MOST_LINES + 2, "beside the lines, only cancellations and who watches"
            await terminate(conninfo, random.sample(pids, min(3, len(pids))))

    await asyncio.gather(*(ask(number) for number in range(400)), disturb())
    assert right > 100
    assert await asyncio.gather(*(answers.answer(echo(str(n)), VIEWING) for n in range(50))) == [
        str(n).encode() for n in range(50)
    ]
    assert len(await connected(conninfo)) <= MOST_LINES


async def terminate(conninfo: str, pids: list[int]) -> None:
    """Ends processes of the server, and waits until they are gone."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute("select pg_terminate_backend(pid, 5000) from unnest(%s::int[]) pid", (pids,))
