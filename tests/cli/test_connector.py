"""`hub connector`, and the way of somebody else's connector into the hub."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.errors import InputError, NotFound


@pytest.fixture(autouse=True)
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Folders are made here, and what is imported from them is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in [name for name in sys.modules if name.startswith("hub_connector_")]:
        del sys.modules[name]


def hub(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def test_a_new_connector_is_bronze():
    assert "Next: `hub connector check hub-connector-acorn-crm`" in hub("connector", "new", "acorn_crm")
    assert "acorn_crm is bronze." in hub("connector", "check", "hub-connector-acorn-crm")


def test_its_own_tests_pass():
    hub("connector", "new", "acorn")
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    run = subprocess.run(tests, cwd="hub-connector-acorn", capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stdout
    assert "passed" in run.stdout


def test_a_claim_that_does_not_hold_is_told_and_refused():
    hub("connector", "new", "acorn")
    edit("hub-connector-acorn/hub_connector_acorn/client.py", "bytes(company)", 'b"{}"')
    told = hub("connector", "check", "hub-connector-acorn", code=1)
    assert "quality.toml says that reads-to-the-last-page is done: the kit does not see it." in told
    assert "acorn is below bronze." in told


def test_what_is_admitted_keeps_it_below_bronze():
    hub("connector", "new", "acorn")
    claim = 'reads-to-the-last-page = { state = "todo", reason = "Some day." }'
    edit("hub-connector-acorn/hub_connector_acorn/quality.toml", 'reads-to-the-last-page = "done"', claim)
    assert "acorn is below bronze." in hub("connector", "check", "hub-connector-acorn", code=1)


@pytest.mark.parametrize(
    ("name", "told"), [("Acorn", "is no name"), ("../acorn", "is no name"), ("hubspot", "has a connector 'hubspot'")]
)
def test_names_that_cannot_be_used_are_refused(name, told):
    with pytest.raises(InputError, match=told):
        hub("connector", "new", name)


def test_nothing_is_written_over():
    hub("connector", "new", "acorn")
    with pytest.raises(InputError, match="is there already"):
        hub("connector", "new", "acorn")


def test_a_folder_without_a_connector_and_a_wire_that_is_broken_are_named():
    hub("connector", "new", "acorn")
    edit("hub-connector-acorn/tests/wire.py", "def payloads", "def payload")
    with pytest.raises(InputError, match=r"wire\.py lacks payloads"):
        hub("connector", "check", "hub-connector-acorn")
    Path("hub-connector-acorn/tests/wire.py").unlink()
    with pytest.raises(NotFound, match=r"no tests/wire\.py"):
        hub("connector", "check", "hub-connector-acorn")
    edit("hub-connector-acorn/pyproject.toml", "hub.connectors", "other.things")
    with pytest.raises(InputError, match="declares none"):
        hub("connector", "check", "hub-connector-acorn")


def test_the_hubs_own_are_listed_with_their_levels():
    told = hub("connector", "list")
    assert "hubspot" in told
    assert "opportunity_lines" in told


@pytest.fixture
def api() -> Iterator[str]:
    """The API that the skeleton reads, on a socket."""

    class Acorn(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["Authorization"] == "Bearer an-acorn-key" and self.path == "/companies"
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(Path("hub-connector-acorn/tests/fixtures/accounts.json").read_bytes().join(LISTED))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Acorn) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


LISTED = (b'{"companies": ', b"}")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The skeleton, as a package on the path."""
    hub("connector", "new", "acorn")
    package = tmp_path / "hub-connector-acorn"
    metadata = package / "hub_connector_acorn-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: hub-connector-acorn\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text("[hub.connectors]\nacorn = hub_connector_acorn:CONNECTOR\n")
    monkeypatch.syspath_prepend(package)


def test_what_a_package_brings_is_connected_and_synced(installed, api, database_url, monkeypatch):
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_DATA_DIR", "data")
    monkeypatch.setenv("HUB_ACORN_API_KEY", "an-acorn-key")
    assert "the package hub-connector-acorn" in hub("connector", "list")
    hub("init", "Home Inc.")
    told = hub("connect", "other", "acorn", "--set", f"base_url={api}", "--secret", "api_key", "--yes")
    assert "3 companies" in told
    assert "succeeded" in hub("sync", "acorn")


def test_one_that_cannot_be_imported_does_not_keep_the_others_from_the_list(installed):
    edit("hub-connector-acorn/hub_connector_acorn/__init__.py", "from hub import model", "import no_such_thing")
    told = hub("connector", "list")
    assert "hubspot" in told
    assert "'acorn' of the package hub-connector-acorn cannot be imported (ModuleNotFoundError" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--set", "base_url"), "takes KEY=VALUE"),
        (("--set", "url=x"), "no setting 'url'. It has base_url: where the API is"),
        (("--set", "api_key=x"), "is a secret"),
        (("--secret", "base_url"), "is no secret"),
    ],
)
def test_settings_that_a_connector_does_not_declare_are_refused(arguments, told, installed):
    with pytest.raises(InputError, match=told):
        hub("connect", "other", "acorn", *arguments)


def test_a_connector_of_the_hubs_own_has_its_own_command():
    with pytest.raises(InputError, match="see `hub connect --help`"):
        hub("connect", "other", "hubspot", "--set", "base_url=x")
