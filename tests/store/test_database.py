import pytest
from sqlalchemy import text

from hub.errors import ConfigurationError
from hub.settings import Settings
from hub.store import migration
from hub.store.database import Database, opened


async def test_a_migrated_database_is_exactly_the_model(database: Database):
    async with database.engine.connect() as connection:
        assert await connection.run_sync(migration.drift) == []
        assert await database.ready()


async def test_ids_are_uuids_of_version_seven_in_time_order(database: Database):
    async with database.session() as session:
        first = (await session.execute(text("select hub_uuid7()"))).scalar_one()
        second = (await session.execute(text("select hub_uuid7() from pg_sleep(0.002)"))).scalar_one()

    assert first.version == 7
    assert first < second


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://localhost/hub", "is not a PostgreSQL URL"),
        ("no url at all", "is not a PostgreSQL URL"),
        ("postgresql://hub:secret@127.0.0.1:1/hub", "cannot be used"),
        ("postgresql://hub:secret@no-such-host.invalid/hub", "cannot be used"),
    ],
)
async def test_a_wrong_database_url_is_one_clear_line_without_the_password(url: str, told: str):
    with pytest.raises(ConfigurationError) as caught:
        async with opened(Settings.from_env({"HUB_DATABASE_URL": url})):
            pass

    message = str(caught.value)
    assert told in message
    assert "secret" not in message
    assert "\n" not in message


async def test_a_database_of_a_newer_hub_is_refused(database: Database, settings: Settings):
    async with database.session() as session:
        await session.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(ConfigurationError, match="newer hub"):
        async with opened(settings):
            pass
    assert not await database.ready()
