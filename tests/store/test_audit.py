import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.errors import InputError
from hub.model import AuditKind
from hub.store import audit
from hub.store.audit import Event, Head
from hub.store.database import Database
from hub.store.sharing import Viewer


async def told(database: Database, *actions: str) -> None:
    for action in actions:
        async with database.session() as session:
            await audit.append(session, audit.administration(action, "x", client="cli:root"))


async def verified(database: Database, known: Head | None = None) -> Head:
    async with database.session() as session:
        return await audit.verified(session, known)


async def tampered(database: Database, statement: str) -> None:
    """What only one who owns the database can do."""
    async with database.session() as session:
        await session.execute(text("alter table audit_event disable trigger audit_event_append_only"))
        await session.execute(text(statement))


async def test_events_are_numbered_without_a_gap_and_chained(database: Database):
    await told(database, "one", "two")
    viewer = Viewer.anonymous(uuid4())
    async with database.session() as session:
        facts = {"scopes": ("sync:run",), "root_fields": ("runSync",), "ids": ("i",), "request_id": "r"}
        await audit.append(session, audit.by(viewer, AuditKind.MUTATION, "Sync" * 100, "OK", **facts))

    async with database.session() as session:
        three, two, one = await audit.newest(session, 9)
    assert [one.number, two.number, three.number] == [1, 2, 3]
    assert (one.previous_hash, two.previous_hash) == (audit.START, one.hash)
    assert (three.organization_id, three.role, three.scopes) == (viewer.organization_id, "ADMIN", ["sync:run"])
    assert len(three.action) == audit.LONGEST
    assert await verified(database) == Head(3, three.hash)


async def test_an_empty_log_is_as_it_was_written(database: Database):
    assert await verified(database, Head(0, audit.START)) == Head(0, audit.START)


async def test_events_of_many_at_once_form_one_chain(database: Database):
    await asyncio.gather(*(told(database, f"{number}") for number in range(8)))

    assert (await verified(database)).number == 8


async def test_an_event_and_what_it_tells_of_stand_or_fall_together(database: Database):
    async def failing() -> None:
        async with database.session() as session:
            await audit.append(session, audit.administration("lost", client="cli"))
            raise InputError("no")

    with pytest.raises(InputError):
        await failing()
    assert (await verified(database)).number == 0


@pytest.mark.parametrize(
    "statement", ["update audit_event set outcome = 'OK'", "delete from audit_event", "truncate audit_event"]
)
async def test_nothing_but_adding_is_possible(database: Database, statement: str):
    await told(database, "one")

    with pytest.raises(DBAPIError, match="only ever added"):
        async with database.session() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("update audit_event set client = 'cli:eve' where number = 2", "event 2 is not as it was written"),
        ("update audit_event set ids = '{}' where number = 1", "event 1 is not as it was written"),
        ("update audit_event set previous_hash = hash where number = 3", "event 3 is not as it was written"),
        ("delete from audit_event where number = 2", "event 2 is missing"),
        ("delete from audit_event where number = 1", "event 1 is missing"),
    ],
)
async def test_what_was_changed_or_removed_is_found(database: Database, statement: str, finding: str):
    await told(database, "one", "two", "three")
    await tampered(database, statement)

    with pytest.raises(InputError, match=finding):
        await verified(database)


async def test_a_log_that_was_cut_or_written_anew_is_found_by_a_head_that_was_noted(database: Database):
    await told(database, "one", "two", "three")
    noted = await verified(database)
    await told(database, "four")
    assert (await verified(database, Head.parsed(str(noted)))).number == 4

    await tampered(database, "delete from audit_event where number > 2")
    assert (await verified(database)).number == 2
    with pytest.raises(InputError, match="event 3 was noted, but the log ends with 2"):
        await verified(database, noted)
    await told(database, "another three")
    with pytest.raises(InputError, match="written anew"):
        await verified(database, noted)


@pytest.mark.parametrize("wrong", ["", "3", "3:xyz", "three:00"])
def test_a_head_that_is_none_is_refused(wrong: str):
    with pytest.raises(InputError, match="no"):
        Head.parsed(wrong)


async def test_a_log_of_many_pages_is_read_to_its_end(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "PAGE", 2)
    await told(database, "one", "two", "three", "four")

    assert (await verified(database)).number == 4


async def test_an_exported_event_holds_all_that_was_hashed(database: Database):
    await told(database, "one", "two")
    async with database.session() as session:
        lines = [orjson.loads(audit.exported(event)) async for event in audit.every(session)]

    assert [line["action"] for line in lines] == ["one", "two"]
    assert lines[1]["previousHash"] == lines[0]["hash"]
    assert datetime.fromisoformat(lines[0]["at"]) <= datetime.now(UTC)


def test_an_event_has_no_place_for_variables_or_secrets():
    assert set(Event.__dataclass_fields__) == {
        "action",
        "client",
        "document_hash",
        "ids",
        "kind",
        "organization_id",
        "outcome",
        "request_id",
        "role",
        "root_fields",
        "scopes",
    }
