"""A list of which most is gone: what `hub sync`, `hub status` and `hub issues` say, in 80 columns and as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.cli.terminal import configure_logging
from hub.errors import InputError, NotFound

CUSTOMERS = "The customers of a partner with a long name"


@pytest.fixture
def hub(database_url: str, tmp_path: Path):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "80"}

    configure_logging("warning")

    def run(*words: object, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(map(str, words)), env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def test_removals_that_wait_for_a_person_are_no_success_and_what_to_do_can_be_copied(hub, tmp_path: Path):
    lines = ["Name,Website", *(f"Acme {number},acme{number}.example" for number in range(30))]
    list_ = tmp_path / "list.csv"
    list_.write_text("\n".join([*lines, ""]))
    hub("init", "Home Inc.")
    hub("connect", "file", list_, "--organization", "Partner Ltd.", "--name", CUSTOMERS, "--replace", "--yes")
    hub("sync")
    list_.write_text("\n".join([*lines[:6], ""]))

    assert "25 removals held back: hub issues" in hub("sync", code=3)
    (run,) = json.loads(hub("sync", "--json", code=3))["runs"]
    assert (run["connection"], run["stream"], run["heldBack"], run["gone"]) == (CUSTOMERS, "accounts", 25, 0)
    assert "removals held back" in hub("status")
    told = json.loads(hub("status", "--json"))
    assert told["openIssues"] == {"MASS_REMOVAL": 1}
    assert [(each["connection"], each["removalsHeldBack"]) for each in told["streams"]] == [(CUSTOMERS, True)]

    (issue,) = json.loads(hub("issues", "--json"))["issues"]
    shown = hub("issues")
    assert issue["id"] in shown
    assert f"hub sync '{CUSTOMERS}' --stream accounts --accept-removals" in shown
    with pytest.raises(NotFound, match="issue_ffff"):
        hub("issues", "--resolve", "ffff")
    with pytest.raises(InputError, match="is no id"):
        hub("issues", "--resolve", "%")
    assert "Closed" in hub("issues", "--resolve", issue["id"][:14])
    assert "no open issues" in hub("issues", "--resolve", issue["id"]) + hub("issues")

    hub("sync", "--accept-removals")
    assert "removals held back" not in hub("status")


def test_a_connection_that_ends_takes_along_what_it_said_and_leaves_the_rest(hub, tmp_path: Path):
    hub("init", "Home Inc.")
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(f"Name,Website\nAcme,acme.example\nOf {name},{name}.example\n")
        hub("connect", "file", tmp_path / f"{name}.csv", "--organization", name, "--replace", "--yes")
    hub("sync")
    assert "4 account records are 3 accounts" in hub("map")
    assert "2 payloads" in hub("disconnect", "one", "--yes")
    assert "2 account records are 2 accounts" in hub("map")
    assert [each["connection"] for each in json.loads(hub("status", "--json"))["streams"]] == ["two"]
    assert "disconnect" in hub("audit", "list")
    with pytest.raises(NotFound, match="There is no connection 'one'"):
        hub("disconnect", "one", "--yes")
    replayed = hub("replay")
    assert "two: looked at 2 payloads of 1 stream." in replayed
    assert "Nothing would change" in replayed
