"""What a viewer lacks scopes for is out of its reach, by whatever way it is asked."""

import time
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    get_operation_ast,
    is_leaf_type,
    is_required_input_field,
    parse,
    validate,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

from hub.model import SCOPES, Base, Role, Scope
from hub.schema.contracts import contract, within
from hub.schema.fields import PATH, TYPES
from hub.schema.required import Required, missing, required, within_reach
from hub.schema.schema import SCHEMA
from hub.schema.scopes import READING, TELLING, needed, readable
from hub.schema.sdl import sdl
from hub.store.paths import Path

CORE = SCHEMA._schema  # noqa: SLF001 - strawberry has no public way to graphql-core's schema
NONE: frozenset[Scope] = frozenset()


def needs(document: str, schema: GraphQLSchema = CORE, name: str | None = None) -> Required:
    parsed = parse(document)
    assert not validate(schema, parsed)
    return required(schema, parsed, get_operation_ast(parsed, name))


@pytest.mark.parametrize(
    ("document", "scopes"),
    [
        ("{ __typename }", ""),
        ("{ __schema { types { name } } }", ""),
        ('{ node(id: "x") { id __typename } }', ""),
        ("{ accounts(first: 1) { totalCount } }", "account:read"),
        ("{ accounts(first: 1) { nodes { people(first: 1) { totalCount } } } }", "account:read person:read"),
        ("{ a: people(first: 1) { nodes { __typename } } }", "person:read"),
        ("{ people(first: 1) @skip(if: true) { totalCount } }", "person:read"),
        ('{ node(id: "x") { ... on RawRecord { payload } } }', "raw:read"),
        ('{ node(id: "x") { ... on RawRecord { __typename } } }', "raw:read"),
        ('{ node(id: "x") { ... on Synced { externalId raw { version } } } }', "raw:read"),
        ('{ node(id: "x") { ...F } } fragment F on Issue { message }', "sync:read"),
        ('{ node(id: "x") { ... { ... on Match { score } } } }', "mapping:read"),
        ("mutation { mapAccounts(input: {}) { __typename } }", "mapping:write"),
        (
            (
                "mutation { mapAccounts(input: {}) {"
                " ... on MapAccountsPayload { query { issues(first: 1) { totalCount } } } } }"
            ),
            "mapping:write sync:read",
        ),
        ("mutation { runSync(input: {connectionId: 1}) { ... on RunSyncPayload { syncRuns { state } } } }",
         "sync:run sync:read"),
        ('{ accounts(first: 1, filter: {name: {eq: "x"}}) { totalCount } }', "account:read"),
        ("{ accounts(first: 1, filter: {people: {some: {}}}) { totalCount } }", "account:read person:read"),
        ("{ accounts(first: 1, filter: {or: [{not: {people: {none: {}}}}]}) { totalCount } }",
         "account:read person:read"),
        ("{ accounts(first: 1, filter: {opportunities: {some: {accounts: {none: {people: {}}}}}}) { totalCount } }",
         "account:read opportunity:read person:read"),
        ("query($f: AccountFilter = {people: {some: {}}}) { accounts(first: 1, filter: $f) { totalCount } }",
         "account:read person:read"),
        ("query A { people(first: 1) { totalCount } } query B { issues(first: 1) { totalCount } }", "person:read"),
        ("{ auditEvents(first: 1) { totalCount } }", "audit:read"),
    ],
)  # fmt: skip
def test_an_operation_needs_what_any_part_of_it_needs(document, scopes):
    assert needs(document, name="A" if "query A" in document else None).scopes == frozenset(map(Scope, scopes.split()))


def test_a_filter_in_a_variable_needs_what_its_value_reaches():
    asked = needs("query($f: [AccountFilter!], $n: Int) { accounts(first: $n, filter: {or: $f}) { totalCount } }")
    reader = frozenset({Scope.ACCOUNT_READ})
    through_people = {"some": {"accounts": {"none": {"opportunities": {"some": {}}}}}}

    assert asked.scopes == reader
    for harmless in (None, {}, {"f": None}, {"f": "x"}, {"f": [{"name": {"eq": "x"}}]}, {"f": [{"nothing": {}}]}):
        assert missing(asked, reader, harmless) == NONE
    assert missing(asked, reader, {"f": {"people": through_people}}) == {Scope.PERSON_READ, Scope.OPPORTUNITY_READ}
    assert missing(asked, reader, {"f": [{"and": [{"people": None}]}]}) == {Scope.PERSON_READ}
    assert missing(asked, SCOPES[Role.ADMIN], {"f": [{"people": through_people}]}) == NONE


