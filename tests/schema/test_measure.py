"""What an operation measures and costs. No database: a measure is a matter of the schema."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from hub.schema.limits import LIMITS, Limits, refusals, too_costly, too_many_values
from hub.schema.measure import Measure, measured
from hub.schema.operations import Invalid, checked, cost_within, parsed
from hub.schema.schema import CORE
from hub.schema.weights import weights

OWN, PARTNER = LIMITS["FRONTEND"], LIMITS["PARTNER_TOOL"]
WEIGHTS = weights(CORE)


def measure(text: str) -> Measure:
    document = parsed(text, OWN)
    return measured(document.document, document.operation(None), document.fragments, WEIGHTS)


def cost(text: str, **variables: Any) -> int:
    return measure(text).cost(variables)


def accounts(selected: str, first: object = 10) -> str:
    return f"{{ accounts(first: {first}) {{ {selected} }} }}"


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ __typename }", 0),
        (accounts("nodes { id name domain }"), 1 + 10),
        (accounts("edges { cursor node { id name } }"), 1 + 10),
        (accounts("edges { node { id } } nodes { id }"), 1 + 10),
        (accounts("pageInfo { endCursor }"), 1 + 10),
        (accounts("totalCount", 1), 1 + 1 + 10),
        (accounts("nodes { records(first: 5) { nodes { name } } }"), 1 + 10 * (1 + 1 + 5)),
        (accounts("nodes { records(last: 5) { totalCount } }"), 1 + 10 * (1 + 1 + 5 + 10)),
        (accounts("nodes { ...F } } } fragment F on Account { records(first: 5) { ...G } } "
                  "fragment G on AccountRecordConnection { nodes { name revenue { amount } connection { name }"),
         1 + 10 * (1 + 1 + 5 * (1 + 1))),
        (accounts("nodes { ... { ... on Account { matches(first: 2) { nodes { evidence { bits } } } } } }"),
         1 + 10 * (1 + 1 + 2 * (1 + 1))),
        ('{ node(id: "a") { id ... on Account { people(first: 3) { nodes { name } } } } }', 1 + 1 + 3),
        ('{ nodes(ids: ["a", "b"]) { ... on Account { people(first: 3) { nodes { name } } } } }', 2 * (1 + 1 + 3)),
        ("mutation { mapAccounts { __typename } }", 500),
        ('mutation { runSync(input: {connectionId: "a"}) { ... on RunSyncPayload { syncRuns { state } } } }', 50 + 20),
    ],
)  # fmt: skip
def test_a_list_costs_one_and_its_rows_and_what_is_in_them(text, points):
    assert cost(text) == points


@pytest.mark.parametrize(
    ("condition", "points"),
    [
        ('{name: {eq: "a"}}', 0),
        ('{name: {contains: "a"}}', 10),
        ('{or: [{name: {contains: "a"}}, {domain: {contains: "b"}}]}', 20),
        ('{records: {some: {name: {contains: "a"}}}}', 5 + 10),
        ('{records: {none: {connection: {connector: {eq: "file"}}}}}', 5 + 5),
    ],
)
def test_a_filter_costs_what_it_makes_the_database_search(condition, points):
    plain = cost(accounts("nodes { id }"))
    assert cost(f"{{ accounts(first: 10, filter: {condition}) {{ nodes {{ id }} }} }}") == plain + points


def test_a_filter_in_a_variable_costs_the_same():
    text = "query($f: AccountFilter, $n: Int = 10) { accounts(first: $n, filter: $f) { nodes { id } } }"
    given = {"or": [{"name": {"contains": "a"}}, {"records": {"some": {"name": {"contains": "b"}}}}], "and": 3}

    assert cost(text, f=given) == 1 + 10 + 10 + 5 + 10
    assert cost(text) == 1 + 10
    assert cost(text, n=200) == 1 + 200


def test_a_filter_in_parts_from_variables_costs_the_same():
    text = (
        "query($name: TextComparison, $some: AccountRecordFilter) "
        "{ accounts(first: 10, filter: {name: $name, records: {some: $some}}) { nodes { id } } }"
    )
    given = {"name": {"contains": "a"}, "some": {"name": {"contains": "b"}}}

    assert cost(text, **given) == 1 + 10 + 10 + 5 + 10


@pytest.mark.parametrize(
    ("variables", "points"),
    [
        ({"n": 50, "m": 5, "ids": ["a"]}, 1 + 50 * (1 + 1 + 5) + 2 * (1 + 5) + 1),
        ({"n": 2, "m": 3, "ids": ["a"] * 4}, 1 + 2 * (1 + 1 + 3) + 2 * (1 + 3) + 4),
        ({"n": -5, "m": "wrong", "ids": None}, 1 + 0 + 2 * (1 + 1) + 1),
        ({"n": 5e1, "m": 5.0, "ids": ["a"]}, 1 + 50 * (1 + 1 + 5) + 2 * (1 + 5) + 1),
    ],
)
def test_the_size_of_a_page_may_be_a_variable(variables, points):
    text = (
        "query($n: Int, $m: Int, $ids: [ID!]!) { accounts(first: $n) { nodes { ...F } } "
        "a: people(first: $m) { nodes { id } } b: people(last: $m) { nodes { id } } nodes(ids: $ids) { id } } "
        "fragment F on Account { records(first: $m) { nodes { id } } }"
    )
    assert cost(text, **variables) == points


@pytest.mark.parametrize(
    "text",
    [
        accounts("nodes { name records(first: 5) { nodes { name } } opportunities(first: 5) { nodes { name } } }", 50),
        accounts("nodes { id name domain createdAt }", 1000),
        accounts("edges { cursor node { id name } } pageInfo { endCursor hasNextPage } totalCount", 1000),
    ],
)
def test_what_partner_tools_do_is_within_their_limit(text):
    assert cost(text) <= PARTNER.cost
    assert refusals(measure(text), PARTNER) == []


def test_four_lists_within_one_another_pass_and_a_million_rows_do_not():
    deep = accounts(
        "edges { node { records(first: 5) { edges { node { opportunities(first: 5) { edges { node { "
        "contactRoles(first: 3) { edges { node { contact { person { name } } } } } } } } } } } } }", 20
    )  # fmt: skip
    assert refusals(measure(deep), OWN) == []
    assert too_costly(cost(deep), OWN) is None

    wide = accounts(
        "nodes { records(first: 100) { nodes { opportunities(first: 100) { nodes { id } } } } }", 100
    )  # fmt: skip
    error = too_costly(cost(wide), OWN)
    assert error is not None
    assert error.message.startswith("The operation costs 1,020,201; 10,000 is allowed.")
    assert error.extensions == {"code": "COST_EXCEEDED", "cost": {"requested": 1_020_201, "limit": 10_000}}


def test_introspection_as_graphiql_does_it_is_within_all_limits():
    text = get_introspection_query(descriptions=True, input_value_deprecation=True)

    for limits in LIMITS.values():
        found = checked(CORE, WEIGHTS, text, None, limits)
        assert cost_within(found.measure, {}, limits) > 0
    assert measure(text).depth == 0


@pytest.mark.parametrize(
    ("text", "name", "has"),
    [
        ("{ a: __typename b: __typename @skip(if: false) @include(if: true) }", "aliases", 2),
        ("query @a { b @c @d ...F @e ... @f { g } } fragment F on Query @h { i }", "directives", 6),
        ("query($v: Int @a @b @c) { b @d }", "directives_together", 3),
        ("{ ...F ...F } fragment F on Query { a b { c } }", "root_fields", 4),
        ("{ ...F ...F } fragment F on Query { a b { c } }", "fields", 6),
        ("{ a { b { ... { c } } } }", "depth", 3),
        ("{ a { b { ... { c } } } }", "levels", 4),
        ("{ __schema { types { ofType { name } } } }", "levels", 4),
        ("{ ...A ...B } fragment A on Query { ... { a } } fragment B on Query { ... { ...A } }", "levels", 5),
        (accounts("edges { node { records(first: 1) { nodes { customFields { key } } } } }"), "lists", 3),
        ('{ a(b: [1, {c: "d"}]) }', "values", 4),
        ('{ nodes(ids: ["a", "b"]) { id } }', "values", 3),
        ("query($a: [ID!]! = [[1]]) { nodes(ids: $a) { id } }", "values_depth", 2),
        ("query($a: Int, $b: Int) { c }", "variables", 2),
        ("{ a } fragment F on Query { b }", "definitions", 2),
        ("{ a # a comment\n }", "tokens", 4),
    ],
)
def test_an_operation_is_measured(text, name, has):
    assert getattr(measure(text), name) == has


def test_a_fragment_that_is_not_there_and_a_circle_measure_something():
    assert measure("{ ...A ...Nowhere } fragment A on Query { b ...A }").fields == 1


@pytest.mark.parametrize(("number", "depth"), [(30, 32), (99, 101), (150, 101)])
def test_what_is_nested_too_deeply_to_measure_is_too_deep(number, depth):
    assert measure("{ a" * number + "{ b { c }}" + "}" * number).depth >= min(depth, 100)


CHAIN = [f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(240)]


@pytest.mark.parametrize("chain", [CHAIN, CHAIN[::-1]])
@pytest.mark.parametrize("spread", ["...F0", "".join(f"...F{n} " for n in reversed(range(240)))])
def test_a_long_chain_of_fragments_is_measured_and_refused_wherever_it_is_entered(chain, spread):
    """Measured from its end, no fragment is deep; yet all that works on it later descends by all of them."""
    text = f"{{ {spread} }} {' '.join(chain)} fragment F240 on Query {{ __typename }}"

    assert measure(text).levels >= 100
    assert any("selections nested" in message for message in refused(text))


def test_inline_fragments_in_a_chain_of_few_fragments_are_levels_too():
    chain = [f"fragment F{n} on Query {{ {'... { ' * 30} ...F{n + 1} {'}' * 30} }}" for n in range(40)]
    spread = "".join(f"...F{n} " for n in reversed(range(40)))

    text = f"{{ {spread} }} {' '.join(chain)} fragment F40 on Query {{ __typename }}"
    assert measure(text).levels == 2 + 40 * 31
    assert "more than" not in refused(text)[0]


def test_values_nested_as_deeply_as_can_be_parsed_are_measured():
    for levels in range(50, 1_000, 50):
        for text in (
            f"{{ nodes(ids: {'[' * levels}{']' * levels}) {{ id }} }}",
            f"query($a: [ID!]! = {'[' * levels}{']' * levels}) {{ nodes(ids: $a) {{ id }} }}",
            f"query($f: AccountFilter = {'{not: ' * levels}{{}}{'}' * levels}) {{ accounts(filter: $f) {{ id }} }}",
        ):
            refused(text)


def test_a_number_of_many_digits_is_larger_than_any_page():
    assert cost(accounts("nodes { id }", "9" * 5000)) == 1 + 10**10
    assert cost(accounts("nodes { id }", -7)) == 1


def test_every_limit_has_words():
    tight = Limits(tokens=-1, fields=-1, root_fields=-1, depth=-1, lists=-1, aliases=-1, values=-1)

    messages = [error.message for error in refusals(measure("{ __typename }"), tight)]
    assert len(messages) == 7
    assert "The operation selects 1 fields; -1 are allowed." in messages


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"a": [1, {"b": "c"}], "d": None}, None),
        ({"a": [0] * 5_000}, "The variables have more than 5,000 values."),
        ({f"v{n}": 1 for n in range(5_001)}, "The variables have more than 5,000 values."),
    ],
)
def test_variables_are_bounded(variables, told):
    error = too_many_values(variables)
    assert (error and error.message) == told


def test_variables_are_not_nested_too_deeply():
    value: Any = 1
    for _ in range(29):
        value = [value]
    assert too_many_values({"v": value}) is None
    error = too_many_values({"v": {"deeper": value}})
    assert error is not None
    assert error.message == "The variables are nested more than 30 deep."


def refused(text: str, limits: Limits = OWN, name: str | None = None) -> list[str]:
    with pytest.raises(Invalid) as caught:
        checked(CORE, WEIGHTS, text, name, limits)
    return [error.message for error in caught.value.errors]


def test_suggestions_are_not_made_to_partner_tools():
    assert refused("{ acounts }")[0].startswith("Cannot query field 'acounts' on type 'Query'. Did you mean 'accounts'")
    assert refused("{ acounts }", PARTNER) == ["Cannot query field 'acounts' on type 'Query'."]


def test_partner_tools_send_shorter_documents():
    text = "{ " + "__typename " * 2_500 + "}"

    assert refused(text, PARTNER) == ["The document has more than 2,000 tokens."]
    assert "fields" in refused(text)[0]


def test_the_operation_is_named_where_there_are_several():
    text = "query A { __typename } query B { a: __typename }"

    assert refused(text) == ["The document has several operations: say which one with `operationName`."]
    assert refused(text, name="C") == ["The document has no operation 'C'."]
    assert checked(CORE, WEIGHTS, text, "B", OWN).measure.aliases == 1


def test_comparing_fields_ends_at_a_budget():
    same = "{ accounts(first: 1) { nodes { " + "records(first: 1) { nodes { id } } " * 300
    told = refused(same + "records(first: 2) { nodes { id } } } } }")
    assert told == ["The document has too many fields of the same name: there is too much to compare."]


def test_forty_fragments_on_one_type_can_be_compared():
    body = "id name domain createdAt records(first: 5) { nodes { id name connection { id name } } }"
    spread = " ".join(f"...F{n}" for n in range(40))
    text = accounts(f"nodes {{ {spread} }}") + " ".join(f" fragment F{n} on Account {{ {body} }}" for n in range(40))
    assert checked(CORE, WEIGHTS, text, None, OWN).measure.fields == 2 + 40 * 11


DOCS = (Path(__file__).parents[2] / "docs" / "limits.md").read_text()
ROWS = {
    "Tokens, comments among them": ("tokens",),
    "Operations and fragments of a document": ("definitions",),
    "Depth": ("depth",),
    "Selections within one another, those of fragments too": ("levels",),
    "Lists within one another": ("lists",),
    "Fields, as often as fragments spread them": ("fields",),
    "Fields at the root": ("root_fields",),
    "Aliases, as written": ("aliases",),
    "Directives, as written; at one place": ("directives", "directives_together"),
    "Variables": ("variables",),
    "Values written in the document; how far nested": ("values", "values_depth"),
    "**Cost**": ("cost",),
    "A full bucket": ("budget",),
    "Points that come back each second": ("restored",),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_page_on_limits_has_their_numbers(row):
    line = next(line for line in DOCS.splitlines() if line.startswith(f"| {row} |"))
    columns = [
        [int(number.replace(",", "")) for number in re.findall("[0-9,]+", each)] for each in line.split("|")[2:4]
    ]
    assert columns == [[getattr(limits, name) for name in ROWS[row]] for limits in (OWN, PARTNER)]


def test_the_example_on_the_page_costs_what_it_says():
    example = re.search("```graphql\n(.*?)```", DOCS, re.DOTALL)
    assert example
    assert cost(example[1], n=50) == 621
    assert "= 621." in DOCS
