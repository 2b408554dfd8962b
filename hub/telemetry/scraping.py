"""Who may read the metrics, and keeping them readable to the processes beside this one."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from hub.telemetry.metrics import Metrics

EVERY = 1.0
"""Seconds between two writings of what this process counted; what a killed process loses at most."""

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What proxies add: behind one, everybody comes from this machine."""


def may_read_metrics(scope: Scope, token: str | None) -> bool:
    """Whether a request may: with the token if there is one, else from this machine itself and by no proxy."""
    headers = Headers(scope=scope)
    if token is not None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    peer = (scope.get("client") or ("",))[0]
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    return peer in LOCAL and host in LOCAL and not any(name in headers for name in FORWARDED)


@asynccontextmanager
async def publishing(metrics: Metrics) -> AsyncIterator[None]:
    """Let the processes beside this one, if any, see what it counts, until the context ends and a last time then."""

    async def publish() -> None:
        while True:
            metrics.publish()
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(publish()) if metrics.is_shared else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            metrics.publish()
