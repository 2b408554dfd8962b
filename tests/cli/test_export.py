"""Exports by processes, as users run them: the command, and the server that is killed while it writes."""

import asyncio
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from hub.model import Role
from hub.settings import Settings
from hub.store import keys, organizations
from hub.store.database import opened
from hub.store.keys import NewKey
from tests.accounts import many_accounts

HUB = Path(sys.executable).with_name("hub")
DOCUMENT = """{ accounts(first: 100) { nodes {
  id name domain createdAt records(first: 2) { nodes {
    id externalId name } } } } }"""
START = """mutation ($document: String!) { startExport(input: { document: $document }) {
  ... on StartExportPayload { export { id } } ... on UserError { message } } }"""
STATE = "query ($id: ID!) { node(id: $id) { ... on Export { state rows bytes url error } } }"
ROWS = 8_000
PATIENCE = 300
"""Seconds."""


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    url = settings.database_url.get_secret_value()
    own = {"HOME": str(tmp_path), "HUB_DATABASE_URL": url, "HUB_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}
    return {**os.environ, **own}


def given(settings: Settings, number: int) -> str:
    """So many accounts of a home organization, and a key that sees them."""

    async def make() -> str:
        async with opened(settings) as database:
            await many_accounts(database, number)
            async with database.session() as session:
                home = await organizations.home(session)
                return (await keys.create(session, NewKey(name="test", organization_id=home.id, role=Role.FRONTEND)))[0]

    return asyncio.run(make())


@pytest.fixture
def hub(environment: dict[str, str], tmp_path: Path):
    def hub(*arguments: str, code: int = 0) -> str:
        result = subprocess.run(  # noqa: S603 - our own command
            [HUB, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert result.returncode == code, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    return hub


def test_a_list_becomes_a_file(hub, settings: Settings, tmp_path: Path):
    given(settings, 250)
    (tmp_path / "accounts.graphql").write_text(DOCUMENT)

    told = hub("export", "accounts.graphql", "--output", "accounts.ndjson")
    hub("export", "accounts.graphql", "--output", "accounts.ndjson.gz")

    plain = (tmp_path / "accounts.ndjson").read_bytes()
    assert "accounts.ndjson has 250 rows." in told
    assert {json.loads(line)["name"] for line in plain.splitlines()} == {f"Company {n}" for n in range(1, 251)}
    assert gzip.decompress((tmp_path / "accounts.ndjson.gz").read_bytes()) == plain
    assert not list(tmp_path.glob("*.part"))


def test_what_cannot_be_exported_leaves_no_file(hub, settings: Settings, tmp_path: Path):
    given(settings, 1)
    (tmp_path / "wrong.graphql").write_text("{ accounts }")
    (tmp_path / "right.graphql").write_text(DOCUMENT)
    (tmp_path / "latin.graphql").write_bytes(b"# \xe9")

    assert "hub: Field 'accounts'" in hub("export", "wrong.graphql", "--output", "out", code=1)
    assert "cannot be read" in hub("export", "none.graphql", "--output", "out", code=1)
    assert "not UTF-8" in hub("export", "latin.graphql", "--output", "out", code=1)
    assert "cannot be written" in hub("export", "right.graphql", "--output", "nowhere/out", code=1)
    assert not list(tmp_path.glob("out*"))


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen, str]]:
    """A hub that serves; killed at the end if it still runs."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [HUB, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process, re.search(r"(http://\S+)/graphql", process.stdout.readline())[1]
    finally:
        process.kill()
        process.communicate()


def asked(url: str, key: str, query: str, **variables: str) -> dict:
    headers = {"Authorization": f"Bearer {key}"}
    asking = {"query": query, "variables": variables}
    answer = httpx.post(f"{url}/graphql", json=asking, headers=headers, timeout=PATIENCE).json()
    assert "errors" not in answer, answer
    return answer["data"]


def wait_for_a_chunk(database_url: str) -> None:
    end = time.monotonic() + PATIENCE
    with psycopg.connect(database_url, autocommit=True) as connection:
        while connection.execute("select chunks from export").fetchone()[0] == 0:
            assert time.monotonic() < end


def test_a_server_killed_while_it_writes_loses_nothing_and_writes_nothing_twice(settings, environment):
    key = given(settings, ROWS)
    database_url = settings.database_url.get_secret_value()
    with serving(environment) as (process, url):
        export_id = asked(url, key, START, document=DOCUMENT)["startExport"]["export"]["id"]
        wait_for_a_chunk(database_url)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with psycopg.connect(database_url) as connection:
        state, rows = connection.execute("select state, rows from export").fetchone()
    assert state == "RUNNING"
    assert 0 < rows < ROWS

    with serving(environment) as (_, url):
        end = time.monotonic() + PATIENCE
        export = asked(url, key, STATE, id=export_id)["node"]
        while export["state"] == "RUNNING" and time.monotonic() < end:
            time.sleep(0.2)
            export = asked(url, key, STATE, id=export_id)["node"]
        assert export["state"] == "SUCCEEDED", export
        file = httpx.get(url + export["url"]).content

    assert (export["rows"], export["bytes"]) == (ROWS, len(file))
    names = [json.loads(line)["name"] for line in gzip.decompress(file).splitlines()]
    assert len(names) == ROWS
    assert set(names) == {f"Company {n}" for n in range(1, ROWS + 1)}
