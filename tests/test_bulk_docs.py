"""The examples of docs/bulk.md, run as they stand."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from graphql import parse, validate

from hub.app import serving
from hub.listening import listener_on
from hub.model import Role
from hub.schema.export_plan import planned
from hub.schema.schema import CORE
from hub.store import keys, organizations
from hub.store.keys import NewKey
from hub.store.sharing import Viewer
from tests.accounts import many_accounts

TEXT = (Path(__file__).parents[1] / "docs" / "bulk.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


def block(language: str, number: int = 0) -> str:
    return [text for kind, text in BLOCKS if kind == language][number]


def test_the_query_can_be_exported():
    assert planned(block("graphql"), CORE, Viewer.anonymous(uuid4())).rows == "nodes"


def test_the_mutation_is_valid():
    assert validate(CORE, parse(block("graphql", 1))) == []


async def test_the_program_prints_every_account(database, settings):
    await many_accounts(database, 120)
    async with database.session() as session:
        home = await organizations.home(session)
        key, _ = await keys.create(session, NewKey(name="test", organization_id=home.id, role=Role.FRONTEND))
    async with serving(database, settings, listener_on("127.0.0.1", 0)) as url:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            block("python"),
            env={**os.environ, "HUB_URL": url, "HUB_KEY": key},
            stdout=subprocess.PIPE,
        )
        printed, _ = await program.communicate()

    assert {line.split(" ", 1)[1] for line in printed.decode().splitlines()} == {f"Company {n}" for n in range(1, 121)}
