from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import JSON, Text, cast, literal

from hub import model
from hub.schema.ids import opaque
from tests.schema.builders import (
    NOON,
    a_connection,
    a_contact_record,
    a_match,
    a_person,
    an_account,
    an_account_record,
    an_opportunity,
    an_organization,
    synced,
)

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


async def test_a_node_is_found_again_by_its_id(ask, session, home):
    record = await an_account_record(session, await a_connection(session, home))
    id_ = opaque(model.AccountRecord, record.id)

    assert (await ask(NODE, id=id_))["data"]["node"] == {"__typename": "AccountRecord", "id": id_}


@pytest.mark.parametrize("kind", ["account", "person"])
async def test_a_retired_id_answers_with_what_took_its_place(ask, session, home, kind):
    crm, retired = await a_connection(session, home), uuid4()
    if kind == "account":
        shown, survivor = model.AccountProfile, await an_account(session)
        await an_account_record(session, crm, survivor)
        session.add(
            model.AccountRedirect(owner_id=home.id, retired_id=retired, account_id=survivor.id, retired_at=NOON)
        )
    else:
        shown, survivor = model.PersonProfile, await a_person(session)
        await a_contact_record(session, crm, survivor)
        session.add(model.PersonRedirect(owner_id=home.id, retired_id=retired, person_id=survivor.id, retired_at=NOON))

    answer = await ask(NODE, id=opaque(shown, retired))

    assert answer["data"]["node"]["id"] == opaque(shown, survivor.id)


async def test_nodes_come_in_the_order_of_their_ids_in_one_statement_per_type(ask, session, home, statements):
    crm = await a_connection(session, home)
    records = [await an_account_record(session, crm) for _ in range(5)]
    ids = [opaque(model.AccountRecord, record.id) for record in reversed(records)]
    ids.insert(2, opaque(model.AccountRecord, uuid4()))
    ids.insert(4, opaque(model.Connection, crm.id))
    await session.commit()
    statements.clear()

    answer = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)

    assert [node and node["id"] for node in answer["data"]["nodes"]] == [
        None if at == 2 else each for at, each in enumerate(ids)
    ]
    assert len(statements) == 2


async def test_ids_in_variables_of_which_some_have_defaults_are_never_taken_for_one_another(ask, session, home):
    crm = await a_connection(session, home)
    one, two, three = [opaque(model.AccountRecord, (await an_account_record(session, crm)).id) for _ in range(3)]
    text = f"""query($a: ID! = "{one}", $b: ID! = "{two}") {{ x: node(id: $a) {{ id }} y: node(id: $b) {{ id }} }}"""

    assert (await ask(text, a=three))["data"] == {"x": {"id": three}, "y": {"id": two}}
    assert (await ask(text, b=three))["data"] == {"x": {"id": one}, "y": {"id": three}}
    assert (await ask(text))["data"] == {"x": {"id": one}, "y": {"id": two}}


async def test_an_id_whose_field_is_skipped_asks_for_nothing(ask, session, home):
    id_ = opaque(model.AccountRecord, (await an_account_record(session, await a_connection(session, home))).id)
    text = "query($a: ID!, $s: Boolean!) { node(id: $a) @skip(if: $s) { id } organizations(first: 1) { totalCount } }"

    assert (await ask(text, a=id_, s=True))["data"] == {"organizations": {"totalCount": 1}}
    assert (await ask(text, a=id_, s=False))["data"]["node"] == {"id": id_}


async def test_a_number_beyond_all_integers_is_the_clients_mistake(ask):
    text = "query($n: String) { accounts(first: 1, filter: {name: {eq: $n}}) { totalCount } }"

    assert (await ask(text, n=10**24))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert (await ask("{ organizations(first: 1) { totalCount } }", n=10**24))["data"]["organizations"][
        "totalCount"
    ] == 1


@pytest.mark.parametrize("wrong", ["", "x", "YWNjb3VudDpub3RhdXVpZA", "é", "A" * 5000])
async def test_what_is_no_id_is_refused(ask, wrong):
    answer = await ask(NODE, id=wrong)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert len(answer["errors"][0]["message"]) < 200


async def test_one_malformed_id_among_good_ones_is_refused_without_harm_to_the_next_question(ask, session, home):
    record = await an_account_record(session, await a_connection(session, home))
    good = opaque(model.AccountRecord, record.id)

    answer = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[good, "bad"])

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert (await ask(NODE, id=good))["data"]["node"]["id"] == good


async def test_the_id_of_something_that_is_not_shown_is_refused(ask):
    answer = await ask(NODE, id=opaque(model.ApiKey, uuid4()))

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_at_most_100_nodes_are_asked_for_at_once(ask):
    answer = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 101)

    assert answer["errors"][0]["message"] == "`nodes` takes up to 100 ids."


