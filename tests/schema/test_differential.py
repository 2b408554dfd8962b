"""The compiled statement and graphql-core answer the same, to the order of keys, whatever is asked."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    NameNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from hub.schema.schema import CORE
from tests.conftest import fresh_database
from tests.schema.agreement import Outcome, Questioner, questioning
from tests.schema.documents import NOT_COMPILED, Document, document
from tests.schema.world import DAYS, INSTANTS, NUMBERS, World, made

ROUNDS = 3
"""How often a document is asked: first from the start of its lists, then from cursors of the answer before."""
COMPILED = 0.9
COMPILED_WILD = 0.5
"""The share of answers without errors that must come from a compiled statement, or the test shows nothing.

Others have sizes, ids or cursors that none are, on purpose.
"""
ROOTS = [name for name in CORE.query_type.fields if name not in NOT_COMPILED]

PROFILE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def world(server: str, template: str) -> Iterator[World]:
    with fresh_database(server, template) as url:
        yield made(url)


@pytest.fixture(scope="module")
def questioner(world: World) -> Iterator[Questioner]:
    with asyncio.Runner() as runner, questioning(world.url, runner) as questioner:
        yield questioner


def test_meaningful_documents_are_answered_alike(world: World, questioner: Questioner) -> None:
    seen: Counter[str] = Counter()

    @settings(PROFILE, max_examples=150)
    @given(st.integers(0, 2**32))
    def answered_alike(seed: int) -> None:
        random = Random(seed)  # noqa: S311 - not a secret
        asked = document(random, world)
        viewer = random.choice(world.viewers)
        for _ in range(ROUNDS):
            outcome = questioner.ask(asked, viewer)
            _count(seen, outcome)
            if not outcome.clean or not asked.lists:
                break
            asked = asked.paged(outcome.data, random)

    answered_alike()
    assert seen["clean"] > 0.8 * seen["asked"]
    assert seen["compiled"] > COMPILED * seen["clean"]


def test_wild_documents_are_answered_alike(world: World, questioner: Questioner) -> None:
    seen: Counter[str] = Counter()

    @settings(PROFILE, max_examples=25)
    @given(queries(CORE, fields=ROOTS, custom_scalars=SCALARS, allow_null=False, allow_x00=False), st.integers(0, 100))
    def answered_alike(wild: str, place: int) -> None:
        viewer = world.viewers[place % len(world.viewers)]
        _count(seen, questioner.ask(Document(print_ast(_tamed(parse(wild), world)), {}, None, []), viewer))

    answered_alike()
    assert seen["asked"] > 10
    assert seen["compiled"] > COMPILED_WILD * seen["clean"]


def _count(seen: Counter[str], outcome: Outcome) -> None:
    seen["asked"] += outcome.answer is not None
    seen["clean"] += outcome.clean
    seen["compiled"] += outcome.clean and outcome.compiled


SCALARS = {
    "DateTime": st.sampled_from(INSTANTS).map(nodes.String),
    "Date": st.sampled_from(DAYS).map(nodes.String),
    "Decimal": st.sampled_from(NUMBERS).map(nodes.String),
}


def _tamed(wild: DocumentNode, world: World) -> DocumentNode:
    """The document with ids that there are, pages of a size that is allowed, and no cursors."""
    kinds = TypeInfo(CORE)
    tamed: DocumentNode = visit(wild, TypeInfoVisitor(kinds, _Tamer(kinds, world)))
    return tamed


class _Tamer(Visitor):
    def __init__(self, kinds: TypeInfo, world: World) -> None:
        super().__init__()
        self.kinds = kinds
        self.ids = [ids[0] for ids in world.ids.values()]

    def leave_object_field(self, node: ObjectFieldNode, *_: object) -> object:
        return REMOVE if node.name.value == "id" else None

    def leave_field(self, node: FieldNode, *_: object) -> FieldNode | None:
        definition = self.kinds.get_field_def()
        if definition is None or not {"first", "id", "ids"} & definition.args.keys():
            return None
        name = next(iter(definition.args))
        id_ = nodes.String(self.ids[node.loc.start % len(self.ids)] if node.loc else "")
        value = {"first": nodes.Int(2), "id": id_, "ids": nodes.List([id_, id_])}[name]
        kept = [each for each in node.arguments or () if each.name.value in ("filter", "orderBy", "includeRemoved")]
        return FieldNode(
            name=node.name,
            alias=node.alias,
            arguments=(*kept, ArgumentNode(name=NameNode(value=name), value=value)),
            directives=node.directives,
            selection_set=node.selection_set,
        )
