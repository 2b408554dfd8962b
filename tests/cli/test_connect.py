"""Connecting a vendor: the command, and the sandbox that it connects to, over the wire."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg

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