async def test_the_id_of_another_type_in_a_filter_is_refused(ask, home):
    query = "query($id: ID) { accounts(first: 1, filter: { id: { eq: $id } }) { totalCount } }"

    answer = await ask(query, id=opaque(model.Organization, home.id))

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "is no id of the type account" in answer["errors"][0]["message"]


async def test_a_payload_is_shown_exactly_as_it_was_sent(ask, session, home):
    text = '{"b": 1.10, "a" :  "\\u00e9", "b": 2}'
    crm = await a_connection(session, home)
    record = await an_account_record(session, crm)
    raw = model.RawRecord.__table__
    earlier = model.RawRecordVersion.__table__
    await session.execute(raw.update().where(raw.c.id == record.raw_id).values(payload=_json(text), version=2))
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    row = {"raw_id": record.raw_id, "version": 1, "payload": _json("[]"), "observed_at": moment, "superseded_at": NOON}
    await session.execute(earlier.insert().values(**row))

    answer = await ask(
        """{ accountRecords(first: 1) { nodes { raw { payload version observedAt
          history(first: 5) { nodes { version payload observedAt supersededAt } } } } } }"""
    )

    assert answer["data"]["accountRecords"]["nodes"][0]["raw"] == {
        "payload": text,
        "version": 2,
        "observedAt": "2026-11-01T12:00:00+00:00",
        "history": {
            "nodes": [
                {
                    "version": 1,
                    "payload": "[]",
                    "observedAt": "2026-10-01T00:00:00+00:00",
                    "supersededAt": "2026-11-01T12:00:00+00:00",
                }
            ]
        },
    }


def _json(text):
    return cast(literal(text, Text), JSON)


async def test_a_match_shows_its_evidence_and_both_records(ask, session, home):
    crm = await a_connection(session, home)
    account = await an_account(session)
    one = await an_account_record(session, crm, account, name="One", custom={"Tier__c": "Gold", "Seats": 3})
    other = await an_account_record(session, crm, account, name="Other")
    await a_match(session, one, other)

    answer = await ask(
        """{ accounts(first: 1) { nodes { matches(first: 1) { nodes {
          score verdict decidedBy evidence { feature left right bits }
          left { name customFields { key value } } right { name matches(first: 1) { totalCount } } } } } } }"""
    )

    assert answer["data"]["accounts"]["nodes"][0]["matches"]["nodes"] == [
        {
            "score": "9.5",
            "verdict": "SAME",
            "decidedBy": "bits-3",
            "evidence": [{"feature": "domain", "left": "acme.com", "right": "acme.com", "bits": 9.5}],
            "left": {
                "name": "One",
                "customFields": [{"key": "Seats", "value": "3"}, {"key": "Tier__c", "value": '"Gold"'}],
            },
            "right": {"name": "Other", "matches": {"totalCount": 1}},
        }
    ]


async def test_the_stage_is_the_label_of_that_stage_in_the_deal_s_own_pipeline(ask, session, home):
    crm, other = await a_connection(session, home), await a_connection(session, home)
    for connection, pipeline, label in ((crm, "P", "Won"), (crm, "Q", "Signed"), (other, None, "Closed won")):
        stage = model.Stage(external_id=f"{pipeline}/won", pipeline_external_id=pipeline, name="won", label=label)
        await synced(session, connection, stage)
    await synced(session, crm, model.Pipeline(external_id="P", label="Sales"))
    for connection, pipeline, name in ((crm, "P", "a"), (crm, "Q", "b"), (other, None, "c"), (crm, None, "d")):
        facts = {"name": name, "pipeline_external_id": pipeline, "stage_external_id": "won"}
        await an_opportunity(session, connection, **facts)

    answer = await ask("{ opportunities(first: 9) { nodes { name stage pipeline } } }")
    filtered = await ask('{ opportunities(first: 9, filter: { stage: { eq: "Signed" } }) { nodes { name } } }')

    assert answer["data"]["opportunities"]["nodes"] == [
        {"name": "a", "stage": "Won", "pipeline": "Sales"},
        {"name": "b", "stage": "Signed", "pipeline": None},
        {"name": "c", "stage": "Closed won", "pipeline": None},
        {"name": "d", "stage": None, "pipeline": None},
    ]
    assert filtered["data"]["opportunities"]["nodes"] == [{"name": "b"}]


async def test_partnership_types_are_shown(ask, session, home):
    partner = await an_organization(session, "Partner")
    session.add(model.Partnership(organization_id=home.id, partner_id=partner.id, types=["RESELLER"]))

    answer = await ask("{ organizations(first: 1) { nodes { partnerships(first: 1) { nodes { types } } } } }")

    assert answer["data"]["organizations"]["nodes"][0]["partnerships"]["nodes"] == [{"types": ["RESELLER"]}]
