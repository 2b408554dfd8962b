"""Connecting with a refresh token that is good for one use: it is lost where what replaces it is not stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner

from hub.cli import app
from hub.errors import HubError, NotFound
from hub.listening import listener_on, listening
from hub.sandbox.clock import Clock
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.salesforce import credentials, salesforce_app
from hub.settings import Settings
from hub.store.secrets import sealer


class Org:
    """A sandbox that may have nothing but tokens to give."""

    def __init__(self) -> None:
        self.app = salesforce_app(made_up_ecosystem(20), Clock())
        self.gives_tokens_only = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.gives_tokens_only and scope["path"] == "/services/data":
            scope["path"] = "/nowhere"
        await self.app(scope, receive, send)

    async def takes(self, refresh_token: str) -> bool:
        """Whether it is the newest: an older one ends the grant, with an error."""
        return bool(await self.app.state.salesforce.grants.refreshed(refresh_token))


@asynccontextmanager
async def served(org: Org) -> AsyncIterator[str]:
    async with listening(org, listener_on("127.0.0.1", 0), date_header=False) as url:
        yield url


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "HUB_DATABASE_URL": database_url,
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_SALESFORCE_REFRESH_TOKEN": credentials().refresh_token,
        "HUB_SALESFORCE_CLIENT_SECRET": credentials().client_secret,
        "COLUMNS": "200",
    }


async def hub(environment: dict[str, str], *words: str, answers: str = "") -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, words, input=answers, env=environment)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def connect(url: str) -> tuple[str, ...]:
    return ("connect", "salesforce", "--base-url", url, "--client-id", credentials().client_id)


def stored(environment: dict[str, str]) -> list[dict[str, Any]]:
    """The secrets of each connection."""
    with psycopg.connect(environment["HUB_DATABASE_URL"]) as connection:
        rows = connection.execute("select credentials, name from connection").fetchall()
    return [sealer(Settings.from_env(environment)).opened(*row) for row in rows]


async def test_a_refresh_token_is_used_only_once_a_person_agreed_and_the_hub_can_store_what_replaces_it(environment):
    org = Org()
    async with served(org) as url:
        with pytest.raises(NotFound, match="hub init"):
            await hub(environment, *connect(url), "--yes")
        await hub(environment, "init", "Home Inc.")
        shown = await hub(environment, *connect(url), answers="n\n")
        assert "Readable" not in shown
        assert stored(environment) == []
        shown = await hub(environment, *connect(url), answers="y\n")
        assert "Readable" in shown
        (secrets,) = stored(environment)
        assert await org.takes(secrets["refresh_token"])


async def test_what_replaced_a_refresh_token_is_stored_though_the_source_then_fails(environment):
    org = Org()
    org.gives_tokens_only = True
    await hub(environment, "init", "Home Inc.")
    async with served(org) as url:
        with pytest.raises(HubError):
            await hub(environment, *connect(url), "--yes")
        (secrets,) = stored(environment)
        assert await org.takes(secrets["refresh_token"])
