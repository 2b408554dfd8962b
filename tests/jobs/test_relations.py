"""From what is said of two records to related accounts, their groups, and what is told when they change."""

from random import Random
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text

from hub.graph.hierarchy import heads
from hub.jobs.mapping import map_accounts
from hub.jobs.relating import relate
from hub.model import (
    AccountGroup,
    AccountProfile,
    AccountRecord,
    Change,
    Decision,
    Issue,
    Member,
    Relation,
    RelationFound,
    RelationKind,
    Tie,
    Verdict,
)
from hub.store import decisions
from hub.store.database import Database

PARENT_OF, BRAND_OF, SUCCESSOR_OF = RelationKind.PARENT_OF, RelationKind.BRAND_OF, RelationKind.SUCCESSOR_OF
NAMES = ("Alphabet", "Bosch", "Citrix", "Danone", "Ericsson", "Ferrero", "Gucci", "Heineken")


def companies(count: int, parents: dict[str, str] | None = None) -> list[AccountRecord]:
    """Companies without likeness, by the first letter of their names, and whom their source calls their parents."""
    return [
        AccountRecord(
            external_id=name[0],
            name=name,
            website=f"{name.lower()}.com",
            parent_external_id=(parents or {}).get(name[0]),
        )
        for name in NAMES[:count]
    ]


async def every(database: Database, model):
    async with database.session() as session:
        return (await session.scalars(select(model))).all()


async def groups(database: Database) -> dict[str, str]:
    """The head's letter of each account's."""
    profiles = {each.id: each for each in await every(database, AccountProfile)}
    return {each.name[0]: profiles[each.group_id].name[0] for each in profiles.values()}


@pytest.fixture
def said(database: Database):
    """Decides that two records are related, and maps."""

    async def say(left: str, right: str, relation: RelationKind | None = None) -> UUID:
        async with database.session() as session:
            id_of = {row.external_id: row.id for row in await session.scalars(select(AccountRecord))}
            pair = {"left_id": id_of[left], "right_id": id_of[right], "from_id": id_of[left] if relation else None}
            decision = Decision(**pair, verdict=Verdict.RELATED, relation=relation, decided_by="cli:sam")
            found = await decisions.decide(session, decision)
        await map_accounts(database)
        return found

    return say


async def test_what_a_source_calls_parents_is_one_group_until_it_says_otherwise(database, given):
    await given(*companies(5, {"B": "A", "C": "B", "E": "D"}))
    await map_accounts(database)
    assert await groups(database) == {"A": "A", "B": "A", "C": "A", "D": "D", "E": "D"}

    await given(*companies(5, {"B": "E", "C": "B", "E": "D"}))
    await map_accounts(database)

    assert await groups(database) == {"A": "A", "B": "D", "C": "D", "D": "D", "E": "D"}


async def test_people_and_rules_relate_companies_too(database, given, said):
    await given(*companies(6))
    directed = await said("A", "B", BRAND_OF)
    await said("D", "C")
    assert await groups(database) == {"A": "B", "B": "B", "C": "C", "D": "C", "E": "E", "F": "F"}
    id_of = {row.external_id: row.id for row in await every(database, AccountRecord)}
    found = [RelationFound(SUCCESSOR_OF, id_of[one], id_of["E"], 7.1234, "name") for one in ("F", "F", "A")]

    async with database.session() as session:
        await relate(session, found)

    assert await groups(database) == {"A": "B", "B": "B", "C": "C", "D": "C", "E": "B", "F": "B"}
    rows = await every(database, Relation)
    assert sorted((each.source, each.kind, str(each.bits), each.reason) for each in rows if each.kind) == [
        ("PERSON", BRAND_OF, "None", None),
        ("RULES", SUCCESSOR_OF, "7.123", "name"),
        ("RULES", SUCCESSOR_OF, "7.123", "name"),
    ]
    (other,) = [each for each in rows if each.kind is None]
    assert other.source == "PERSON"

    async with database.session() as session:
        apart = Decision(left_id=id_of["E"], right_id=id_of["F"], verdict=Verdict.DIFFERENT, decided_by="cli:sam")
        await decisions.decide(session, apart)
        await relate(session, found)
    assert await groups(database) == {"A": "B", "B": "B", "C": "C", "D": "C", "E": "B", "F": "F"}
    async with database.session() as session:
        await decisions.withdraw(session, directed, "cli:ada")
    await map_accounts(database)
    assert await groups(database) == {"A": "A", "B": "B", "C": "C", "D": "C", "E": "E", "F": "F"}


