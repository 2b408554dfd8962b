"""`hub connect file`, in this process."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.errors import InputError, NotFound

FIRST = "Firma,Webseite,Land,Notizen\nAcme Inc.,acme.example,US,secret\n"
SECOND = "Firma,Webseite,Land,Fax\nAcme Inc.,acme.example,US,7\nBolt GmbH,bolt.example,DE,8\n"


@pytest.fixture
def hub(database_url: str, tmp_path: Path):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}

    def run(*words: object, answers: str = "") -> str:
        result = CliRunner().invoke(app, list(map(str, words)), input=answers, env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    run("init", "Home Inc.")
    return run


@pytest.fixture
def connect(hub, tmp_path: Path):
    def run(name: str, content: str, *options: str, answers: str = "") -> str:
        (tmp_path / name).write_text(content)
        return hub("connect", "file", tmp_path / name, "--organization", "Partner Ltd.", *options, answers=answers)

    return run


def read_as(shown: str, header: str) -> str:
    (line,) = (line for line in shown.splitlines() if line.startswith(f"│ {header} "))
    return line.split("│")[2].strip()


def test_what_a_person_said_of_the_columns_is_used_for_the_organizations_next_list(connect, hub):
    shown = connect("a.csv", FIRST, "--column", "Land=region", "--column", "Notizen=-", "--update", "--yes")
    assert (read_as(shown, "Land"), read_as(shown, "Notizen")) == ("region", "left out")
    assert "before" not in shown

    again = connect("b.csv", FIRST, "--replace", "--yes")
    assert (read_as(again, "Land"), read_as(again, "Notizen")) == ("region", "left out")
    assert "Columns are read as they were for this organization before" in again
    assert "since then" not in again

    changed = connect("c.csv", SECOND, "--replace", "--yes")
    assert (read_as(changed, "Land"), read_as(changed, "Fax")) == ("region", "kept as it is")
    assert "New since then: Fax." in changed
    assert "Gone since then: Notizen." in changed
    assert "2" in hub("sync")


def test_what_missing_rows_mean_is_asked_for_and_never_assumed(connect, hub):
    with pytest.raises(InputError, match=r"--replace, they are gone, or --update, nothing"):
        connect("a.csv", FIRST, "--yes")
    assert "Connected" in connect("a.csv", FIRST, answers="n\ny\n")


def test_nothing_is_written_before_one_agrees(connect, hub):
    shown = connect("a.csv", FIRST, "--update", answers="n\n")
    assert "Firma" in shown
    assert "Connected" not in shown
    with pytest.raises(NotFound, match="Nothing is connected yet"):
        hub("sync")


def test_a_file_that_is_not_there_is_one_clear_line(hub):
    with pytest.raises(InputError, match=r"^none.csv cannot be read: No such file or directory.$"):
        hub("connect", "file", "none.csv", "--organization", "Partner Ltd.", "--replace", "--yes")


def test_cells_are_shown_in_short_and_do_nothing_to_the_terminal(connect):
    shown = connect("a.csv", f"Firma,Notizen\n\x1b[2JAcme,{'x' * 900}\n", "--replace", "--yes")
    assert "\x1b" not in shown
    assert f"{'x' * 40}…" in shown


def test_a_sheet_is_for_workbooks(connect):
    with pytest.raises(InputError, match="is no workbook"):
        connect("a.csv", FIRST, "--replace", "--yes", "--sheet", "Accounts")


@pytest.mark.parametrize("rows", ["A hub\nIt copies systems\n", "A hub, of systems\nIt copies\nand, maps\nthem\n"])
def test_prose_is_no_list_of_accounts_unless_somebody_says_so(connect, rows: str):
    with pytest.raises(InputError, match="may be no list of accounts"):
        connect("README.md", f"# Ecosystem hub\n{rows}", "--replace", "--yes")
    told = connect("README.md", f"# Ecosystem hub\n{rows}", "--replace", "--yes", "--column", "# Ecosystem hub=name")
    assert "Connected" in told
