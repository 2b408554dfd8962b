"""What migrations do to rows that are there already."""

from pathlib import Path
from uuid import UUID

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
                # With ids in order: those made in one millisecond have none.
                f"insert into api_key (id, name, prefix, digest, organization_id, revoked_at) "
                f"select '{UUID(int=number)}', '{name}', 'hub_{number}', '', id, {revoked} "
                f"from organization where name = '{owner}'"
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


def test_lists_connected_before_other_formats_go_on(before: Connection):
    upgraded(before, "0001")
    before.execute(
        text("""
        insert into organization (name, is_home) values ('Home', true);
        insert into connection (name, connector, owner_id, subject_id, config, credentials, state)
        select kind, kind, id, id, '{"path": "/a.csv", "columns": {"name": "Firma"}}', '', 'ACTIVE'
        from organization, unnest(array['csv', 'hubspot']) kind
        """)
    )
    upgraded(before, "0008")

    found = before.execute(text("select name, connector, config from connection order by name")).all()
    assert [tuple(row) for row in found] == [
        ("csv", "file", {"path": "/a.csv", "columns": {"Firma": "name"}, "mode": "REPLACE"}),
        ("hubspot", "hubspot", {"path": "/a.csv", "columns": {"name": "Firma"}}),
    ]


def test_redirects_made_before_profiles_belong_to_those_who_must_have_known_the_retired_id(before: Connection):
    upgraded(before, "0001")
    before.execute(
        text("""
        insert into organization (id, name, is_home) values (:ours, 'Home', true), (:theirs, 'Partner', false);
        insert into connection (id, name, connector, owner_id, subject_id, config, credentials, state)
        select id, name, 'csv', id, id, '{}', '', 'ACTIVE' from organization;
        insert into raw_record (id, connection_id, stream, external_id, payload, digest, version, observed_at)
        select id, id, 'accounts', '1', '{}', '', 1, now() from organization;
        insert into account (id, name) values (:heir, 'Acme'), (:retired, 'Acme Inc.');
        insert into person (id, name) values (:heir, 'Ann'), (:other, 'Bob');
        insert into account_record (connection_id, raw_id, external_id, observed_at, custom, account_id)
        select id, id, '1', now(), '{}', :heir from organization;
        insert into contact_record (connection_id, raw_id, external_id, observed_at, custom, person_id)
        select id, id, '1', now(), '{}', :heir from organization;
        insert into contact_record (connection_id, raw_id, external_id, observed_at, custom, person_id)
        values (:theirs, :theirs, '2', now(), '{}', :other);
        insert into account_membership (record_id, account_id, valid_from, valid_to)
        select id, :retired, now(), now() from account_record where connection_id = :theirs;
        insert into account_redirect (retired_id, account_id, retired_at) values (:retired, :heir, now());
        insert into person_redirect (retired_id, person_id, retired_at)
        values (:retired, :heir, now()), (:ours, :other, now());
    """.replace(":ours", quoted(1)).replace(":theirs", quoted(2)).replace(":heir", quoted(3))
        .replace(":retired", quoted(4)).replace(":other", quoted(5)))
    )  # fmt: skip
    upgraded(before, "0002")

    accounts = before.execute(text("select owner_id, retired_id, account_id from account_redirect")).all()
    people = before.execute(text("select owner_id, retired_id, person_id from person_redirect")).all()
    assert [tuple(map(number, row)) for row in accounts] == [(2, 4, 3)]
    assert [tuple(map(number, row)) for row in people] == [(2, 1, 5)]


def quoted(number: int) -> str:
    return f"'{UUID(int=number)}'"


def number(id_: UUID) -> int:
    return id_.int


def test_whether_leads_were_converted_is_unknown_where_the_source_never_said(before: Connection):
    upgraded(before, "0013")
    before.execute(
        text("""
        insert into organization (name, is_home) values ('Home', true);
        insert into connection (name, connector, owner_id, subject_id, config, credentials, state)
        select kind, kind, id, id, '{}', '', 'ACTIVE' from organization, unnest(array['hubspot', 'salesforce']) kind;
        insert into raw_record (connection_id, stream, external_id, payload, digest, version, observed_at)
        select id, 'leads', 'L', '{}', '', 1, now() from connection;
        insert into lead (connection_id, raw_id, external_id, observed_at, is_converted)
        select connection_id, id, 'L', now(), false from raw_record
        """)
    )
    upgraded(before, "0014")

    found = before.execute(
        text("select name, is_converted from lead join connection on connection.id = connection_id order by name")
    ).all()
    assert [tuple(row) for row in found] == [("hubspot", None), ("salesforce", False)]


def test_of_two_fields_that_make_rows_of_a_stream_the_one_enabled_first_remains(before: Connection):
    upgraded(before, "0015")
    before.execute(
        text("""
        insert into organization (name, is_home) values ('Home', true);
        insert into connection (name, connector, owner_id, subject_id, config, credentials, state)
        select kind, kind, id, id, '{}', '', 'ACTIVE' from organization, unnest(array['hubspot', 'salesforce']) kind;
        insert into write_rule (connection_id, stream, field, value, creates_rows, enabled_by, enabled_at)
        select id, 'accounts', field, 'account_id', true, 'Ann', now() - ago * interval '1 day'
        from connection, unnest(array['newer', 'older'], array[1, 2]) as fields(field, ago)
        where connector = 'salesforce' or field = 'newer'
        """)
    )
    upgraded(before, "0016")

    found = text(
        "select name, field from write_rule join connection on connection.id = connection_id where creates_rows"
    )
    assert {tuple(row) for row in before.execute(found)} == {("hubspot", "newer"), ("salesforce", "older")}


def test_plans_that_wait_know_the_field_that_their_new_rows_are_known_by(before: Connection):
    upgraded(before, "0016")
    before.execute(
        text("""
        insert into organization (name, is_home) values ('Home', true);
        insert into connection (name, connector, owner_id, subject_id, config, credentials, state)
        select 'crm', 'salesforce', id, id, '{}', '', 'ACTIVE' from organization;
        insert into write_rule (connection_id, stream, field, value, creates_rows, enabled_by)
        select id, 'accounts', field, 'account_id', field = 'key', 'Ann'
        from connection, unnest(array['key', 'other']) field;
        insert into write_plan (connection_id, state, planned_by, records, records_to_change, expires_at)
        select id, 'READY', 'Ann', 0, 0, now() from connection;
        insert into write_plan_field
            (plan_id, stream, field, value, unchanged, to_fill, to_replace, to_clear, skipped)
        select id, 'accounts', field, 'account_id', 0, 0, 0, 0, 0 from write_plan, unnest(array['key', 'other']) field
        """)
    )
    upgraded(before, "0017")

    found = before.execute(text("select field, is_key from write_plan_field order by field")).all()
    assert [tuple(row) for row in found] == [("key", True), ("other", False)]
