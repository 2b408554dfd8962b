"""`hub connect salesforce`, in this process, and the sandbox that it connects to, over the wire."""

import asyncio

import psycopg
from typer.testing import CliRunner

from hub.cli import app
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.server import serving


async def test_the_reserve_that_a_person_chose_is_kept_with_the_connection(database_url, tmp_path):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path), "COLUMNS": "200"}

    def hub(*words: str, **settings: str) -> int:
        return CliRunner().invoke(app, words, env={**environment, **settings}).exit_code

    async with serving(made_up_ecosystem(20)) as sandbox:
        known = sandbox.salesforce
        secret = {"HUB_SALESFORCE_CLIENT_SECRET": known.client_secret}
        options = ("--client-id", known.client_id, "--base-url", sandbox.salesforce_url, "--yes")
        assert await asyncio.to_thread(hub, "init", "Home Ltd.") == 0
        words = ("connect", "salesforce", *options, "--quota-reserve", "0.25")
        assert await asyncio.to_thread(lambda: hub(*words, **secret)) == 0
    with psycopg.connect(database_url) as connection:
        [(config,)] = connection.execute("select config from connection").fetchall()
    org_id = config.pop("org_id")
    assert org_id.startswith("00D")
    assert config == {"base_url": sandbox.salesforce_url, "client_id": known.client_id, "quota_reserve": 0.25}
