"""Leads, deal registrations among them."""

import pytest

from hub import model
from hub.schema.ids import opaque
from tests.schema.builders import (
    a_connection,
    an_account,
    an_account_record,
    an_opportunity,
    settled,
    synced,
)

REGISTRATION = "Deal Registration"


@pytest.fixture
async def crm(session, home):
    crm = await a_connection(session, home)
    for external_id, label in (("R", REGISTRATION), ("S", "Sales Lead")):
        await synced(session, crm, model.RecordType(external_id=external_id, name=label, label=label, kind="Lead"))
    return crm


async def a_lead(session, crm, company, kind="R", **facts):
    return await synced(
        session, crm, model.Lead(external_id=company, company=company, record_type_external_id=kind, **facts)
    )


async def test_open_deal_registrations_are_listed_by_partner(ask, session, crm):
    for partner in ("Lighthouse", "Quiet"):
        await an_account_record(session, crm, await an_account(session), external_id=partner, name=partner)
    brought = {"partner_external_id": "Lighthouse"}
    await a_lead(session, crm, "Open", **brought, is_converted=False, status="Working")
    await a_lead(session, crm, "Converted", **brought, is_converted=True)
    await a_lead(session, crm, "No registration", kind="S", **brought, is_converted=False)
    await a_lead(session, crm, "Ours", is_converted=False)

    answer = await ask(
        """query($open: LeadFilter) { accountRecords(first: 9, orderBy: [{field: NAME}]) {
          nodes { name broughtLeads(first: 9, filter: $open) { nodes { company status recordType } } } } }""",
        open={"recordType": {"eq": REGISTRATION}, "isConverted": {"eq": False}},
    )

    lighthouse, quiet = answer["data"]["accountRecords"]["nodes"]
    found = {"company": "Open", "status": "Working", "recordType": REGISTRATION}
    assert lighthouse == {"name": "Lighthouse", "broughtLeads": {"nodes": [found]}}
    assert quiet["broughtLeads"]["nodes"] == []


async def test_leads_are_found_by_their_partner(ask, session, crm):
    await an_account_record(session, crm, await an_account(session), external_id="P", name="Lighthouse")
    await a_lead(session, crm, "Theirs", partner_external_id="P")
    await a_lead(session, crm, "Ours")

    asked = "{ leads(first: 9, filter: {partner: {name: {eq: %s}}}) { nodes { company partner { name } } } }"
    answer = await ask(asked % '"Lighthouse"')

    assert answer["data"]["leads"]["nodes"] == [{"company": "Theirs", "partner": {"name": "Lighthouse"}}]


async def test_a_converted_lead_is_found_from_what_it_became_and_leads_there(ask, session, crm):
    account = await an_account(session)
    record = await an_account_record(session, crm, account, external_id="A")
    deal = await an_opportunity(session, crm, record, external_id="O")
    became = {"converted_account_external_id": "A", "converted_opportunity_external_id": "O"}
    await a_lead(session, crm, "Acme", is_converted=True, **became)
    await a_lead(session, crm, "Other", is_converted=False)

    answer = await ask(
        """{ accounts(first: 1) { nodes { leads(first: 9) { nodes { company
            convertedAccount { id } convertedAccountRecord { id } convertedContact { id } } } } }
          opportunities(first: 1) { nodes { leads(first: 9) { nodes { convertedOpportunity { id } } } } } }"""
    )

    (of_account,), (of_deal,) = (answer["data"][root]["nodes"] for root in ("accounts", "opportunities"))
    assert of_account["leads"]["nodes"] == [
        {
            "company": "Acme",
            "convertedAccount": {"id": opaque(model.AccountProfile, account.id)},
            "convertedAccountRecord": {"id": opaque(model.AccountRecord, record.id)},
            "convertedContact": None,
        }
    ]
    assert of_deal["leads"]["nodes"] == [{"convertedOpportunity": {"id": opaque(model.Opportunity, deal.id)}}]


async def test_what_becomes_of_leads_is_told(ask, session, crm, database):
    lead = await a_lead(session, crm, "Acme", is_converted=False)
    await session.commit()
    lead.is_converted = True
    await session.commit()
    await settled(database)

    answer = await ask(
        "{ changes(first: 9, types: [LEAD]) { nodes { action node { ... on Lead { company isConverted } } } } }"
    )

    told = [(each["action"], each["node"]) for each in answer["data"]["changes"]["nodes"]]
    now = {"company": "Acme", "isConverted": True}
    assert told == [("CREATED", now), ("UPDATED", now)]
