"""What the hub says it would do with an operation."""

import pytest

from hub.errors import InputError
from hub.model import Role
from hub.schema.explaining import explained

LIST = "query Top($n: Int!) { accounts(first: $n) { nodes { name records(first: 2) { nodes { name } } } } }"


def test_a_query_is_told_with_its_cost_its_scopes_and_its_one_statement():
    told = explained(LIST, None, {"n": 10}, Role.ADMIN)

    assert (told.kind, told.name, told.cost, told.most) == ("query", "Top", 41, 10_000)
    assert told.scopes == ("account:read",)
    assert told.parameters[0] == "viewer_organization_id"
    assert told.sql is not None
    assert told.sql.count("FROM account_profile AS") == 1
    assert "LIMIT 10)" in told.sql


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("mutation { mapAccounts(input: {}) { __typename } }", "it is a mutation"),
        ("{ __schema { queryType { name } } }", "it asks for the schema"),
        ("{ changes(first: 1) { head } }", "changes is not read from the database"),
    ],
)
def test_what_is_not_compiled_is_told_with_the_reason(document, why):
    told = explained(document, None, {}, Role.ADMIN)

    assert (told.sql, told.reason) == (None, why)


@pytest.mark.parametrize(
    ("document", "variables", "role", "why"),
    [
        ("{ nothing }", {}, Role.ADMIN, "Cannot query field 'nothing'"),
        ("{", {}, Role.ADMIN, "Syntax Error"),
        (LIST, {}, Role.ADMIN, "to be provided"),
        (LIST, {"n": 5_000}, Role.ADMIN, "costs"),
        ("query A { __typename } query B { __typename }", {}, Role.ADMIN, "operationName"),
        ("{ syncRuns(first: 1) { nodes { id } } }", {}, Role.PARTNER_TOOL, "Cannot query field"),
    ],
)
def test_what_would_be_refused_is_told_so(document, variables, role, why):
    with pytest.raises(InputError, match=why):
        explained(document, None, variables, role)
