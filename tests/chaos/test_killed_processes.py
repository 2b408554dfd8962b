"""The same as in test_trial, where whole processes are killed, as kill -9 and power cuts do it."""

import asyncio
import base64
import os
import sys
from dataclasses import replace
from typing import Any

from hub.listening import listener_on, listening
from hub.sandbox.salesforce import credentials
from tests.chaos.subjects import an_org
from tests.chaos.trial import Trial

KILLED_AT = (6, 14)
"""Requests that a process makes in its life."""


class Door:
    """An ASGI app that kills who asks too often."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.left = 0
        self.process: asyncio.subprocess.Process | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.left -= 1
        if self.left == 0 and self.process is not None:
            self.process.kill()
        await self._app(scope, receive, send)


async def was_killed(door: Door, requests: int, environment: dict[str, str]) -> bool:
    """Whether a sync came so far as to be killed."""
    door.left = requests
    quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    door.process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub.cli", "sync", env=environment, **quiet
    )
    return await door.process.wait() < 0


async def test_processes_that_are_killed_outright_leave_nothing_half_done(database, database_url, tmp_path):
    # Not with secrets that each use replaces: whoever is killed outright may lose them.
    subject = replace(an_org(3, accounts=20), secrets={"client_secret": credentials().client_secret}, consent=None)
    trial = Trial(seed=3, subject=subject, database=database, share=0.05)
    door = Door(trial.chaos)
    environment = {
        **os.environ,
        "HUB_DATABASE_URL": database_url,
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_SECRET_KEY": base64.b64encode(bytes(32)).decode(),  # the key of tests.builders.SEALER
    }
    async with listening(door, listener_on("127.0.0.1", 0), date_header=False) as url:
        trial.subject = replace(trial.subject, config={**trial.subject.config, "base_url": url})
        await trial.connect()
        for requests in KILLED_AT:
            while not await was_killed(door, requests, environment):
                pass  # what the vendor did ended it before
    assert await trial.wrong_after_all() == []
