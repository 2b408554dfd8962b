"""What commands print, whatever they print it on and whatever sources said."""

import io

import pytest
from rich.console import Console

from hub.cli import terminal
from hub.cli.terminal import plain, quantity_of, show_table, spelled, tell

LONG = "opportunity_contact_roles_of_a_very_long_name"
ID = "issue_01a20467-52ab-7c7b-a3ab-0123456789ab"


@pytest.fixture
def screen(monkeypatch):
    """Prints on what is a terminal or none, of so many columns; gives what was printed."""

    def put(*, is_terminal: bool, width: int = 80) -> io.StringIO:
        printed = io.StringIO()
        screen = Console(file=printed, force_terminal=is_terminal, width=width, color_system=None)
        monkeypatch.setattr(terminal, "console", screen)
        return printed

    return put


def test_a_table_is_never_cut_where_there_is_no_terminal(screen):
    printed = screen(is_terminal=False)
    show_table(("Id", "Stream", "Read", "What"), [(ID, LONG, 1200, "x" * 300)])
    row = printed.getvalue().splitlines()[3]
    assert ID in row
    assert LONG in row
    assert "x" * 300 in row
    assert "1,200 │" in row


def test_in_a_terminal_cells_are_folded_and_nothing_is_left_out(screen):
    printed = screen(is_terminal=True)
    show_table(("Id", "Stream", "Read", "What"), [(ID, LONG, 1200, "ÿ" * 300)])
    assert "…" not in printed.getvalue()
    assert printed.getvalue().count("ÿ") == 300
    assert max(map(len, printed.getvalue().splitlines())) <= 80


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Acme\nAccount 0018d B: Hub_Id__c — → 7", r"Acme\nAccount 0018d B: Hub_Id__c — → 7"),
        ("\x1b[2J\x1b[31mred", r"\x1b[2J\x1b[31mred"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
        ("one\u2028two\rthree", r"one\u2028two\rthree"),
        ("Société Générale 株式会社 [bold]", "Société Générale 株式会社 [bold]"),
    ],
)
def test_what_a_source_said_forges_no_line_and_commands_no_terminal(screen, said: str, shown: str):
    printed = screen(is_terminal=True, width=300)
    tell(said)
    show_table(("Name",), [(said,)])
    assert plain(said) == shown
    assert printed.getvalue().count(shown) == 2
    assert printed.getvalue().count("\n") == 6


def test_a_long_line_is_left_to_the_terminal_to_wrap_so_that_a_command_in_it_can_be_copied(screen):
    printed = screen(is_terminal=True)
    tell(f"If that is right: hub sync {'a name ' * 20}--accept-removals")
    assert printed.getvalue().count("\n") == 1


def test_one_is_not_many():
    assert (quantity_of(1, "row"), quantity_of(1200, "row")) == ("1 row", "1,200 rows")
    assert spelled("records_to_change") == "recordsToChange"
