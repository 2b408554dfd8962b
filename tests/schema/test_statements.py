"""How many statements a document costs, which must not depend on how many rows there are.

What compiles is one statement. What graphql-core answers, the reference, is one or two for each field that reads more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from graphql import ExecutionResult, get_named_type

from hub import model
from hub.app import Admittance, Watched, application, engine
from hub.jobs.background import Background
from hub.schema.fields import PATH, TYPES, Node
from hub.schema.plans import plan
from hub.schema.schema import CORE, SCHEMA
from hub.store.answers import Answers, Question
from hub.store.line import Result
from hub.store.results import Results
from hub.store.sharing import Viewer
from hub.telemetry import Metrics, Operation, Telemetry, Timings
from tests.schema.builders import (
    a_connection,
    a_contact_record,
    a_decision,
    a_match,
    a_membership,
    a_number,
    a_partnership,
    a_person,
    a_relation,
    a_review,
    a_sync_run,
    a_write_plan,
    an_account,
    an_account_record,
    an_issue,
    an_opportunity,
    an_organization,
    employs,
    kept,
    synced,
)
from tests.schema.conftest import SEALER

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
    "AccountGroup": "accountGroups(first: 100) { nodes { %s } }",
    "AccountMembership": "accounts(first: 100) { nodes { memberships(first: 1) { nodes { %s } } } }",
    "AccountRecord": "accountRecords(first: 100) { nodes { %s } }",
    "Relation": "accounts(first: 100) { nodes { relations(first: 1) { nodes { %s } } } }",
    "RawRecord": "accountRecords(first: 100) { nodes { raw { %s } } }",
    "Decision": "decisions(first: 100) { nodes { %s } }",
    "Review": "reviewQueue(first: 100) { nodes { %s } }",
    "Match": "accounts(first: 100) { nodes { matches(first: 1) { nodes { %s } } } }",
    "Person": "people(first: 100) { nodes { %s } }",
    "ContactRecord": "people(first: 100) { nodes { contacts(first: 1) { nodes { %s } } } }",
    "Opportunity": "opportunities(first: 100) { nodes { %s } }",
    "OpportunityContact": "opportunities(first: 100) { nodes { contactRoles(first: 1) { nodes { %s } } } }",
    "OpportunityPartner": "opportunities(first: 100) { nodes { partnerRoles(first: 1) { nodes { %s } } } }",
    "OpportunityLine": "opportunities(first: 100) { nodes { lines(first: 1) { nodes { %s } } } }",
    "StageChange": "opportunities(first: 100) { nodes { stageHistory(first: 1) { nodes { %s } } } }",
    "Lead": "leads(first: 100) { nodes { %s } }",
    "Ticket": "tickets(first: 100) { nodes { %s } }",
    "AccountPartner": "accountRecords(first: 100) { nodes { partners(first: 1) { nodes { %s } } } }",
    "ProgramRecord": "programs(first: 100) { nodes { %s } }",
    "ProgramMember": "programs(first: 100) { nodes { members(first: 1) { nodes { %s } } } }",
    "ProgramLevel": "programs(first: 100) { nodes { members(first: 1) { nodes { level { %s } } } } }",
    "FundBudget": "accountRecords(first: 100) { nodes { fundBudgets(first: 1) { nodes { %s } } } }",
    "FundAllocation": "accountRecords(first: 100) "
    "{ nodes { fundBudgets(first: 1) { nodes { allocations(first: 1) { nodes { %s } } } } } }",
    "FundRequest": "accountRecords(first: 100) { nodes { fundRequests(first: 1) { nodes { %s } } } }",
    "FundClaim": "accountRecords(first: 100) { nodes { fundClaims(first: 1) { nodes { %s } } } }",
    "SalesUser": "accountRecords(first: 100) { nodes { owner { %s } } }",
    "AuditEvent": "auditEvents(first: 100) { nodes { %s } }",
    "WriteRule": "connections(first: 100) { nodes { writeRules(first: 1) { nodes { %s } } } }",
    "WritePlan": "connections(first: 100) { nodes { writePlans(first: 1) { nodes { %s } } } }",
    "WriteItem": "connections(first: 9) { nodes { writePlans(first: 1) { nodes { "
    "items(first: 1) { nodes { %s } } } } } }",
    "Product": "opportunities(first: 100) { nodes { lines(first: 1) { nodes { product { %s } } } } }",
}
"""How to come to many rows of a type."""


async def one_of_each(session, home):
    """A row of every type, each tied to the others of its set."""
    number = a_number()
    partner = await an_organization(session, f"Partner {number}")
    program = await kept(session, model.Program(organization_id=home.id, name=f"Program {number}"))
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
    await a_write_plan(session, crm)
    await synced(session, crm, model.SalesUser(external_id="U", name="Sam"))
    account, other = await an_account(session), await an_account(session)
    record = await an_account_record(session, crm, account, external_id="A", owner_external_id="U")
    child = await an_account_record(session, crm, other, parent_external_id="A", owner_external_id="U")
    await a_review(session, await a_match(session, record, child, verdict=model.Verdict.UNSURE))
    related = {"verdict": model.Verdict.RELATED, "relation": model.RelationKind.PARENT_OF, "from_id": record.id}
    decision = await a_decision(session, record, child, **related)
    await a_relation(session, crm, record, child, source=model.RelationSource.PERSON, decision_id=decision.id)
    await a_membership(session, record)
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
        record_type_external_id="T",
        amount=Decimal(5),
    )
    of_record, of_money = {"account_external_id": "A"}, {"amount": Decimal(5), "currency": "EUR"}
    of_deal = {"opportunity_external_id": deal.external_id}
    for row in (
        model.Pipeline(external_id="P", label="Sales"),
        model.Stage(external_id="P/won", pipeline_external_id="P", name="won", label="Won"),
        model.Product(external_id="X", name="Widget"),
        model.OpportunityLine(external_id="L", **of_deal, product_external_id="X", name="Widgets"),
        model.OpportunityContact(external_id="OC", **of_deal, contact_external_id="C", role="Buyer"),
        model.OpportunityPartner(external_id="OP", **of_deal, account_external_id="A", role="Reseller"),
        model.Lead(
            external_id="E",
            company="Acme",
            owner_external_id="U",
            record_type_external_id="T",
            partner_external_id="A",
            converted_account_external_id="A",
            converted_contact_external_id="C",
            converted_opportunity_external_id="O",
        ),
        model.Ticket(external_id="T", subject="Help", owner_external_id="U", stage_external_id="1"),
        model.TicketAccount(external_id="TA", ticket_external_id="T", account_external_id="A"),
        model.TicketContact(external_id="TC", ticket_external_id="T", contact_external_id="C"),
        model.TicketOpportunity(external_id="TO", ticket_external_id="T", **of_deal),
        model.StageChange(external_id="S", **of_deal, stage_external_id="won", changed_at=deal.observed_at),
        model.RecordType(external_id="T", name="Direct", label="Direct", kind="Opportunity"),
        model.AccountPartner(external_id="AP", **of_record, partner_external_id="A"),
        model.ProgramRecord(external_id="G", name="Solution Partners"),
        model.ProgramLevel(external_id="V", program_external_id="G", name="Gold"),
        model.ProgramMember(external_id="M", **of_record, program_external_id="G", level_external_id="V"),
        model.FundBudget(external_id="B", title="FY26", **of_record, **of_money),
        model.FundAllocation(external_id="N", title="Q1", budget_external_id="B", **of_record, **of_money),
        model.FundRequest(
            external_id="Q",
            title="Event",
            budget_external_id="B",
            requested_amount=Decimal(6),
            **of_record,
            **of_money,
        ),
        model.FundClaim(external_id="QC", title="Venue", request_external_id="Q", **of_record, **of_money),
    ):
        await synced(session, crm, row)


Reference = Callable[[str], Awaitable[ExecutionResult]]


@pytest.fixture
def reference(database, session, home) -> Reference:
    """Commits what was built, and answers a document as graphql-core does, with the eyes of the home organization."""
    answering, viewer = engine(database, Background(database, SEALER)), Viewer.anonymous(home.id)

    async def reference(document: str) -> ExecutionResult:
        await session.commit()
        return await answering.executed(plan(document, None, viewer.role), {}, viewer, Timings(), "request")

    return reference


@pytest.mark.parametrize("sets", [1, 20])
async def test_no_nested_field_costs_more_statements_for_more_parents(reference, session, home, statements, sets):
    for _ in range(sets):
        await one_of_each(session, home)
    costs = {}
    for kind, field in _nested():
        way = WAYS[kind]
        # What leads there, with the parents' own rows only, costs what it costs; the field may add two to it:
        # a page and a total.
        statements.clear()
        bare = await reference("{ %s }" % (way % "__typename"))
        base = len(statements)
        statements.clear()
        full = await reference("{ %s }" % (way % _selection(kind, field)))
        assert bare.errors is None, (kind, field, bare)
        assert full.errors is None, (kind, field, full)
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
        if "__typename" not in text and field not in ("stage", "pipeline", "recordType"):
            nowhere.append((kind, field))
    # No earlier payload was kept, and a home organization has no partner's connection to list.
    assert nowhere == [("RawRecord", "history")]


COUNTED = "{ accounts(first: 1) { totalCount } }"
LISTED = "{ accounts(first: 1) { nodes { name } edges { cursor } pageInfo { hasNextPage } } }"


async def test_what_is_not_selected_is_not_read(reference, session, home, statements):
    await one_of_each(session, home)
    await session.commit()
    statements.clear()

    await reference(COUNTED)
    counted = list(statements)
    statements.clear()
    await reference(LISTED)

    assert len(counted) == len(statements) == 1
    assert "count(*)" in counted[0]
    assert "count(*)" not in statements[0]


# By one statement.


class Watching(Answers):
    """Knows the statements that it was asked."""

    asked: list[str]

    async def answer(self, asked: Question, viewer: Viewer) -> Result:
        self.asked.append(asked.statement.sql.decode())
        return await super().answer(asked, viewer)


class Listening(Metrics):
    """Knows the operations that were answered, and why any fell back."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[Operation] = []
        self.reasons: list[str] = []

    def answered(self, operation: Operation, seconds: float, code: str, database: float = 0.0) -> None:
        self.operations.append(operation)
        super().answered(operation, seconds, code, database)

    def fell_back(self, reason: str) -> None:
        self.reasons.append(reason)
        super().fell_back(reason)


