"""The examples of docs/account-mapping.md, run as they stand."""

import asyncio
import re
import shlex
from pathlib import Path
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import pytest
from graphql import parse, validate
from sqlalchemy import select
from typer.testing import CliRunner

from hub.cli import app
from hub.errors import InputError, NotFound
from hub.graph.company import Company
from hub.graph.mapping import judged as companies_judged
from hub.graph.people import Contact, judged
from hub.graph.scoring import COMPARISONS, SAME, UNSURE, VETO
from hub.model import AccountRecord, AuditEvent, Opportunity, OpportunityAccount
from hub.schema.schema import CORE
from hub.store import connections
from hub.store.database import Database
from tests.builders import SEALER, a_home, saved

TEXT = (Path(__file__).parents[1] / "docs" / "account-mapping.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for _, body in BLOCKS for line in body.splitlines() if line.startswith("hub ")]
ALIKE = {"name": "Bolt Rockets", "website": "bolt-rockets.example"}
DOUBTFUL = ({"name": "Acme Rockets GmbH"}, {"name": "Acme Rockets AG"})


def test_the_documents_are_valid():
    documents = [body for kind, body in BLOCKS if kind == "graphql"]
    assert [validate(CORE, parse(each)) for each in documents] == [[]] * 4


def test_every_comparison_and_the_thresholds_are_told():
    section = TEXT.partition("| Compared |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(COMPARISONS)
    assert f"From {SAME:g} bits on a pair is SAME; from {UNSURE:g} bits on the rules are UNSURE" in TEXT
    assert f"at {VETO:g} bits and below it is a veto" in TEXT


COMPANIES = re.findall(
    r"^\| (.+?) \| (.+?) \| (SAME|UNSURE|RELATED|DIFFERENT) \| (\w+ [+-]\d.*) \|$", TEXT, re.MULTILINE
)


def a_company(number: int, told: str) -> Company:
    """Of "Dune, dune.example, in DE"."""
    name, *facts = told.split(", ")
    return Company(
        id=UUID(int=number),
        name=name,
        website=next((fact for fact in facts if "." in fact), None),
        country=next((fact[3:] for fact in facts if fact.startswith("in ")), None),
    )


def test_companies_are_told_apart_as_the_table_says():
    assert len(COMPANIES) == 9
    sides = [side for one, other, *_ in COMPANIES for side in (one, other)]
    pairs = [(UUID(int=2 * number), UUID(int=2 * number + 1)) for number in range(len(COMPANIES))]
    found = companies_judged([a_company(*each) for each in enumerate(sides)], pairs)
    assert [
        (finding.verdict, ", ".join(f"{each['feature']} {each['bits']:+g}" for each in finding.evidence))
        for finding in found
    ] == [(verdict, evidence) for *_, verdict, evidence in COMPANIES]


PEOPLE = re.findall(r"^\| (.+?) \| (.+?) \| (SAME|UNSURE|DIFFERENT) \| (\S+) \|$", TEXT, re.MULTILINE)


def a_contact(told: str) -> Contact:
    """Of "Nowak, Ada, at Acme, 0228 5550100 in Germany"."""
    words = re.findall(r"at \w+|[^\s,]+@[^\s,]+|\+?\d[\d -]+\d(?: in \w+)?", told)
    name = told.partition(f", {words[0]}")[0]
    first, _, last = ("", "", name) if "," in name else name.partition(" ")
    number, _, country = next((word for word in words if word[-1].isdecimal() or " in " in word), "").partition(" in ")
    return Contact(
        id=uuid4(),
        first_name=first or None,
        last_name=last,
        email=next((word for word in words if "@" in word), None),
        phone=number or None,
        accounts=tuple(uuid5(NAMESPACE_DNS, word) for word in words if word.startswith("at ")),
        countries=(country,) if country else (),
    )


@pytest.mark.parametrize(("one", "other", "verdict", "bits"), PEOPLE)
def test_people_are_told_apart_as_the_table_says(one, other, verdict, bits):
    judgment = judged(a_contact(one), a_contact(other))
    assert (judgment.verdict, judgment.bits) == (verdict, float(bits))


def test_the_table_of_people_is_read():
    assert len(PEOPLE) == 10


async def two_lists(database: Database) -> None:
    async with database.session() as session:
        home = await a_home(session)
        about = {"connector": "file", "owner_id": home, "subject_id": home, "config": {}, "secrets": {}}
        crm = await connections.connect(session, SEALER, name="crm", **about)
        partners = await connections.connect(session, SEALER, name="partner list", **about)
        for connection, ids, one in ((crm, "12", 0), (partners, "79", 1)):
            rows = zip(ids, (ALIKE, DOUBTFUL[one]), strict=True)
            await saved(
                session, connection, "accounts", *(AccountRecord(external_id=id_, **facts) for id_, facts in rows)
            )
        deal = Opportunity(external_id="D", name="Big", amount=1200, currency="EUR", is_closed=False)
        link = OpportunityAccount(external_id="L", opportunity_external_id="D", account_external_id="2")
        await saved(session, crm, "deals", deal, link)


@pytest.fixture
def hub(database_url, settings):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(settings.data_dir)}

    async def hub(line: str) -> str:
        """In a thread: a process for each command would take seconds."""
        arguments = shlex.split(line)[1:]
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return hub


async def test_the_commands_lead_from_the_queue_to_decisions_and_back(database, hub):
    await two_lists(database)
    mapping, reviewing, different, same, related, listing, measuring, withdrawing, again = COMMANDS
    assert "4 account records are 3 accounts" in await hub(mapping)

    waiting = await hub(reviewing)

    for told in ("Acme Rockets", "1200 EUR", "form: LLC / JSC", "hub decide crm:2 'partner list:9' same"):
        assert told in waiting
    (first,) = re.findall(r"decision_([0-9a-f-]{36}) stands", await hub(different))
    await hub(same)
    await hub(related)
    listed = await hub(listing)
    assert (listed.count(first), listed.count("a franchise of theirs"), listed.count("parent of")) == (1, 1, 1)
    measured = await hub(measuring)
    assert "4 account records are 3 accounts" in measured
    assert re.search(r"precision +│ unknown +│ 0 of 1", measured)
    assert "No match waits" in await hub(reviewing)

    assert "Withdrawn" in await hub(withdrawing.replace("DECISION", first))

    assert "4 account records are 2 accounts" in await hub(again)
    assert first not in await hub(listing)
    async with database.session() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.number))).all()
    assert [each.action for each in events] == [*["decide"] * 3, "decide withdraw"]
    assert events[-1].ids == [f"decision_{first}"]


async def test_what_the_commands_cannot_do_they_say(database, hub):
    await two_lists(database)
    assert "Nothing was decided yet" in await hub("hub decide")
    for line, error, told in (
        ("crm:3 crm:1 same", NotFound, "no account record 'crm:3'"),
        ("crm:1 crm:1 same", InputError, "with itself"),
        ("crm:1 crm:2 same --relation brand_of", InputError, "that are RELATED"),
        ("crm:1", InputError, "Name two account records and a verdict"),
        ("--withdraw 7", InputError, "no decision's id"),
    ):
        with pytest.raises(error, match=told):
            await hub(f"hub decide {line}")