async def test_circles_of_parents_are_told_until_they_are_mended_and_are_groups_all_the_same(database, given):
    await given(*companies(5, {"A": "B", "B": "A", "C": "B", "D": "D"}))
    await map_accounts(database)

    (issue,) = await every(database, Issue)
    assert (issue.kind, issue.resolved_at) == ("CIRCULAR_PARENTS", None)
    assert "A → B → A; D → D." in issue.message
    assert await groups(database) in (
        {"A": "A", "B": "A", "C": "A", "D": "D", "E": "E"},
        {"A": "B", "B": "B", "C": "B", "D": "D", "E": "E"},
    )

    await given(*companies(5, {"B": "A", "C": "B"}))
    await map_accounts(database)

    (issue,) = await every(database, Issue)
    assert issue.resolved_at is not None


async def test_groups_formed_step_by_step_are_those_formed_at_once(database, given):
    random = Random(7)  # noqa: S311 - not a secret
    for _ in range(7):
        parents = {name[0]: random.choice("ABCDEFGH") for name in random.sample(NAMES, 5)}
        await given(*companies(8, parents))
        if random.random() < 0.3:
            await _removed(database, random.choice("ABCDEFGH"), random.choice(["'DELETED'", "null"]))
        await map_accounts(database)

        profiles = await every(database, AccountProfile)
        ties = [Tie(row.owner_id, row.from_id, row.to_id, row.kind) for row in await every(database, Relation)]
        at_once = heads([Member(each.owner_id, each.id) for each in profiles], ties)
        assert {Member(each.owner_id, each.id): each.group_id for each in profiles} == at_once


async def _removed(database: Database, key: str, removal: str) -> None:
    async with database.session() as session:
        await session.execute(text(f"update account_record set removal = {removal} where external_id = '{key}'"))


async def test_mapping_again_writes_nothing_of_relations_and_groups(database, given, said):
    await given(*companies(4, {"B": "A"}))
    await said("C", "D", PARENT_OF)
    before = [repr(await every(database, model)) for model in (Relation, AccountGroup, AccountProfile)]
    changes = len(await every(database, Change))

    await map_accounts(database)

    assert [repr(await every(database, model)) for model in (Relation, AccountGroup, AccountProfile)] == before
    assert len(await every(database, Change)) == changes


async def test_a_group_whose_head_is_gone_with_its_connection_falls_apart_and_is_formed_anew(
    database, given, connection_id
):
    await given(*companies(3, {"B": "A", "C": "B"}))
    await map_accounts(database)

    async with database.session() as session:
        await session.execute(delete(AccountRecord).where(AccountRecord.external_id == "A"))
    assert await groups(database) == {"B": "B", "C": "C"}

    await map_accounts(database)
    assert await groups(database) == {"B": "B", "C": "B"}


EVENTS = ("account_merged", "account_split", "membership_moved")


async def events(database: Database) -> list[tuple[str, UUID, UUID | None]]:
    """What is told of accounts, oldest first; forgotten when it was read."""
    async with database.session() as session:
        order = (Change.transaction, Change.kind)
        rows = (await session.scalars(select(Change).where(Change.kind.in_(EVENTS)).order_by(*order))).all()
        await session.execute(delete(Change))
    return [(row.kind, row.node_id, row.other_id) for row in rows]


async def by_key(database: Database) -> dict[str, AccountRecord]:
    return {row.external_id: row for row in await every(database, AccountRecord)}


async def test_merges_splits_and_moves_are_told_to_the_owner_of_the_records(database, given):
    def like(key: str, name: str) -> AccountRecord:
        return AccountRecord(external_id=key, name=name, website=f"{name.lower()}.com")

    await given(like("1", "Alphabet"), like("2", "Bosch"), like("3", "Bosch"), like("4", "Bosch"), like("5", "Citrix"))
    await map_accounts(database)
    first = await by_key(database)
    assert await events(database) == []

    await given(like("5", "Alphabet"))
    await map_accounts(database)
    assert await events(database) == [
        ("account_merged", first["5"].account_id, first["1"].account_id),
        ("membership_moved", first["5"].id, first["5"].account_id),
    ]

    await given(like("4", "Danone"))
    await map_accounts(database)
    split = await by_key(database)
    assert await events(database) == [
        ("account_split", first["2"].account_id, split["4"].account_id),
        ("membership_moved", first["4"].id, first["2"].account_id),
    ]

    await given(like("3", "Danone"))
    await map_accounts(database)
    assert await events(database) == [("membership_moved", first["3"].id, first["2"].account_id)]
