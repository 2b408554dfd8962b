"""Enabling, planning, reading and applying write-back over GraphQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from hub import model
from hub.jobs.queue import Jobs
from hub.model import Role, Scope, WriteOutcome, WritePlanState
from hub.schema.ids import key_of, opaque
from tests.schema.builders import a_connection, a_key, a_write_plan, an_organization
from tests.schema.conftest import SEALER, client

ERROR = "... on UserError { message code path }"
ENABLE = f"""mutation($input: EnableWriteBackInput!) {{ enableWriteBack(input: $input) {{ __typename
  ... on EnableWriteBackPayload {{ writeRule {{ id stream field value createsRows enabledBy connection {{ name }} }} }}
  {ERROR} }} }}"""
DISABLE = f"""mutation($input: DisableWriteBackInput!) {{ disableWriteBack(input: $input) {{ __typename
  ... on DisableWriteBackPayload {{ deletedWriteRuleId query {{ connections(first: 1) {{ nodes {{
    writeRules(first: 9) {{ totalCount }} }} }} }} }} {ERROR} }} }}"""
PLAN = f"""mutation($input: PlanWriteBackInput!) {{ planWriteBack(input: $input) {{ __typename
  ... on PlanWriteBackPayload {{ writePlan {{ id state plannedBy }} }} {ERROR} }} }}"""
APPLY = f"""mutation($input: ApplyWriteBackInput!) {{ applyWriteBack(input: $input) {{ __typename
  ... on ApplyWriteBackPayload {{ writePlan {{ id state appliedBy }} }} {ERROR} }} }}"""
READ = """query($id: ID!) { node(id: $id) { ... on WritePlan { state error records recordsToCreate connection { name }
  fields(first: 9) { nodes { stream field value obstacle unchanged toFill toReplace toClear toCreate skipped } }
  items(first: 9, filter: { outcome: { eq: PENDING } }) { totalCount nodes {
    noun externalId key name field before after outcome reason } } } } }"""
FIELD = {"field": "Hub_Account_Id__c", "value": "account_id"}


def result(answer: dict[str, Any]) -> dict[str, Any]:
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return found


async def jobs(session: Any) -> list[tuple[str, dict[str, Any]]]:
    await session.commit()
    found = await session.execute(text("select task_name, args from procrastinate_jobs order by id"))
    return [(row.task_name, row.args) for row in found]


async def test_a_field_is_enabled_shown_and_disabled(ask, session, home):
    crm = await a_connection(session, home, name="crm")
    given = {"connectionId": opaque(model.Connection, crm.id), **FIELD}

    rule = result(await ask(ENABLE, input=given | {"createsRows": True}))["writeRule"]
    again = result(await ask(ENABLE, input=given | {"value": "overlapping_partners"}))["writeRule"]

    shown = {"stream": "accounts", "field": FIELD["field"], "enabledBy": "anonymous", "connection": {"name": "crm"}}
    assert rule == shown | {"id": rule["id"], "value": "account_id", "createsRows": True}
    assert again == shown | {"id": rule["id"], "value": "overlapping_partners", "createsRows": False}
    ended = result(await ask(DISABLE, input={"ruleId": rule["id"]}))
    assert ended["deletedWriteRuleId"] == rule["id"]
    assert ended["query"]["connections"]["nodes"] == [{"writeRules": {"totalCount": 0}}]
    gone = result(await ask(DISABLE, input={"ruleId": rule["id"]}))
    assert (gone["code"], gone["path"]) == ("NOT_FOUND", ["ruleId"])


async def test_what_cannot_be_enabled_is_told(ask, session, home):
    crm = await a_connection(session, home)
    files = await a_connection(session, home, connector="file")
    given = {"connectionId": opaque(model.Connection, crm.id), **FIELD}

    async def message(**instead: str) -> str:
        found = result(await ask(ENABLE, input=given | instead))
        assert (found["code"], found["path"]) == ("INVALID_INPUT", None)
        return str(found["message"])

    assert "There is no value 'name'" in await message(value="name")
    assert "'contacts' of salesforce cannot be written" in await message(stream="contacts")
    assert "'accounts' of file cannot be written" in await message(connectionId=opaque(model.Connection, files.id))


async def test_a_plan_is_left_to_a_worker_and_says_what_became_of_it(ask, session, home, database):
    crm = await a_connection(session, home, name="crm")
    connection = {"connectionId": opaque(model.Connection, crm.id)}
    refused = result(await ask(PLAN, input=connection))
    assert (refused["code"], refused["message"]) == (
        "INVALID_INPUT",
        "Nothing may be written into crm: enable a field first.",
    )
    await ask(ENABLE, input={**connection, **FIELD})

    plan = result(await ask(PLAN, input=connection))["writePlan"]

    assert (plan["state"], plan["plannedBy"]) == ("PLANNING", "anonymous")
    key = str(key_of(model.WritePlan, plan["id"]))
    assert await jobs(session) == [("write plan", {"plan_id": key})]
    failed = await _done(database, session, crm, key)
    assert (failed.state, failed.error) == (WritePlanState.FAILED, "salesforce: base_url is missing")
    assert result(await ask(READ, id=plan["id"]))["state"] == "FAILED"


async def _done(database: Any, session: Any, crm: Any, key: str) -> Any:
    """The plan once the worker's job, which cannot open this connection's source, has run."""
    crm.credentials = SEALER.sealed({}, crm.name)
    await session.commit()
    await Jobs(database, SEALER).write_plan(key)
    return await session.get(model.WritePlan, key, populate_existing=True)


async def test_a_plan_is_read_line_by_line_and_applied_once(ask, session, home):
    crm = await a_connection(session, home, name="crm")
    plan = await a_write_plan(session, crm)
    id_ = opaque(model.WritePlan, plan.id)

    shown = result(await ask(READ, id=id_))

    assert (shown["state"], shown["connection"]) == ("READY", {"name": "crm"})
    assert shown["fields"]["nodes"] == [
        {"stream": "accounts", **FIELD, "obstacle": None, "unchanged": 0, "toFill": 1, "toReplace": 0, "toClear": 0,
         "toCreate": 0, "skipped": 0}
    ]  # fmt: skip
    (line,) = shown["items"]["nodes"]
    assert line | {"noun": "Account", "key": None, "name": "Acme", "before": None, "after": "account_1"} == line
    for _ in range(2):
        applied = result(await ask(APPLY, input={"planId": id_}))["writePlan"]
        assert applied == {"id": id_, "state": "APPLYING", "appliedBy": "anonymous"}
    assert await jobs(session) == [("write apply", {"plan_id": str(plan.id), "by": "anonymous", "is_confirmed": False})]
    audited = (await session.scalars(select(model.AuditEvent).order_by(model.AuditEvent.number))).all()
    assert [(each.root_fields, each.outcome) for each in audited][:2] == [
        (["applyWriteBack"], "BEGUN"),
        (["applyWriteBack"], "OK"),
    ]
    assert id_ in audited[1].ids


async def test_a_plan_that_cannot_be_applied_says_why(ask, session, home):
    crm = await a_connection(session, home)
    facts = ({"records": 100, "records_to_change": 11, "records_to_create": 20},
             {"records": 10_000, "records_to_create": 21},
             {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
             {"state": WritePlanState.PLANNING}, {"state": WritePlanState.FAILED})  # fmt: skip
    plans = [model.WritePlan(connection_id=crm.id, planned_by="x", **({"state": WritePlanState.READY,
             "expires_at": datetime.now(UTC) + timedelta(hours=1)} | each)) for each in facts]  # fmt: skip
    session.add_all(plans)
    await session.flush()

    told = [result(await ask(APPLY, input={"planId": opaque(model.WritePlan, each.id)})) for each in plans]

    assert [(each["code"], each["message"].split(":")[0]) for each in told] == [
        ("INVALID_INPUT", "The plan changes 11 of 100 rows and creates 20"),
        ("INVALID_INPUT", "The plan changes 0 of 10,000 rows and creates 21"),
        ("INVALID_INPUT", "The plan has expired"),
        ("INVALID_INPUT", "The plan is still being made, or its making was cut off"),
        ("INVALID_INPUT", "The plan could not be made"),
    ]
    confirmed = await ask(APPLY, input={"planId": opaque(model.WritePlan, plans[0].id), "isConfirmed": True})
    assert result(confirmed)["writePlan"]["state"] == "APPLYING"


async def test_anothers_source_cannot_be_written_or_asked_about(ask, session, home):
    crm = await a_connection(session, home)
    plan = await a_write_plan(session, crm)
    rule = await session.scalar(select(model.WriteRule))
    stranger = await an_organization(session, "Stranger")
    asked = [
        (ENABLE, {"connectionId": opaque(model.Connection, crm.id), **FIELD}),
        (DISABLE, {"ruleId": opaque(model.WriteRule, rule.id)}),
        (PLAN, {"connectionId": opaque(model.Connection, crm.id)}),
        (APPLY, {"planId": opaque(model.WritePlan, plan.id)}),
    ]

    codes = [result(await ask(document, viewer=stranger, input=given))["code"] for document, given in asked]

    assert codes == ["NOT_FOUND"] * 4
    assert await session.scalar(select(func.count()).select_from(model.WriteItem)) == 1
    assert (await session.scalar(select(model.WriteItem))).outcome is WriteOutcome.PENDING
    assert await jobs(session) == []


async def test_only_who_has_the_scope_may_write(session, home, database):
    crm = await a_connection(session, home)
    key = await a_key(session, home, role=Role.ACCOUNT_MAPPER)
    await session.commit()
    async with client(database, None) as http:
        response = await http.post(
            "/graphql",
            json={"query": PLAN, "variables": {"input": {"connectionId": opaque(model.Connection, crm.id)}}},
            headers={"Authorization": f"Bearer {key}"},
        )

    assert response.status_code == 403
    (error,) = response.json()["errors"]
    assert error["extensions"]["missingScopes"] == [Scope.SOURCE_WRITE]
