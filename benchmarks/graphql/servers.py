"""The servers that are compared: how each is started, what it costs, and how it is ended."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psutil
from database import Place
from queries import Query, Words
from tables import ORGANIZATIONS
from world import HOME

POOL = 10
"""Connections to PostgreSQL, for each server: as many as the hub keeps."""

TOKEN = secrets.token_hex(16)
"""What PostGraphile's caller presents."""

PATIENCE = 60
"""Seconds that a server has to give its first answer."""

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Kind:
    """A server as it is set up."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    path: str = "/"
    token: str | None = None
    words: Words = Words.HUB

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        given = {"Content-Type": "application/json"}
        return given | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    kind: Kind
    port: int
    process: psutil.Process
    start_up: float
    """Seconds from its start to its first answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.kind.path}"

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Status and body."""
        return _posted(self.port, self.kind, body)

    def memory(self) -> int:
        """Resident bytes of it and its children."""
        return sum(each.memory_info().rss for each in self._processes())

    def cpu(self) -> float:
        """Seconds that it and its children have computed."""
        return sum(sum(each.cpu_times()[:2]) for each in self._processes())

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def kinds(place: Place, node: Path, folder: Path) -> tuple[Kind, ...]:
    """The hub first, then what it is compared with."""
    database = place.environment | {"POOL": str(POOL), "ORGANIZATION": ORGANIZATIONS[HOME]}
    server = [str(node), str(FOLDER / "postgraphile" / "server.mjs")]
    grafserv = {name: value for name, value in database.items() if name != "ORGANIZATION"} | {"NODE_ENV": "production"}
    own = grafserv | {"ORGANIZATION": ORGANIZATIONS[HOME], "TOKEN": TOKEN}
    return (
        hub(place, folder, "benchmark", scale=100),
        Kind("PostGraphile 5, RLS", server, own, "/graphql", TOKEN, Words.POSTGRAPHILE),
        Kind("PostGraphile 5", server, grafserv, "/graphql", words=Words.POSTGRAPHILE_OPEN),
        Kind("hand-written", [sys.executable, str(FOLDER / "handwritten.py")], database),
    )


def hub(place: Place, folder: Path, name: str, *, scale: float) -> Kind:
    """The real app, as `hub serve` runs it, asked with a key of the home organization that has this name."""
    program = str(Path(sys.executable).with_name("hub"))
    environment = {"HUB_DATABASE_URL": place.measured, "HUB_DATA_DIR": str(folder), "HUB_LOG_LEVEL": "warning"}
    # Whole answers are not kept, since all ask the same; the budget may be that of a client which is all the load.
    environment |= {"HUB_RESULT_CACHE": "0", "HUB_BUDGET_SCALE": str(scale)}
    command = [program, "key", "create", name]
    made = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode:
        raise SystemExit(f"The hub makes no key: {made.stderr}")
    key = made.stdout.strip()
    return Kind("hub", [program, "serve", "--port", "{port}"], environment, "/graphql", key)


@contextmanager
def running(kind: Kind, query: Query, subject: str | None) -> Iterator[Server]:
    """The server, for as long as the context is open; it answers the query once before."""
    port = free_port()
    command = [part.format(port=port) for part in kind.command]
    body = query.body(subject, kind.words)
    with TemporaryFile("w+") as told, ExitStack() as ending:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the commands above
            command, env=os.environ | kind.environment | {"PORT": str(port)}, stdout=told, stderr=told
        )
        ending.callback(_end, process)
        _await_answer(process, port, kind, body, told)
        yield Server(kind, port, psutil.Process(process.pid), time.perf_counter() - started)


def _await_answer(process: subprocess.Popen[bytes], port: int, kind: Kind, body: bytes, told: IO[str]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            status, _ = _posted(port, kind, body)
        except OSError:
            time.sleep(0.01)
            continue
        if status == http.client.OK:
            return
        time.sleep(0.01)
    told.seek(0)
    raise SystemExit(f"{kind.name} does not answer:\n{told.read()[-2000:]}")


def _posted(port: int, kind: Kind, body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", kind.path, body, kind.headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, answer


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
