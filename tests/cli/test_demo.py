"""The demo, run as a user runs it: as a process with an embedded PostgreSQL of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

HUB = Path(sys.executable).with_name("hub")

FIRST_QUERY = """{ accounts(first: 5) { totalCount nodes { id name domain
  records(first: 10) { nodes { name externalId connection { connector organization { name } } } }
  opportunities(first: 3) { nodes { name stage amount { amount currency } } } } } }"""

EVERY_RECORD = """query ($after: String) { accountRecords(first: 100, after: $after) {
  nodes { externalId connection { name } account { id } } pageInfo { endCursor hasNextPage } } }"""


README = Path(__file__).parents[2] / "README.md"


@contextmanager
def demo(folder: Path, until: str, accounts: int = 200) -> Iterator[tuple[subprocess.Popen, list[str]]]:
    """A demo that has printed a line with `until`; killed at the end if it still runs."""
    command = [HUB, "demo", "--accounts", str(accounts), "--port", "0"]
    environment = {**os.environ, "HOME": str(folder), "HUB_DATA_DIR": str(folder / "data"), "COLUMNS": "200"}
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if until in line:
            break
    try:
        assert until in lines[-1], "".join(lines)
        yield process, lines
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def url_in(lines: list[str]) -> str:
    return re.search(r"http://\S+/graphql", lines[-1])[0]


def asked(url: str, query: str, **variables: object) -> dict:
    answer = httpx.post(url, json={"query": query, "variables": variables}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def accounts_by_record(url: str) -> dict[tuple[str, str], str]:
    found, after = [], None
    while True:
        page = asked(url, EVERY_RECORD, after=after)["accountRecords"]
        found += [((node["connection"]["name"], node["externalId"]), node["account"]["id"]) for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert max(Counter(key for key, _ in found).values()) == 1
            return dict(found)
        after = page["pageInfo"]["endCursor"]


def as_groups(accounts: dict[tuple[str, str], str]) -> set[frozenset[tuple[str, str]]]:
    groups: dict[str, set[tuple[str, str]]] = {}
    for record, account in accounts.items():
        groups.setdefault(account, set()).add(record)
    return {frozenset(group) for group in groups.values()}


@pytest.fixture(scope="module")
def undisturbed(folder_of_ours: Path) -> Path:
    return folder_of_ours / "undisturbed"


def test_the_demo_answers_the_first_query_and_stops_cleanly(undisturbed: Path):
    with demo(undisturbed, "Ready after") as (process, lines):
        answer = asked(url_in(lines), FIRST_QUERY)
        process.send_signal(signal.SIGTERM)
        rest = process.communicate()[0]

    assert answer["accounts"]["totalCount"] > 50
    assert len(answer["accounts"]["nodes"]) == 5
    assert process.returncode == 0
    assert "Stopped" in rest
    assert any("precision" in line for line in lines)


def test_a_demo_killed_in_its_sync_comes_to_the_same_accounts_with_the_same_ids(
    undisturbed: Path, folder_of_ours: Path
):
    with demo(undisturbed, "Ready after") as (_, lines):
        expected = accounts_by_record(url_in(lines))
    with demo(folder_of_ours / "disturbed", "Salesforce synced"):
        pass
    with demo(folder_of_ours / "disturbed", "Ready after") as (_, lines):
        first = accounts_by_record(url_in(lines))
    with demo(folder_of_ours / "disturbed", "connected"):
        pass
    with demo(folder_of_ours / "disturbed", "Ready after") as (_, lines):
        second = accounts_by_record(url_in(lines))

    assert as_groups(first) == as_groups(expected)
    assert second == first


def test_the_readme_s_query_has_the_readme_s_answer(folder_of_ours: Path):
    blocks = dict(re.findall(r"```(graphql|json)\n(.*?)```", README.read_text(), re.DOTALL))
    with demo(folder_of_ours / "readme", "Ready after", accounts=2000) as (_, lines):
        answer = asked(url_in(lines), blocks["graphql"])

    assert {"data": answer} == json.loads(blocks["json"])


def test_a_port_that_is_taken_is_one_clear_line(undisturbed: Path):
    with demo(undisturbed, "Ready after") as (_, lines):
        port = url_in(lines).rpartition(":")[2].partition("/")[0]
        second = subprocess.run(  # noqa: S603 - our own command
            [HUB, "demo", "--port", port], capture_output=True, text=True, check=False
        )

    assert second.returncode == 1
    assert second.stderr.startswith("hub: Cannot listen on")
