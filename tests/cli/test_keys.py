"""`hub key` and `hub audit`, run in this process: what they print is what a user sees."""

import json

import psycopg
import pytest

from hub.cli import main
from hub.cli.operator import operator


@pytest.fixture
def hub(database_url, tmp_path, monkeypatch, capfd):
    for name, value in {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path), "COLUMNS": "250"}.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["hub", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        assert (ended.value.code or 0) == code, told.out + told.err
        return told.out if code == 0 else told.err

    run("init", "Home Inc.")
    return run


def test_a_keys_life_from_its_making_to_its_end(hub):
    key = hub("key", "create", "reports", "--scope", "account:read", "--network", "192.0.2.0/24", "--expires", "90d")
    prefix, _, secret = key.strip().rpartition("_")
    listed = hub("key", "list")
    assert all(told in listed for told in ("reports", prefix, "Home Inc.", "frontend", "account:read", "192.0.2.0/24"))
    assert secret not in listed
    assert "already" in hub("key", "create", "reports", code=1)

    new = hub("key", "rotate", "reports", "--overlap", "24h", "--expires", "never").strip()
    assert new.startswith(prefix)
    assert new != key.strip()
    assert "rotating" in hub("key", "list")
    assert "revoked" in hub("key", "revoke", "reports")
    assert "revoked" in hub("key", "list")
    assert "no valid key" in hub("key", "revoke", "reports", code=1)

    head = hub("audit", "verify").strip()
    assert head.startswith("3:")
    assert hub("audit", "verify", "--head", head).strip() == head
    events = [json.loads(line) for line in hub("audit", "export").splitlines()]
    assert [(each["action"], each["ids"]) for each in events] == [
        ("key create", [prefix]),
        ("key rotate", [prefix]),
        ("key revoke", [prefix]),
    ]
    assert {each["client"] for each in events} == {operator()}
    assert "key rotate" in hub("audit", "list", "--most", "2")
    assert "key create" not in hub("audit", "list", "--most", "2")
    assert secret not in json.dumps(events)
    assert "is not a head" in hub("audit", "verify", "--head", "x", code=1)


def test_a_key_for_a_browser_is_bound_to_the_documents_of_its_app(hub, database_url):
    hub("key", "create", "web", "--app", "web", "--documents-only")
    hub("key", "create", "free")

    with psycopg.connect(database_url) as connection:
        bound = connection.execute("select name, app, documents_only from api_key order by name").fetchall()
    assert bound == [("free", None, False), ("web", "web", True)]
    assert "only web" in hub("key", "list")


def test_a_partners_key_is_a_partners_tool(hub, tmp_path):
    (tmp_path / "list.csv").write_text("Company,Website\nAcme,acme.example\n")
    hub("connect", "file", str(tmp_path / "list.csv"), "--organization", "Partner Ltd.", "--replace", "--yes")

    hub("key", "create", "theirs", "--organization", "Partner Ltd.", "--expires", "0m")
    listed = hub("key", "list")
    assert "partner_tool" in listed
    assert "expired" in listed
    told = hub("key", "create", "more", "--organization", "Partner Ltd.", "--role", "admin", code=1)
    assert "partner_tool" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--scope", "account:fly"), "account:read"),
        (("--scope", "audit:read"), "cannot have audit:read"),
        (("--expires", "soon"), "no length of time"),
        (("--expires", "99999d"), "no length of time"),
        (("--network", "everywhere"), "a network is written"),
        (("--organization", "Nobody"), "no organization"),
    ],
)
def test_what_makes_no_key_is_told_in_a_line(hub, arguments, told):
    assert told in hub("key", "create", "reports", *arguments, code=1)


def test_the_schema_is_printed_as_a_role_knows_it(hub):
    assert "type RawRecord" in hub("schema")
    assert "type RawRecord" not in hub("schema", "--role", "partner_tool")


def test_an_operator_without_a_name_is_a_command_all_the_same(monkeypatch):
    def nameless() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert operator() == "cli"
