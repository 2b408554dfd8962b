"""`hub serve`, run as an operator runs it: as processes, under load, with signals."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

HUB = Path(sys.executable).with_name("hub")
PATIENCE = 120
QUESTION = {"query": "query Orgs { organizations(first: 9) { nodes { name } } }"}
ANSWER = {"data": {"organizations": {"nodes": [{"name": "Home Inc."}]}}}


def _command(process: psutil.Process) -> list[str]:
    """Nothing, once the process ended."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


@dataclass
class Served:
    process: subprocess.Popen
    url: str
    log: Path
    headers: dict[str, str] = field(default_factory=dict)

    def children(self) -> list[psutil.Process]:
        return [each for each in psutil.Process(self.process.pid).children() if "hub.cli" in _command(each)]

    def ended(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "HUB_DATABASE_URL": database_url,
        "HUB_DATA_DIR": str(tmp_path / "data"),
        "HUB_PORT": "0",
        "COLUMNS": "200",
    }
    subprocess.run([HUB, "init", "Home Inc."], env=environment, check=True, capture_output=True)  # noqa: S603
    return environment


@contextmanager
def served(environment: dict[str, str], tmp_path: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    log = tmp_path / "serve.log"
    made = subprocess.run(  # noqa: S603 - our own command
        [HUB, "key", "create", "test"], env=environment, check=True, capture_output=True, text=True
    )
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [HUB, "serve", *arguments],
            env={**environment, **settings},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        url = re.search(r"http://[^/]+", process.stdout.readline())[0]
        yield Served(process, url, log, {"Authorization": f"Bearer {made.stdout.strip()}"})
    finally:
        process.kill()
        process.communicate()


@dataclass
class Load:
    """Clients that ask one question after the other, each on a connection of its own, until told to stop."""

    to: Served
    answers: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    async def client(self, retries: int) -> None:
        async with httpx.AsyncClient(headers=self.to.headers, timeout=60) as http:
            while not self.stopped:
                self.answers[await self.answer(http, retries)] += 1

    async def answer(self, http: httpx.AsyncClient, retries: int) -> str:
        """What a client makes of an answer; it asks again where the connection broke or the server is not there."""
        try:
            response = await http.post(f"{self.to.url}/graphql", json=QUESTION)
        except httpx.TransportError as error:
            if retries:
                return await self.answer(http, retries - 1)
            return repr(error)
        if response.status_code == 503 and retries:
            return await self.answer(http, retries - 1)
        return "right" if response.json() == ANSWER else response.text

    async def until(self, answers: int) -> None:
        """Wait until so many more were answered."""
        wanted = self.answers.total() + answers
        async with asyncio.timeout(PATIENCE):
            while self.answers.total() < wanted:  # noqa: ASYNC110 - a condition, polled
                await asyncio.sleep(0.01)


async def started_again(served: Served, before: set[int]) -> set[int]:
    """The ids of the processes that answer, once there are as many as before, and not the same."""
    async with asyncio.timeout(PATIENCE):
        while True:
            now = {each.pid for each in served.children()}
            if len(now) == len(before) and now != before:
                return now
            await asyncio.sleep(0.05)


async def test_clients_of_a_killed_process_see_only_errors_that_a_retry_cures(environment, tmp_path):
    with served(environment, tmp_path, "--processes", "2") as hub:
        before = {each.pid for each in hub.children()}
        load = Load(hub)
        clients = [asyncio.create_task(load.client(retries=1)) for _ in range(6)]
        await load.until(30)
        os.kill(min(before), signal.SIGKILL)
        await load.until(30)
        await started_again(hub, before)
        await load.until(10)
        load.stopped = True
        await asyncio.gather(*clients)
        hub.process.send_signal(signal.SIGTERM)
        code = hub.ended()

    assert set(load.answers) == {"right"}
    assert code == 0
    assert '"serving process ended"' in hub.log.read_text()


async def test_a_process_that_is_asked_to_end_under_load_loses_no_request(environment, tmp_path):
    with served(environment, tmp_path, "--processes", "2") as hub:
        before = {each.pid for each in hub.children()}
        load = Load(hub)
        clients = [asyncio.create_task(load.client(retries=0)) for _ in range(6)]
        await load.until(30)
        os.kill(min(before), signal.SIGTERM)
        await started_again(hub, before)
        await load.until(10)
        load.stopped = True
        await asyncio.gather(*clients)

    assert set(load.answers) == {"right"}


def counted(hub: Served, token: str) -> list[str]:
    """How often the question was answered, as whichever process is asked says."""
    told = httpx.get(f"{hub.url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=60).text
    return re.findall(r'hub_operations_total{.*operation="Orgs".*} (\S+)', told)


def test_all_processes_count_as_one_and_stop_as_one(environment, tmp_path):
    token = "a-token-of-some-length"
    with served(environment, tmp_path, "--processes", "2", HUB_METRICS_TOKEN=token) as hub:
        for _ in range(6):
            assert httpx.post(f"{hub.url}/graphql", json=QUESTION, headers=hub.headers, timeout=60).json() == ANSWER
        until = time.monotonic() + PATIENCE
        while counted(hub, token) != ["6.0"]:
            assert time.monotonic() < until
        without = httpx.get(f"{hub.url}/metrics", timeout=60)
        children = hub.children()
        hub.process.send_signal(signal.SIGINT)
        code = hub.ended()

    assert without.status_code == 404
    assert code == 0
    assert not any(each.is_running() for each in children)


def test_processes_end_with_the_one_that_started_them(environment, tmp_path):
    with served(environment, tmp_path, "--processes", "2") as hub:
        children = hub.children()
        hub.process.kill()
        _, alive = psutil.wait_procs(children, PATIENCE)

    assert len(children) == 2
    assert alive == []


def test_where_no_process_starts_it_is_told_and_the_command_ends(environment, tmp_path):
    arguments = [HUB, "serve", "--processes", "2"]
    settings = {"OTEL_TRACES_EXPORTER": "zipkin"}
    run = subprocess.run(  # noqa: S603 - our own command
        arguments, env={**environment, **settings}, capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert "OTEL_TRACES_EXPORTER is zipkin" in run.stderr
    assert "Traceback" not in run.stderr


def test_one_process_serves_and_stops_and_logs_what_it_is_asked_to(environment, tmp_path):
    settings = {"HUB_ACCESS_LOG": "true", "HUB_SLOW_OPERATION": "0", "HUB_LOG_LEVEL": "debug"}
    with served(environment, tmp_path, **settings) as hub:
        answer = httpx.post(f"{hub.url}/graphql?secret=1", json=QUESTION, headers=hub.headers, timeout=60)
        httpx.post(f"{hub.url}/graphql", json=QUESTION, timeout=60)
        hub.process.send_signal(signal.SIGTERM)
        code = hub.ended()

    lines = hub.log.read_text()
    assert answer.json() == ANSWER
    assert code == 0
    assert '"event": "slow operation"' in lines
    assert '"path": "/graphql", "status": 200' in lines
    assert '"code": "UNAUTHENTICATED", "status": 401, "event": "refused", "level": "debug"' in lines
    assert "secret" not in lines
    assert hub.headers["Authorization"].rpartition("_")[2] not in lines
