"""What docs/account-mapping.md says that `hub explain` prints, and what the command says besides."""

import asyncio
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.errors import InputError, NotFound
from hub.jobs.mapping import map_accounts
from hub.model import AccountRecord
from hub.store import connections
from hub.store.database import Database
from tests.builders import SEALER, a_home, saved

TEXT = (Path(__file__).parents[1] / "docs" / "account-mapping.md").read_text()
EXAMPLES = re.findall(r"```console\n\$ (hub explain [^\n]*)\n(.*?)```", TEXT, re.DOTALL)
RECORDS = {
    "crm": [
        {"external_id": "10", "name": "Acme Pumps", "website": "acme-pumps.example", "country": "DE"},
        {"external_id": "11", "name": "Bolt Rockets", "website": "bolt-rockets.example", "duns": "123456780"},
        {"external_id": "12", "name": "Zebra Foods", "duns": "323456780"},
        {"external_id": "13", "name": "Quantum Rocketry", "country": "FR"},
    ],
    "partner list": [
        {"external_id": "70", "name": "ACME Pumps", "country": "Germany", "duns": "323456780"},
        {"external_id": "71", "name": "Bolt Rockets Inc", "website": "bolt-rockets.example", "duns": "223456780"},
        {"external_id": "72", "name": "Quantum Rockettry", "country": "Germany", "website": "quantum.example"},
    ],
}


@pytest.fixture
async def mapped(database: Database) -> None:
    async with database.session() as session:
        home = await a_home(session)
        about = {"connector": "file", "owner_id": home, "subject_id": home, "config": {}, "secrets": {}}
        for name, rows in RECORDS.items():
            connection = await connections.connect(session, SEALER, name=name, **about)
            await saved(session, connection, "accounts", *(AccountRecord(**facts) for facts in rows))
    await map_accounts(database)


@pytest.fixture
def hub(mapped, database_url, settings):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(settings.data_dir)}

    async def hub(line: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, app, shlex.split(line)[1:], env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return hub


async def test_the_command_says_what_its_documentation_shows(hub):
    assert len(EXAMPLES) == 4
    for line, shown in EXAMPLES:
        printed = [told.rstrip() for told in (await hub(line)).splitlines()]
        assert [told for told in shown.splitlines() if told.rstrip() not in printed] == [], printed


async def test_a_doubtful_pair_is_left_to_a_person_and_a_program_is_told_the_same(hub):
    told = await hub("hub explain crm:13 'partner list:72'")
    assert "A person should decide: hub decide crm:13 'partner list:72' same" in told
    facts = json.loads(await hub("hub explain 'partner list:72' crm:13 --json"))
    assert (facts["left"]["name"], facts["reason"], facts["ruleVerdict"]) == (
        "Quantum Rockettry",
        "TOO_LITTLE",
        "UNSURE",
    )
    assert facts["bits"] + facts["missing"] == facts["rules"]["same"]
    (near,) = json.loads(await hub("hub explain crm:13 --json"))["nearest"]
    assert (near["record"]["externalId"], near["bits"]) == ("72", facts["bits"])


async def test_what_cannot_be_explained_it_says(hub):
    for line, error, told in (
        ("crm:99", NotFound, "no account record 'crm:99'"),
        ("crm:10 crm:10", InputError, "with itself"),
    ):
        with pytest.raises(error, match=told):
            await hub(f"hub explain {line}")


def test_a_graphql_document_is_explained_without_a_database(tmp_path):
    (tmp_path / "query.graphql").write_text("{ accounts(first: 3) { nodes { name } } }")
    told = CliRunner().invoke(app, ["documents", "explain", str(tmp_path / "query.graphql")])
    assert told.exit_code == 0, told.output
    assert "one SQL statement" in told.output
