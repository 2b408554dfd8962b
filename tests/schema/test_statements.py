"""How many statements a document costs, which must not depend on how many rows there are."""

from decimal import Decimal

import pytest

from hub import model
from hub.schema.fields import PATH, TYPES, Node
from hub.schema.schema import SCHEMA
from tests.schema.builders import (
    a_connection,
    a_contact_record,
    a_match,
    a_number,
    a_partnership,
    a_person,
    a_sync_run,
    an_account,
    an_account_record,
    an_issue,
    an_opportunity,
    an_organization,
    employs,
    synced,
)

CORE = SCHEMA._schema  # noqa: SLF001 - strawberry has no public way to graphql-core's schema
PAGE = "(first: 2)"


def _nested() -> list[tuple[str, str]]:
    """Every field of every type that reads more than its own row."""
    name = SCHEMA.config.name_converter.get_graphql_name
    return [
        (shown.__name__, name(field))
        for shown in TYPES.values()
        for field in shown.__strawberry_definition__.fields
        if PATH in field.metadata
    ]


def _selection(kind: str, field: str) -> str:
    """The field with all it can show of the rows themselves."""
    definition = CORE.type_map[kind].fields[field]
    if "first" in definition.args:
        return f"{field}{PAGE} {{ totalCount edges {{ cursor node {{ __typename }} }} pageInfo {{ endCursor }} }}"
    answer = str(definition.type).rstrip("!")
    return field if answer == "String" else f"{field} {{ __typename }}"


WAYS = {
    "Organization": "organizations(first: 100) { nodes { %s } }",
    "Partnership": "organizations(first: 1) { nodes { partnerships(first: 100) { nodes { %s } } } }",
    "Program": "organizations(first: 1) { nodes { programs(first: 100) { nodes { %s } } } }",
    "Tier": "organizations(first: 1) { nodes { programs(first: 100) { nodes { tiers(first: 1) { nodes { %s } } } } } }",
    "Connection": "connections(first: 100) { nodes { %s } }",
    "SyncRun": "syncRuns(first: 100) { nodes { %s } }",
    "Issue": "issues(first: 100) { nodes { %s } }",
    "Export": "exports(first: 100) { nodes { %s } }",
    "Account": "accounts(first: 100) { nodes { %s } }",
    "AccountRecord": "accountRecords(first: 100) { nodes { %s } }",
    "Relation": "accounts(first: 100) { nodes { relations(first: 1) { nodes { %s } } } }",
    "RawRecord": "accountRecords(first: 100) { nodes { raw { %s } } }",
    "Match": "accounts(first: 100) { nodes { matches(first: 1) { nodes { %s } } } }",
    "Person": "people(first: 100) { nodes { %s } }",
    "ContactRecord": "people(first: 100) { nodes { contacts(first: 1) { nodes { %s } } } }",
    "Opportunity": "opportunities(first: 100) { nodes { %s } }",
    "OpportunityContact": "opportunities(first: 100) { nodes { contactRoles(first: 1) { nodes { %s } } } }",
    "OpportunityPartner": "opportunities(first: 100) { nodes { partnerRoles(first: 1) { nodes { %s } } } }",
    "OpportunityLine": "opportunities(first: 100) { nodes { lines(first: 1) { nodes { %s } } } }",
    "StageChange": "opportunities(first: 100) { nodes { stageHistory(first: 1) { nodes { %s } } } }",
    "SalesUser": "accountRecords(first: 100) { nodes { owner { %s } } }",
    "AuditEvent": "auditEvents(first: 100) { nodes { %s } }",
    "Product": "opportunities(first: 100) { nodes { lines(first: 1) { nodes { product { %s } } } } }",
}
"""How to come to many rows of a type."""


