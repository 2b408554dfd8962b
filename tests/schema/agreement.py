"""Asking both ways: by the compiled statement, and by graphql-core with loaders; what they answer must be the same."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import psycopg
from graphql import GraphQLError

from hub.app import engine as engine_with
from hub.errors import InputError
from hub.jobs.background import Background
from hub.model import Role
from hub.schema.answering import Engine, response
from hub.schema.drafting import Uncompilable
from hub.schema.operations import Invalid
from hub.schema.plans import Plan, plan
from hub.settings import Settings
from hub.store.answers import ABSENT, Unanswerable
from hub.store.database import Database, opened
from hub.store.secrets import Sealer
from hub.store.sharing import Viewer
from hub.telemetry import Timings
from tests.schema.documents import Document

SECRET = b"k" * 32


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a document."""

    answer: dict[str, Any] | None
    """None where the document is not valid."""
    compiled: bool = False
    why: str = ""
    """Why it was not compiled."""

    @property
    def data(self) -> Any:
        """What the answer holds."""
        return self.answer and self.answer.get("data")

    @property
    def clean(self) -> bool:
        """Whether there are no errors in the answer."""
        return self.answer is not None and "errors" not in self.answer


@dataclass(frozen=True, slots=True)
class Questioner:
    """Asks both ways."""

    database: Database
    engine: Engine
    runner: asyncio.Runner

    def ask(self, document: Document, viewer: UUID) -> Outcome:
        """Raises AssertionError where the answers differ."""
        return self.runner.run(both(self.engine, document, Viewer.anonymous(viewer)))


@contextmanager
def questioning(url: str, runner: asyncio.Runner) -> Iterator[Questioner]:
    """A questioner of a database."""
    opening = opened(Settings.from_env({"HUB_DATABASE_URL": url}))
    database = runner.run(opening.__aenter__())
    try:
        yield Questioner(database, engine_of(database), runner)
    finally:
        runner.run(opening.__aexit__(None, None, None))


def engine_of(database: Database) -> Engine:
    """An engine as the app has it."""
    return engine_with(database, Background(database, Sealer(SECRET)))


async def both(engine: Engine, document: Document, viewer: Viewer) -> Outcome:
    """Ask both ways; raises AssertionError where the answers differ."""
    try:
        found = plan(document.text, document.operation_name, Role.ADMIN)
    except Invalid as invalid:
        return Outcome(None, why=invalid.errors[0].message)
    reference = response(await engine.executed(found, document.variables, viewer, Timings(), "one"), "one").body
    compiled = await _compiled(engine, found, document, viewer)
    answer: dict[str, Any] = orjson.loads(reference)
    if isinstance(compiled, str):
        again = orjson.loads((await engine.answer(found, document.variables, viewer, Timings(), "one")).body)
        assert not _difference(again, answer), document
        return Outcome(answer, why=compiled)
    difference = _difference(orjson.loads(compiled), answer)
    assert not difference, f"{difference}\n{document.text}\n{document.variables}"
    return Outcome(answer, compiled=True)


async def _compiled(engine: Engine, found: Plan, document: Document, viewer: Viewer) -> bytes | str:
    """The compiled answer, or why there is none."""
    try:
        question = found.question(document.variables, engine.cursor_secret)
        return b'{"data":%b}' % await engine.database.answers.answer(question, viewer)
    except (Uncompilable, InputError, GraphQLError) as reason:
        return f"{type(reason).__name__}: {reason}"
    except Unanswerable as unanswerable:
        cause = unanswerable.__cause__
        assert isinstance(cause, psycopg.Error)
        assert cause.sqlstate == ABSENT or isinstance(cause, psycopg.DataError), (cause, document)
        return f"Unanswerable: {cause.sqlstate}"


def _difference(compiled: Any, reference: Any) -> str:
    """Where and how two answers differ, be it in the order of keys; nothing where they do not."""
    match compiled, reference:
        case dict(), dict():
            if list(compiled) != list(reference):
                return f": keys {list(compiled)} != {list(reference)}"
            found = ((key, _difference(compiled[key], reference[key])) for key in compiled)
        case list(), list():
            if len(compiled) != len(reference):
                return f": {len(compiled)} != {len(reference)} rows"
            found = ((number, _difference(*each)) for number, each in enumerate(zip(compiled, reference, strict=True)))
        case _:
            same = compiled == reference and isinstance(compiled, bool) == isinstance(reference, bool)
            return "" if same else f": {compiled!r} != {reference!r}"
    return next((f".{place}{difference}" for place, difference in found if difference), "")