@dataclass(frozen=True)
class Seen:
    """How an operation was answered."""

    data: Any
    path: str
    compiled: list[str]
    """The statements of the answers' own connections."""
    other: list[str]
    """Those of SQLAlchemy's."""
    fallbacks: list[str]


@pytest.fixture
async def seen(database, session, home, statements):
    """Commits what was built, posts a document to the app, and tells how it was answered."""
    answers, metrics = Watching(database.answers.answers.conninfo), Listening()
    answers.asked = []
    app = application(
        replace(database, answers=Results(answers, 0)),
        Background(database, SEALER),
        Admittance(anonymous=Viewer.anonymous(home.id)),
        Watched(telemetry=Telemetry(metrics)),
    )

    async def seen(query: str, **variables: Any) -> Seen:
        await session.commit()
        for each in (answers.asked, statements, metrics.reasons):
            each.clear()
        response = await http.post("/graphql", json={"query": query, "variables": variables})
        answer = response.json()
        assert "errors" not in answer, (query, answer)
        path = metrics.operations[-1].path
        return Seen(answer["data"], path, list(answers.asked), list(statements), list(metrics.reasons))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
        yield seen
    await answers.end()


def by_one_statement(found: Seen) -> bool:
    return (found.path, len(found.compiled), found.other, found.fallbacks) == ("compiled", 1, [], [])


