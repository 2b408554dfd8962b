"""What migrations do to rows that are there already."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, make_url, text

from hub.store import migration
from tests.conftest import fresh_database

MIGRATIONS = Path(migration.__file__).parent / "migrations"


def upgraded(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.fixture
def before(server: str):
    """A connection to a database at a revision, which the test names."""
    with fresh_database(server) as url:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            yield connection
        engine.dispose()


def test_keys_made_before_roles_keep_what_they_could_do(before: Connection):
    upgraded(before, "0004")
    before.execute(text("insert into organization (name, is_home) values ('Home', true), ('Partner', false)"))
    for number, (name, owner, revoked) in enumerate(
        [("app", "Home", "null"), ("app", "Home", "null"), ("app", "Home", "now()"), ("tool", "Partner", "null")]
    ):
        before.execute(
            text(
                f"insert into api_key (name, prefix, digest, organization_id, revoked_at) "
                f"select '{name}', 'hub_{number}', '', id, {revoked} from organization where name = '{owner}'"
            )
        )
    upgraded(before, "0005")

    found = before.execute(text("select name, role, scopes, networks from api_key order by prefix")).all()
    assert [tuple(row) for row in found] == [
        ("app", "ADMIN", None, []),
        ("app hub_1", "ADMIN", None, []),
        ("app", "ADMIN", None, []),
        ("tool", "PARTNER_TOOL", None, []),
    ]
