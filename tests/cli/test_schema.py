from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.schema.sdl import sdl


def hub(*words: object, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["schema", *map(str, words)], input=given)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.graphql"
    path.write_text(sdl())
    return path


def test_the_schema_is_printed_whole():
    assert hub().stdout == sdl()


def test_a_schema_that_breaks_nothing_ends_well(old):
    same = hub("diff", old)

    assert same.exit_code == 0
    assert same.stdout == "0 breaking, 0 announced, 0 dangerous, 0 safe.\n"


def test_what_breaks_clients_is_told_and_fails(old, tmp_path):
    new = tmp_path / "new.graphql"
    new.write_text(sdl().replace("  mapAccounts(", "  mapAll("))

    broken = hub("diff", old, new)

    assert broken.exit_code == 1
    assert broken.stdout.splitlines() == [
        "breaking   Field Mutation.mapAccounts was removed.",
        "safe       Field Mutation.mapAll was added.",
        "1 breaking, 0 announced, 0 dangerous, 1 safe.",
    ]


def test_what_was_deprecated_may_go(old):
    before = sdl().replace("type Mutation {", 'type Mutation {\n  old: Int @deprecated(reason: "Use runSync.")')

    gone = hub("diff", "-", given=before)

    assert gone.exit_code == 0
    assert "announced  Field Mutation.old was removed." in gone.stdout


def test_what_a_partners_tool_would_lack_is_told(old):
    lacking = hub("--role", "partner_tool", "diff", old)

    assert lacking.exit_code == 1
    assert "breaking   Field Query.auditEvents was removed." in lacking.stdout


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert hub("diff", tmp_path / "none.graphql").exit_code == 2
