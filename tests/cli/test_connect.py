"""Connecting a vendor: the command, and the sandbox that it connects to, over the wire."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.errors import ConfigurationError, InputError
from hub.listening import listener_on, listening
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.server import serving

HUB = Path(sys.executable).with_name("hub")


async def test_a_hubspot_app_is_connected_with_the_number_of_its_portal_and_what_was_chosen(database_url, tmp_path):
    environment = {**os.environ, "HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path), "COLUMNS": "200"}

    def hub(*arguments, **settings):
        command = [HUB, *arguments]
        return subprocess.run(  # noqa: S603 - our own command
            command, env={**environment, **settings}, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    async with serving(made_up_ecosystem(20)) as sandbox:
        app = sandbox.hubspot
        secrets = {"HUB_HUBSPOT_CLIENT_SECRET": app.client_secret, "HUB_HUBSPOT_REFRESH_TOKEN": app.refresh_token}
        options = ("--client-id", app.client_id, "--base-url", sandbox.hubspot_url, "--yes")
        chosen = ("--api-version", "2026-09", "--quota-reserve", "0.3", "--partner-label", "Dealer")
        await asyncio.to_thread(hub, "init", "Home Ltd.")
        shown = await asyncio.to_thread(lambda: hub("connect", "hubspot", *options, *chosen, **secrets))
    assert "tickets" in shown
    with psycopg.connect(database_url) as connection:
        [(config,)] = connection.execute("select config from connection").fetchall()
    assert config == {
        "base_url": sandbox.hubspot_url,
        "client_id": app.client_id,
        "portal_id": app.portal_id,
        "version": "2026-09",
        "quota_reserve": 0.3,
        "partner_labels": ["Dealer"],
    }


async def nowhere(scope, receive, send) -> None:
    """Some server, which is no HubSpot."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def test_a_server_that_is_no_hubspot_does_not_take_the_place_of_a_working_connection(database_url, tmp_path):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path), "HUB_HUBSPOT_ACCESS_TOKEN": "a"}

    async def hub(*words: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    def stored():
        with psycopg.connect(database_url) as connection:
            return connection.execute("select config from connection").fetchall()

    async with serving(made_up_ecosystem(20)) as sandbox, listening(nowhere, listener_on("127.0.0.1", 0)) as wrong:
        environment["HUB_HUBSPOT_ACCESS_TOKEN"] = sandbox.hubspot.service_key
        connect = ("connect", "hubspot", "--yes", "--base-url")
        await hub("init", "Home Ltd.")
        with pytest.raises(InputError, match="none of its streams can be read"):
            await hub(*connect, wrong)
        assert stored() == []
        await hub(*connect, sandbox.hubspot_url)
        before = stored()
        with pytest.raises(ConfigurationError, match="Check base_url"):
            await hub(*connect, wrong)
        assert stored() == before
        assert "changes quota_reserve: not set → 0.5" in await hub(
            *connect, sandbox.hubspot_url, "--quota-reserve", "0.5"
        )


async def test_a_secret_that_nobody_can_be_asked_for_is_told_by_the_name_of_its_variable(database_url, tmp_path):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path), "HUB_HUBSPOT_ACCESS_TOKEN": ""}
    result = await asyncio.to_thread(CliRunner().invoke, app, ("connect", "hubspot"), env=environment)
    assert isinstance(result.exception, InputError)
    assert "set HUB_HUBSPOT_ACCESS_TOKEN" in str(result.exception)
