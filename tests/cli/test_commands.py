"""The commands, run as a user runs them: as processes."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import COMMANDS, app

HUB = Path(sys.executable).with_name("hub")

LIST = """\
Account Name,Website,Country,Shoe size
Acme Inc.,acme.example,US,44
Bolt GmbH,bolt.example,DE,45
only one cell
"""


@pytest.fixture
def hub(database_url: str, tmp_path: Path):
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "HUB_DATABASE_URL": database_url,
        "HUB_DATA_DIR": str(tmp_path / "data"),
        "COLUMNS": "200",
    }

    def run(*arguments: str, code: int = 0, **settings: str) -> str:
        result = subprocess.run(  # noqa: S603 - our own command
            [HUB, *arguments],
            env={**environment, **settings},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == code, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    return run


def test_from_a_partners_list_to_accounts(hub, tmp_path: Path):
    (tmp_path / "list.csv").write_text(LIST)
    assert "hub init" in hub(
        "connect", "file", "list.csv", "--organization", "Partner Ltd.", "--replace", "--yes", code=1
    )
    hub("init", "Home Inc.", "--domain", "home.example")

    shown = hub("connect", "file", "list.csv", "--organization", "Partner Ltd.", "--replace", "--yes")
    assert "Shoe size" in shown
    assert "2 rows" in shown

    assert "accounts" in hub("sync")
    assert "2 account records are 2 accounts" in hub("map")
    told = hub("status")
    assert "succeeded" in told
    assert "1 open issue: bad row" in told


def test_a_key_is_shown_once_and_can_be_revoked(hub):
    hub("init", "Home Inc.")
    key = hub("key", "create", "reports").split()[0]
    prefix, _, secret = key.rpartition("_")

    listed = hub("key", "list")
    assert prefix in listed
    assert secret not in listed
    hub("key", "revoke", prefix)
    assert "revoked" in hub("key", "list")
    assert "no valid key" in hub("key", "revoke", prefix, code=1)


def test_documents_are_pushed_all_or_none_and_can_be_removed(hub, tmp_path: Path):
    good = "query Names { accounts(first: 5) { nodes { name } } }"
    entries = {hashlib.sha256(text.encode()).hexdigest(): text for text in (good, "{ nothing }")}
    (tmp_path / "bad.json").write_text(json.dumps(entries))
    (tmp_path / "good.json").write_text(json.dumps({key: text for key, text in entries.items() if text == good}))
    id_ = f"sha256:{hashlib.sha256(good.encode()).hexdigest()}"

    assert "Nothing was stored" in hub("documents", "push", "--app", "web", "bad.json", code=1)
    assert "cannot be read" in hub("documents", "push", "--app", "web", "none.json", code=1)
    assert "1 document of 'web', 1 of them new" in hub("documents", "push", "--app", "web", "good.json")
    assert "known" in hub("documents", "push", "--app", "web", "good.json")
    assert id_ in hub("documents", "list", "--app", "web")
    assert "is removed" in hub("documents", "remove", "--app", "web", id_)
    assert id_ not in hub("documents", "list")


def test_the_schema_of_the_database_is_checked_and_upgraded(hub):
    assert "The schema is at 0020" in hub("db", "upgrade")
    assert "has the schema this hub expects" in hub("db", "check")


@pytest.mark.parametrize(
    "settings",
    [
        {"HUB_DATABASE_URL": "nonsense"},
        {"HUB_DATABASE_URL": "postgresql://hub:s3cret@127.0.0.1:1/hub"},
        {"HUB_DATABASE_URL": "", "HUB_DATA_DIR": "/dev/null/data"},
        {"HUB_PORT": "many"},
    ],
)
def test_a_wrong_setting_is_one_clear_line_and_exit_code_1(hub, settings: dict[str, str]):
    told = hub("status", code=1, **settings)

    assert told.startswith("hub: ")
    assert told.count("\n") == 1
    assert "s3cret" not in told


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_says_what_it_does(command: str):
    told = CliRunner().invoke(app, [*command.split(), "--help"])

    assert told.exit_code == 0
    assert "Usage" in told.output


def test_the_settings_are_listed(hub):
    assert "HUB_DATABASE_URL" in hub("settings")


def test_an_operation_is_explained(hub, tmp_path: Path):
    (tmp_path / "top.graphql").write_text("query Top { accounts(first: 3) { nodes { name } } }")

    told = hub("documents", "explain", "top.graphql")
    assert "one SQL statement" in told
    assert "account:read" in told
    assert "cannot be read" in hub("documents", "explain", "none.graphql", code=1)
    assert "not JSON" in hub("documents", "explain", "top.graphql", "--variables", "{", code=1)


def test_settings_tell_what_they_are_and_would_be_and_no_secret(hub, tmp_path: Path):
    told = hub("settings", HUB_SECRET_KEY="c2VjcmV0", HUB_PORT="8123")
    assert "c2VjcmV0" not in told
    (port,) = (line for line in told.splitlines() if "HUB_PORT " in line)
    assert "8123" in port
    assert "8000" in port
    assert str(tmp_path / ".local" / "share" / "ecosystem-hub") in told
    assert hub("--version").strip()
