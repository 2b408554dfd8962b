import time

import pytest
from graphql import get_introspection_query


def bomb(levels: int) -> str:
    """A small document whose fields double with each fragment."""
    fragments = [
        f"fragment F{n} on Account {{ a: records(first: 1) {{ nodes {{ account {{ ...F{n + 1} }} }} }}"
        f" b: records(first: 1) {{ nodes {{ account {{ ...F{n + 1} }} }} }} }}"
        for n in range(levels)
    ]
    last = f"fragment F{levels} on Account {{ id }}"
    return " ".join(["{ accounts(first: 1) { nodes { ...F0 } } }", *fragments, last])


def deep(levels: int) -> str:
    inner = "id"
    for _ in range(levels // 3):
        inner = f"records(first: 1) {{ nodes {{ account {{ {inner} }} }} }}"
    return f"{{ accounts(first: 1) {{ nodes {{ {inner} }} }} }}"


async def test_a_deep_document_is_refused(ask):
    assert "errors" not in await ask(deep(12))
    answer = await ask(deep(15))

    assert [error["message"] for error in answer["errors"]] == ["The operation is 18 levels deep; 15 are allowed."]
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_nested_fragment_spreads_cost_linear_time(ask):
    started = time.process_time()
    answer = await ask(bomb(20))

    assert any("are allowed" in error["message"] for error in answer["errors"])
    assert "data" not in answer
    assert time.process_time() - started < 2


async def test_fragments_count_wherever_they_are_spread(ask):
    fields = " ".join(f"a{n}: name" for n in range(60))
    spreads = " ".join(f"s{n}: accounts(first: 1) {{ nodes {{ ...F }} }}" for n in range(40))

    answer = await ask(f"{{ {spreads} }} fragment F on Account {{ {fields} }}")

    assert answer["errors"][0]["message"] == "The operation selects 2480 fields; 2000 are allowed."


async def test_a_fragment_that_spreads_itself_is_refused(ask):
    answer = await ask("{ accounts(first: 1) { nodes { ...F } } } fragment F on Account { name ...F }")

    assert "Cannot spread fragment 'F' within itself." in [error["message"] for error in answer["errors"]]


async def test_a_document_of_too_many_tokens_is_refused(ask):
    answer = await ask("{ " + "a " * 2001 + "}")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_PARSE_FAILED"]


async def test_an_unknown_fragment_and_many_mistakes_are_told_ten_at_a_time(ask):
    answer = await ask("{ ...Nowhere " + " ".join(f"x{n}" for n in range(20)) + " }")

    assert len(answer["errors"]) == 10


@pytest.mark.parametrize("wrap", ["... { %s }", "... on Query { %s }", "...F } fragment F on Query { %s"])
async def test_fragments_do_not_count_as_depth(ask, wrap):
    assert "errors" not in await ask("{ %s }" % (wrap % deep(12)[1:-1]))


async def test_introspection_as_graphiql_does_it_is_answered(ask):
    answer = await ask(get_introspection_query(descriptions=True, input_value_deprecation=True))

    assert "errors" not in answer
