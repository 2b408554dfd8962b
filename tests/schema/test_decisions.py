"""Deciding about matches over GraphQL, and what waits for a decision."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from hub import model
from hub.jobs.queue import Jobs
from hub.model import Role, Scope, Verdict
from hub.schema.ids import opaque
from tests.schema.builders import (
    a_connection,
    a_decision,
    a_key,
    a_match,
    a_review,
    an_account_record,
    an_organization,
)
from tests.schema.conftest import SEALER, client

ERROR = "... on UserError { message code path }"
DECIDE = f"""mutation($input: DecideMatchInput!) {{ decideMatch(input: $input) {{ __typename
  ... on DecideMatchPayload {{ decision {{ id verdict reason decidedBy withdrawnAt left {{ name }} right {{ name }} }}
    query {{ reviewQueue(first: 9) {{ totalCount }} }} }} {ERROR} }} }}"""
WITHDRAW = f"""mutation($input: WithdrawDecisionInput!) {{ withdrawDecision(input: $input) {{ __typename
  ... on WithdrawDecisionPayload {{ decision {{ id verdict withdrawnBy }} }} {ERROR} }} }}"""
QUEUE = """{ reviewQueue(first: 9) { totalCount nodes { stake uncertainty priority amounts { amount currency }
  match { verdict left { name } } } } }"""
MATCHES = """{ accountRecords(first: 1) { nodes {
  decisions(first: 9) { nodes { verdict } }
  matches(first: 9) { nodes { verdict ruleVerdict decidedBy
    standing: decisions(first: 9) { nodes { verdict reason } }
    every: decisions(first: 9, includeRemoved: true) { nodes { verdict withdrawnBy } } } } } } }"""


def result(answer: dict[str, Any]) -> dict[str, Any]:
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return found


async def jobs(session: Any) -> list[str]:
    await session.commit()
    return list(await session.scalars(text("select task_name from procrastinate_jobs where status = 'todo'")))


@pytest.fixture
async def pair(session, home):
    """The input that names two records of ours which say the same."""
    crm = await a_connection(session, home)
    facts = {"name": "Acme Rockets", "domain": "acme-rockets.example"}
    records = [await an_account_record(session, crm, **facts) for _ in range(2)]
    return {side: opaque(model.AccountRecord, each.id) for side, each in zip(("left", "right"), records, strict=True)}


async def test_a_decision_is_followed_by_the_mapping_that_it_sets_going_until_it_is_withdrawn(
    ask, session, pair, database
):
    worker = Jobs(database, SEALER)
    await session.commit()
    await worker.map()

    decided = result(await ask(DECIDE, input={**pair, "verdict": "DIFFERENT", "reason": "a franchise"}))["decision"]

    names = {"left": {"name": "Acme Rockets"}, "right": {"name": "Acme Rockets"}}
    told = {"verdict": "DIFFERENT", "reason": "a franchise", "decidedBy": "anonymous", "withdrawnAt": None}
    assert decided == {"id": decided["id"], **told, **names}
    assert await jobs(session) == ["map"]
    await worker.map()
    (record,) = result(await ask(MATCHES))["nodes"]
    assert record == {
        "decisions": {"nodes": [{"verdict": "DIFFERENT"}]},
        "matches": {
            "nodes": [
                {
                    "verdict": "DIFFERENT",
                    "ruleVerdict": "SAME",
                    "decidedBy": "anonymous",
                    "standing": {"nodes": [{"verdict": "DIFFERENT", "reason": "a franchise"}]},
                    "every": {"nodes": [{"verdict": "DIFFERENT", "withdrawnBy": None}]},
                }
            ]
        },
    }
    withdrawn = result(await ask(WITHDRAW, input={"decisionId": decided["id"]}))["decision"]
    assert withdrawn == {"id": decided["id"], "verdict": "DIFFERENT", "withdrawnBy": "anonymous"}
    await worker.map()
    (match,) = result(await ask(MATCHES))["nodes"][0]["matches"]["nodes"]
    assert (match["verdict"], match["decidedBy"], match["standing"]["nodes"]) == ("SAME", "bits-3", [])
    assert match["every"]["nodes"] == [{"verdict": "DIFFERENT", "withdrawnBy": "anonymous"}]
    again = result(await ask(WITHDRAW, input={"decisionId": decided["id"]}))
    assert (again["code"], again["path"]) == ("NOT_FOUND", ["decisionId"])


async def test_how_two_companies_are_related_is_said_of_the_left_one_in_whatever_order_they_are_kept(ask, pair):
    document = DECIDE.replace("verdict reason", "verdict relation from { id } reason")
    for left, right in (("left", "right"), ("right", "left")):
        given = {"left": pair[left], "right": pair[right], "verdict": "RELATED", "relation": "BRAND_OF"}
        decided = result(await ask(document, input=given))["decision"]
        assert (decided["relation"], decided["from"]["id"]) == ("BRAND_OF", pair[left])
    unsaid = result(await ask(document, input={**pair, "verdict": "RELATED"}))["decision"]
    assert (unsaid["relation"], unsaid["from"]) == (None, None)
    refused = result(await ask(document, input={**pair, "verdict": "SAME", "relation": "PARENT_OF"}))
    assert (refused["code"], refused["message"]) == (
        "INVALID_INPUT",
        "Only of companies that are RELATED can be said how.",
    )


async def test_under_one_idempotency_key_a_decision_is_made_once(ask, session, pair):
    given = {**pair, "verdict": "SAME", "idempotencyKey": str(uuid4())}
    first = result(await ask(DECIDE, input=given))["decision"]
    result(await ask(WITHDRAW, input={"decisionId": first["id"]}))

    again = result(await ask(DECIDE, input=given))["decision"]

    assert (again["id"], again["withdrawnAt"] is None) == (first["id"], False)
    assert await session.scalar(select(func.count()).select_from(model.Decision)) == 1
    conflict = result(await ask(DECIDE, input=given | {"verdict": "DIFFERENT"}))
    assert conflict["code"] == "IDEMPOTENCY_CONFLICT"


async def test_nobody_decides_about_what_they_do_not_see(ask, session, home, pair):
    """Another's record is as unknown as one that does not exist, and so is another's decision."""
    other = await an_organization(session, "Other")
    theirs = await an_account_record(session, await a_connection(session, other))
    second = await an_account_record(session, await a_connection(session, other))
    secret = await a_decision(session, theirs, second)
    unknown = opaque(model.AccountRecord, uuid4())
    for side in ("left", "right"):
        answers = [
            result(await ask(DECIDE, input={**pair, side: id_, "verdict": "SAME"}))
            for id_ in (opaque(model.AccountRecord, theirs.id), unknown)
        ]
        assert answers[0] == answers[1]
        assert (answers[0]["code"], answers[0]["path"]) == ("NOT_FOUND", [side])
    withdrawals = [
        result(await ask(WITHDRAW, input={"decisionId": opaque(model.Decision, id_)})) for id_ in (secret.id, uuid4())
    ]
    assert withdrawals[0] == withdrawals[1]
    assert withdrawals[0]["code"] == "NOT_FOUND"
    assert await jobs(session) == []
    assert (await session.scalars(select(model.Decision.withdrawn_at))).all() == [None]


async def test_what_cannot_be_decided_is_told(ask, pair):
    for given in ({"right": pair["left"]}, {"reason": "x" * 1001}):
        found = result(await ask(DECIDE, input={**pair, "verdict": "SAME", **given}))
        assert (found["code"], found["path"]) == ("INVALID_INPUT", None)
    answer = await ask(DECIDE, input={**pair, "left": "account_" + str(uuid4()), "verdict": "SAME"})
    assert "no id of the type account_record" in answer["errors"][0]["message"]


async def test_the_queue_is_in_order_and_lets_go_of_what_is_decided(ask, session, home, pair):
    crm = await a_connection(session, home)
    for stake in (1, 3, 2):
        records = [await an_account_record(session, crm, name=f"Stake {stake}") for _ in range(2)]
        match = await a_match(session, *records, verdict=Verdict.UNSURE)
        await a_review(session, match, stake)
    left, right = (opaque(model.AccountRecord, each.id) for each in records)

    found = result(await ask(QUEUE))

    assert [each["match"]["left"]["name"] for each in found["nodes"]] == ["Stake 3", "Stake 2", "Stake 1"]
    assert found["nodes"][0]["amounts"] == [{"amount": "300.50", "currency": "EUR"}]
    assert Decimal(found["nodes"][0]["priority"]) == 3
    decided = result(await ask(DECIDE, input={"left": right, "right": left, "verdict": "RELATED"}))
    assert decided["query"]["reviewQueue"]["totalCount"] == 2
    assert result(await ask(QUEUE, viewer=await an_organization(session)))["totalCount"] == 0


async def test_the_queue_needs_the_scope_of_deals_and_deciding_that_of_mapping(database, session, home, pair):
    await session.commit()
    reader = await a_key(session, home, "reader", scopes=frozenset({Scope.MAPPING_READ, Scope.ACCOUNT_READ}))
    await session.commit()
    async with client(database, None) as http:
        missing = []
        for query, variables in (
            ("{ reviewQueue(first: 1) { totalCount } }", {}),
            ("{ decisions(first: 1) { totalCount } ruleMeasure { right } }", {}),
            ("mutation($i: DecideMatchInput!) { decideMatch(input: $i) { __typename } }", {"i": pair}),
        ):
            headers = {"Authorization": f"Bearer {reader}"}
            answer = await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
            errors = answer.json().get("errors", [{"extensions": {"missingScopes": []}}])
            missing.append(errors[0]["extensions"]["missingScopes"])
    assert missing == [["opportunity:read"], [], ["mapping:write"]]
    assert Scope.MAPPING_WRITE in model.SCOPES[Role.ACCOUNT_MAPPER]


async def test_the_rules_are_measured_by_what_the_viewers_people_decided(ask, session, home):
    for owner in (home, await an_organization(session)):
        crm = await a_connection(session, owner)
        pairs = [[await an_account_record(session, crm) for _ in range(2)] for _ in range(32)]
        for number, records in enumerate(pairs):
            ruled = Verdict.SAME if number < 31 else Verdict.UNSURE
            await a_match(session, *records, verdict=Verdict.SAME, rule_verdict=ruled)
            said = Verdict.SAME if owner is home and number > 0 else Verdict.RELATED
            await a_decision(session, *records, verdict=said)

    found = result(await ask("{ ruleMeasure { precision recall right wrong missed keptApart } }"))

    counts = {"right": 30, "wrong": 1, "missed": 1, "keptApart": 0}
    assert found == {"precision": pytest.approx(30 / 31), "recall": pytest.approx(30 / 31), **counts}
    related = "{ decisions(first: 9, filter: { verdict: { eq: RELATED } }) { nodes { id } } }"
    (wrong,) = result(await ask(related))["nodes"]
    await ask(WITHDRAW, input={"decisionId": wrong["id"]})
    after = result(await ask("{ ruleMeasure { precision wrong } }"))
    assert after == {"precision": 1.0, "wrong": 0}