def test_a_variables_value_nested_very_deep_is_walked_all_the_same():
    asked = needs("query($f: AccountFilter) { accounts(first: 1, filter: $f) { totalCount } }")
    value: dict[str, Any] = {"people": {}}
    for _ in range(50_000):
        value = {"not": value}

    assert missing(asked, frozenset({Scope.ACCOUNT_READ}), {"f": value}) == {Scope.PERSON_READ}


def test_fragments_that_spread_each_other_many_times_take_linear_time():
    bombs = "".join(f"fragment F{n} on Account {{ ...F{n + 1} ...F{n + 1} name }}" for n in range(300))
    document = parse(
        f"{{ accounts(first: 1) {{ nodes {{ ...F0 }} }} }} {bombs}"
        "fragment F300 on Account { people(first: 1) { totalCount } }"
    )
    began = time.perf_counter()

    found = required(CORE, document, get_operation_ast(document)).scopes

    assert found == {Scope.ACCOUNT_READ, Scope.PERSON_READ}
    assert time.perf_counter() - began < 5


# What each field needs stands in the schema once; these walk all of it.


def _targets(shown: type[Base]):
    name = SCHEMA.config.name_converter.get_graphql_name
    for field in TYPES[shown].__strawberry_definition__.fields:
        path = field.metadata.get(PATH)
        if path is not None:
            found = path if isinstance(path, Path) else path(shown)
            yield CORE.type_map[TYPES[shown].__name__].fields[name(field)], found.target


@pytest.mark.parametrize("shown", TYPES, ids=lambda each: each.__name__)
def test_a_type_and_every_way_to_it_say_what_reading_it_needs(shown):
    own = needed(CORE.type_map[TYPES[shown].__name__])
    assert own == {READING[shown], *TELLING.get(shown, ())}
    for field, target in _targets(shown):
        assert READING[target] in needed(field) | own, (shown, target)


def test_every_root_field_but_those_for_things_of_any_kind_needs_a_scope():
    free = {
        f"{root.name}.{name}"
        for root in (CORE.query_type, CORE.mutation_type, CORE.subscription_type)
        for name, field in root.fields.items()
        if not needed(field) | needed(get_named_type(field.type))
    }
    # Of changes, each viewer is told those of the kinds that it may read.
    assert free == {"Query.node", "Query.nodes", "Query.changes", "Subscription.changed"}


def _selection(kind: Any) -> str:
    return "" if is_leaf_type(get_named_type(kind)) else " { __typename }"


def _arguments(field: Any) -> str:
    given = [
        f"{name}: {_literal(arg.type)}"
        for name, arg in field.args.items()
        if name == "first" or isinstance(arg.type, GraphQLNonNull)
    ]
    return f"({', '.join(given)})" if given else ""


def _literal(kind: Any) -> str:
    if isinstance(kind, GraphQLNonNull):
        return _literal(kind.of_type)
    if isinstance(kind, GraphQLList):
        return "[]"
    if isinstance(kind, GraphQLInputObjectType):
        given = [
            f"{name}: {_literal(each.type)}" for name, each in kind.fields.items() if is_required_input_field(each)
        ]
        return f"{{{', '.join(given)}}}"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return {"Boolean": "true", "Int": "1"}.get(kind.name, '"x"')


def _ways() -> dict[str, tuple[str, str]]:
    """A selection that leads to each object type, breadth first: what stands before and after a field of it."""
    ways = {"Query": ("{ ", " }"), "Mutation": ("mutation { ", " }"), "Subscription": ("subscription { ", " }")}
    left = list(ways)
    while left:
        name = left.pop(0)
        kind, (before, after) = CORE.type_map[name], ways[name]
        there = (
            [(f"{field}{_arguments(each)} {{ ", get_named_type(each.type)) for field, each in kind.fields.items()]
            if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
            else []
        )
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            members = CORE.get_possible_types(kind)
            parts = [*members, *(each for member in members for each in member.interfaces)]
            there += [(f"... on {each.name} {{ ", each) for each in parts]
        for step, target in there:
            if not is_leaf_type(target) and target.name not in ways:
                ways[target.name] = (before + step, " }" + after)
                left.append(target.name)
    return ways


WAYS = _ways()
FIELDS = [
    (kind, name)
    for kind in WAYS
    if isinstance(CORE.type_map[kind], GraphQLObjectType | GraphQLInterfaceType)
    for name in CORE.type_map[kind].fields
]


def test_every_field_of_the_schema_is_walked():
    declared = {
        (name, field)
        for name, kind in CORE.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        for field in kind.fields
    }
    assert set(FIELDS) == declared