NOT_FROM_ROWS = {("Export", "url"), ("AuditEvent", "organizationId")}
"""Made by the hub, from its clock and its secret."""


def _shown(kind: str) -> str:
    """All fields of a type that take no arguments, with what is plain in objects."""
    fields = CORE.type_map[kind].fields
    names = [name for name, each in fields.items() if not each.args and (kind, name) not in NOT_FROM_ROWS]
    return " ".join(
        f"{name} {{ __typename }}" if hasattr(get_named_type(fields[name].type), "fields") else name for name in names
    )


async def test_every_list_and_every_object_of_the_schema_is_read_by_one_statement(seen, session, home):
    for _ in range(2):
        await one_of_each(session, home)
    asked = {("Query", name): _selection("Query", name) for name in _roots()}
    asked |= {(kind, "all its fields"): way % _shown(kind) for kind, way in WAYS.items()}
    asked |= {(kind, name): WAYS[kind] % _selection(kind, name) for kind, name in _nested()}
    otherwise = {}
    for what, selection in asked.items():
        found = await seen(f"{{ {selection} }}")
        if not by_one_statement(found):
            otherwise[what] = found
    assert otherwise == {}


def _roots() -> list[str]:
    """The lists that are read from the tables they are named after."""
    others = ("node", "nodes", "changes", "ruleMeasure", "explainMatch", "explainRecord")
    return [name for name in CORE.query_type.fields if name not in others]


