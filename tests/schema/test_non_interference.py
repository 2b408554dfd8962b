"""What one organization's connections hold changes no byte of what another is answered."""

import asyncio
from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import fresh_database
from tests.schema.agreement import Questioner, questioning
from tests.schema.changes import happen
from tests.schema.documents import Document, document
from tests.schema.test_differential import PROFILE
from tests.schema.world import World, made

DOCUMENTS = 50
ASKED_EACH_TIME = 6


@pytest.fixture(scope="module")
def world(server: str, template: str) -> Iterator[World]:
    with fresh_database(server, template) as url:
        yield made(url)


@pytest.fixture(scope="module")
def questioner(world: World) -> Iterator[Questioner]:
    with asyncio.Runner() as runner, questioning(world.url, runner) as questioner:
        yield questioner


def test_nothing_that_happens_to_anothers_rows_changes_an_answer(world: World, questioner: Questioner) -> None:
    """Both ways of answering: Questioner.ask compares them too."""
    home, *others = dict.fromkeys(world.viewers)
    before = dict(_asked(world, questioner, Random(1)))  # noqa: S311 - not a secret
    asked = list(before.items())

    @settings(PROFILE, max_examples=15)
    @given(st.integers(0, 2**32))
    def unchanged(seed: int) -> None:
        happen(world.url, tuple(others), seed)
        chosen = Random(seed).sample(asked, ASKED_EACH_TIME)  # noqa: S311 - not a secret
        for _, (each, answer) in chosen:
            assert questioner.ask(each, home).answer == answer, (seed, each)

    unchanged()
    for each, answer in before.values():
        assert questioner.ask(each, home).answer == answer, each


def _asked(
    world: World, questioner: Questioner, random: Random
) -> Iterator[tuple[int, tuple[Document, dict[str, object]]]]:
    """Documents, from the start of their lists and from cursors, and what the home organization is answered."""
    for number in range(DOCUMENTS):
        each = document(random, world)
        outcome = questioner.ask(each, world.viewers[0])
        if outcome.clean and each.lists:
            each = each.paged(outcome.data, random)
            outcome = questioner.ask(each, world.viewers[0])
        if outcome.answer is not None:
            yield number, (each, outcome.answer)


def test_anothers_ids_are_as_unknown_as_those_of_nothing(world: World, questioner: Questioner) -> None:
    seen = {}
    for prefix, ids in world.ids.items():
        text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        answer = questioner.ask(Document(text, {"ids": list(ids[:100])}, None, []), world.viewers[-1])
        seen[prefix] = [row for row in answer.data["nodes"] if row is not None]
    known = {"organization_", "partnership_"}
    assert not any(rows for prefix, rows in seen.items() if prefix not in known | {"program_", "tier_"})
    assert len(seen["organization_"]) == 2, "a stranger sees itself and its partner"


@pytest.mark.parametrize("thing", ["account", "person"])
def test_an_id_that_only_another_knew_stays_unknown_when_it_is_merged(
    world: World, questioner: Questioner, thing: str
) -> None:
    home, other = world.viewers[0], world.viewers[2]
    with psycopg.connect(world.url, autocommit=True) as connection:
        heir = _one(
            connection,
            f"select id from {thing}_profile where owner_id in (%s, %s) group by id having count(*) = 2 order by id",
            (home, other),
        )
        retired = _one(connection, f"insert into {thing} default values returning id")
        connection.execute(
            f"insert into {thing}_redirect (owner_id, retired_id, {thing}_id, retired_at) values (%s, %s, %s, now())",
            (other, retired, heir),
        )
    text = "query($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }"
    asked, found = f"{thing}_{retired}", {"id": f"{thing}_{heir}"}
    document = Document(text, {"id": asked, "ids": [asked, found["id"]]}, None, [])
    assert questioner.ask(document, home).data == {"node": None, "nodes": [None, found]}
    assert questioner.ask(document, other).data == {"node": found, "nodes": [found, found]}


@pytest.mark.parametrize("thing", ["account", "person"])
def test_each_retired_id_leads_each_viewer_to_its_own_heir(world: World, questioner: Questioner, thing: str) -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    told = set()
    with psycopg.connect(world.url, autocommit=True) as connection:
        one = _one(connection, f"insert into {thing} default values returning id")
        for viewer, order in ((world.viewers[0], "asc"), (world.viewers[2], "desc")):
            connection.execute(
                f"""
                insert into {thing}_redirect (owner_id, retired_id, {thing}_id, retired_at)
                select owner_id, %s, id, now() from {thing}_profile where owner_id = %s order by id {order} limit 1
                """,
                (one, viewer),
            )
        retired = [row[0] for row in connection.execute(f"select distinct retired_id from {thing}_redirect order by 1")]
        for viewer in dict.fromkeys(world.viewers):
            seen = connection.execute(
                f"""
                select redirect.retired_id, profile.id
                from {thing}_redirect redirect join {thing}_profile profile on profile.id = redirect.{thing}_id
                where redirect.owner_id = %(viewer)s and profile.owner_id = %(viewer)s
                """,
                {"viewer": viewer},
            )
            heirs = dict(seen.fetchall())
            ids = [f"{thing}_{each}" for each in retired]
            expected = [{"id": f"{thing}_{heirs[each]}"} if each in heirs else None for each in retired]
            assert questioner.ask(Document(text, {"ids": ids}, None, []), viewer).data == {"nodes": expected}
            told |= {(each, heirs.get(each)) for each in retired}
    assert len({heir for retired_id, heir in told if retired_id == one}) == 3, "two heirs, and none"


def _one(connection: psycopg.Connection[tuple[object, ...]], query: str, values: tuple[object, ...] = ()) -> object:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]