async def one_of_each(session, home):
    """A row of every type, each tied to the others of its set."""
    number = a_number()
    partner = await an_organization(session, f"Partner {number}")
    program = model.Program(organization_id=home.id, name=f"Program {number}")
    session.add(program)
    await session.flush()
    tier = model.Tier(program_id=program.id, name="Gold", rank=1)
    session.add(tier)
    await session.flush()
    await a_partnership(session, home, partner, tier_id=tier.id, types=["RESELLER"])
    crm = await a_connection(session, home, partner)
    await a_sync_run(session, crm)
    await an_issue(session, crm)
    asked = "{ accounts(first: 9) { nodes { id } } }"
    session.add(model.Export(organization_id=home.id, role=model.Role.ADMIN, scopes=[], document=asked))
    session.add(model.StreamState(connection_id=crm.id, stream="accounts"))
    await synced(session, crm, model.SalesUser(external_id="U", name="Sam"))
    account, other = await an_account(session), await an_account(session)
    record = await an_account_record(session, crm, account, external_id="A", owner_external_id="U")
    child = await an_account_record(session, crm, other, parent_external_id="A", owner_external_id="U")
    await a_match(session, record, child)
    session.add(
        model.Relation(kind=model.RelationKind.PARENT_OF, from_id=account.id, to_id=other.id, record_id=child.id)
    )
    contact = await a_contact_record(session, crm, await a_person(session), external_id="C", owner_external_id="U")
    await employs(session, crm, record, contact)
    deal = await an_opportunity(
        session,
        crm,
        record,
        external_id="O",
        pipeline_external_id="P",
        stage_external_id="won",
        owner_external_id="U",
        amount=Decimal(5),
    )
    of_deal = {"opportunity_external_id": deal.external_id}
    for row in (
        model.Pipeline(external_id="P", label="Sales"),
        model.Stage(external_id="P/won", pipeline_external_id="P", name="won", label="Won"),
        model.Product(external_id="X", name="Widget"),
        model.OpportunityLine(external_id="L", **of_deal, product_external_id="X", name="Widgets"),
        model.OpportunityContact(external_id="OC", **of_deal, contact_external_id="C", role="Buyer"),
        model.OpportunityPartner(external_id="OP", **of_deal, account_external_id="A", role="Reseller"),
        model.StageChange(external_id="S", **of_deal, stage_external_id="won", changed_at=deal.observed_at),
    ):
        await synced(session, crm, row)


@pytest.mark.parametrize("sets", [1, 20])
async def test_no_nested_field_costs_more_statements_for_more_parents(ask, session, home, statements, sets):
    for _ in range(sets):
        await one_of_each(session, home)
    costs = {}
    for kind, field in _nested():
        way = WAYS[kind]
        # What leads there, with the parents' own rows only, costs what it costs; the field may add two to it:
        # a page and a total.
        statements.clear()
        bare = await ask("{ %s }" % (way % "__typename"))
        base = len(statements)
        statements.clear()
        full = await ask("{ %s }" % (way % _selection(kind, field)))
        assert "errors" not in bare, (kind, field, bare)
        assert "errors" not in full, (kind, field, full)
        costs[kind, field] = len(statements) - base
    assert {field: cost for field, cost in costs.items() if cost not in (1, 2)} == {}


async def test_every_nested_field_of_a_full_set_leads_somewhere(ask, session, home):
    """Otherwise counting its statements would prove nothing."""
    for _ in range(2):
        await one_of_each(session, home)
    nowhere = []
    for kind, field in _nested():
        answer = await ask("{ %s }" % (WAYS[kind] % _selection(kind, field)))
        text = str(answer["data"])
        if "__typename" not in text and field not in ("stage", "pipeline"):
            nowhere.append((kind, field))
    # No earlier payload was kept, and a home organization has no partner's connection to list.
    assert nowhere == [("RawRecord", "history")]


async def test_what_is_not_selected_is_not_read(ask, session, home, statements):
    await one_of_each(session, home)
    await session.commit()
    statements.clear()

    await ask("{ accounts(first: 1) { totalCount } }")
    counted = list(statements)
    statements.clear()
    await ask("{ accounts(first: 1) { nodes { name } edges { cursor } pageInfo { hasNextPage } } }")

    assert len(counted) == len(statements) == 1
    assert "count(*)" in counted[0]
    assert "count(*)" not in statements[0]


def test_every_type_is_reached():
    nodes = {shown.__name__ for shown in TYPES.values() if issubclass(shown, Node)}
    assert nodes <= set(WAYS)