def _document(kind: str, name: str) -> str:
    before, after = WAYS[kind]
    field = CORE.type_map[kind].fields[name]
    return f"{before}{name}{_arguments(field)}{_selection(field.type)}{after}"


@pytest.mark.parametrize("scope", Scope)
def test_a_viewer_without_a_scope_reaches_no_field_that_needs_it(scope):
    others = frozenset(Scope) - {scope}
    for kind, name in FIELDS:
        field = CORE.type_map[kind].fields[name]
        declared = needed(field) | needed(get_named_type(field.type)) | needed(CORE.type_map[kind])
        asked = needs(_document(kind, name))
        assert declared <= asked.scopes
        if scope in declared:
            assert scope in missing(asked, others, {}), (kind, name)


WITHOUT_ONE = st.sampled_from([frozenset(Scope) - {each} for each in Scope])


@settings(max_examples=60, deadline=None)
@given(queries(sdl(), custom_scalars={}), st.sampled_from(list(SCOPES.values())) | WITHOUT_ONE)
def test_what_is_allowed_is_just_what_a_schema_without_the_rest_would_allow(document, scopes):
    """Two independent ways to the same answer: the walk over the document, and the schema with parts taken out."""
    parsed = parse(document)
    asked = required(CORE, parsed, get_operation_ast(parsed))

    assert (missing(asked, scopes, {}) == NONE) == (_unknown(parsed, scopes) == [])


@cache
def part(scopes: frozenset[Scope]) -> GraphQLSchema:
    return within(CORE, scopes)


def _unknown(document: Any, scopes: frozenset[Scope]) -> list[Any]:
    return validate(part(scopes), document)


# The partners' contract.

PARTNER = contract(Role.PARTNER_TOOL)
HIDDEN = {"RawRecord", "RawRecordVersion", "SyncRun", "Issue", "StreamState", "Match", "Evidence", "AuditEvent"}


def test_what_a_partner_can_never_use_is_not_in_its_contract():
    assert not HIDDEN & PARTNER.type_map.keys()
    assert PARTNER.mutation_type.fields.keys() == {"startExport", "deleteExport"}
    assert PARTNER.subscription_type.fields.keys() == {"changed"}
    for name in ("raw:read", "sync:", "mapping:", "audit:", "RawRecord", "SyncRun", "mapAccounts", "payload"):
        assert name not in sdl(Role.PARTNER_TOOL), name


def test_a_partners_contract_is_part_of_the_whole():
    partner = build_schema(sdl(Role.PARTNER_TOOL))
    for name, kind in partner.type_map.items():
        assert name in CORE.type_map
        for field, each in getattr(kind, "fields", {}).items():
            assert str(each.type) == str(CORE.type_map[name].fields[field].type)


def test_nothing_in_a_partners_contract_is_beyond_its_role():
    for kind in PARTNER.type_map.values():
        assert needed(kind) <= SCOPES[Role.PARTNER_TOOL]
        for each in getattr(kind, "fields", {}).values():
            assert needed(each) <= SCOPES[Role.PARTNER_TOOL]
        if isinstance(kind, GraphQLInputObjectType):
            assert within_reach(kind) <= SCOPES[Role.PARTNER_TOOL]


def test_a_partner_finds_everything_that_its_role_may_read():
    shown = {TYPES[each].__name__ for each in TYPES if READING[each] in SCOPES[Role.PARTNER_TOOL]}
    assert shown <= PARTNER.type_map.keys()
    assert {each.name for each in PARTNER.get_possible_types(PARTNER.type_map["Node"])} <= shown


def test_a_partner_is_not_even_told_that_a_hidden_field_exists():
    (error,) = validate(PARTNER, parse("{ accounts(first: 1) { nodes { matche } } }"))
    assert "matches" not in error.message


def test_the_roles_of_the_home_organization_share_the_whole_schema():
    for role in (Role.FRONTEND, Role.ACCOUNT_MAPPER, Role.ADMIN):
        assert contract(role) is CORE


def test_a_role_that_may_do_more_has_all_that_those_below_have():
    order = (Role.PARTNER_TOOL, Role.FRONTEND, Role.ACCOUNT_MAPPER, Role.ADMIN)
    for less, more in combinations(order, 2):
        assert SCOPES[less] < SCOPES[more]


def test_rows_of_a_kind_are_there_for_who_may_read_that_kind():
    assert [shown for shown in TYPES if not readable(shown, frozenset(Scope))] == []
    assert [shown for shown in TYPES if readable(shown, NONE)] == []