async def test_rows_of_one_type_by_id_are_read_by_one_statement(seen, session, home):
    await one_of_each(session, home)
    connections = "{ organizations(first: 9) { nodes { id } } connections(first: 9) { nodes { id } } }"
    found = (await seen(connections)).data
    ours, theirs = ([each["id"] for each in found[name]["nodes"]] for name in ("organizations", "connections"))
    one, many = "query($id: ID!) { node(id: $id) { id } }", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    for id_ in (ours[0], theirs[0]):
        assert by_one_statement(looked_up := await seen(one, id=id_))
        assert looked_up.data == {"node": {"id": id_}}
    assert by_one_statement(await seen(many, ids=ours))
    mixed = await seen(many, ids=[*ours, *theirs])
    assert [each["id"] for each in mixed.data["nodes"]] == [*ours, *theirs]
    assert (mixed.path, mixed.compiled, mixed.fallbacks) == ("reference", [], ["Uncompilable"])


async def test_a_whole_tree_is_read_by_one_statement(seen, session, home):
    for _ in range(3):
        await one_of_each(session, home)
    found = await seen(
        """query($n: Int!) { accounts(first: $n, orderBy: [{field: NAME}]) { totalCount pageInfo { endCursor }
          nodes { id name records(first: 5) { totalCount nodes { owner { name } raw { version } } } } }
          __typename a: people(last: 2, filter: {accounts: {some: {}}}) { edges { cursor node { name } } } }""",
        n=50,
    )
    assert by_one_statement(found)
    assert found.data["accounts"]["totalCount"] == 6


async def test_of_one_statement_too_only_what_is_selected_is_part(seen, session, home):
    await one_of_each(session, home)
    (counted,), (listed,) = (await seen(COUNTED)).compiled, (await seen(LISTED)).compiled

    assert "SELECT count(*)" in counted
    assert "SELECT count(*)" not in listed


async def test_what_the_schema_tells_about_itself_takes_no_statement(seen):
    for query in ("{ __typename }", "{ __schema { queryType { name } } }"):
        first, second = await seen(query), await seen(query)
        assert first == replace(second, path="reference")
        assert (second.path, second.compiled, second.other, second.fallbacks) == ("none", [], [], [])


def test_every_type_is_reached():
    nodes = {shown.__name__ for shown in TYPES.values() if issubclass(shown, Node)}
    assert nodes <= set(WAYS)
