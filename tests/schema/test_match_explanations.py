"""Why records are one account, over GraphQL: as far as who asks may know."""

from uuid import uuid4

from hub import model
from hub.jobs.mapping import map_accounts
from hub.schema.ids import opaque
from hub.store.locks import only_one
from tests.schema.builders import a_connection, an_account_record, an_organization

EXPLAIN = """query($a: ID!, $b: ID!) { explainMatch(a: $a, b: $b) {
  reason isOneAccount isCompared missing
  comparison { bits ruleVerdict decided left { name } right { name } steps { feature left right bits start end } }
  chain { record { name } bits verdict } against { left { name } right { name } bits verdict }
  rules { version unsure same shared } } }"""
BESIDE = """query($id: ID!) { explainRecord(id: $id) {
  members { right { name } bits } nearest { right { name } ruleVerdict } rules { same } } }"""


def id_of(record):
    return opaque(model.AccountRecord, record.id)


async def test_what_ties_two_records_is_told_without_naming_records_of_others(ask, session, home, database):
    ours = await a_connection(session, home)
    theirs = await a_connection(session, await an_organization(session))
    pumps = await an_account_record(session, ours, name="Acme Robotics", domain="acme-robotics.example")
    holding = await an_account_record(session, ours, name="Zenith Labs Holding", duns="150483782")
    both = {"name": "Acme Robotics", "domain": "acme-robotics.example", "duns": "150483782"}
    secret = await an_account_record(session, theirs, **both)
    await session.commit()
    await map_accounts(database)

    found = (await ask(EXPLAIN, a=id_of(pumps), b=id_of(holding)))["data"]["explainMatch"]

    assert (found["reason"], found["isOneAccount"], found["against"]) == ("THROUGH_OTHERS", True, None)
    names = [link["record"] and link["record"]["name"] for link in found["chain"]]
    assert names == ["Acme Robotics", None, "Zenith Labs Holding"]
    assert [link["bits"] for link in found["chain"]] == [None] * 3
    assert found["comparison"]["steps"][-1]["end"] == found["comparison"]["bits"]
    assert found["comparison"]["bits"] + found["missing"] == found["rules"]["same"]
    beside = (await ask(BESIDE, id=id_of(pumps)))["data"]["explainRecord"]
    assert [each["right"]["name"] for each in beside["members"]] == ["Zenith Labs Holding"]
    assert beside["nearest"] == []
    unseen = [
        await ask(EXPLAIN, a=id_of(pumps), b=each) for each in (id_of(secret), opaque(model.AccountRecord, uuid4()))
    ]
    told = [[(error["message"], error["extensions"]["code"]) for error in each["errors"]] for each in unseen]
    assert told[0] == told[1] == [("There is no such account record.", "NOT_FOUND")]


async def test_while_something_is_explained_another_question_is_told_to_come_back(ask, session, home, database):
    record = await an_account_record(session, await a_connection(session, home))
    async with only_one(database, "explaining accounts"):
        busy = await ask(BESIDE, id=id_of(record))
    assert busy["errors"][0]["extensions"]["code"] == "BUSY"
    same = await ask(EXPLAIN, a=id_of(record), b=id_of(record))
    assert same["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
