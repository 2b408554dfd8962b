"""Small public documents that the hub itself needs, such as an identity provider's keys."""

import asyncio

import httpx

from hub.connectors.http import DIRECT
from hub.connectors.response import described, refusal_by_status, whole
from hub.errors import Unavailable, UnexpectedPayload

LARGEST_DOCUMENT = 256 * 1024
"""Bytes."""
PATIENCE = 5.0
"""Seconds."""


async def document(url: str) -> bytes:
    """What is there, asked for once, without credentials. Raises SourceError."""
    async with httpx.AsyncClient(follow_redirects=False, timeout=PATIENCE, mounts=DIRECT) as client:
        try:
            async with asyncio.timeout(PATIENCE):  # httpx counts from chunk to chunk
                sent = await client.send(client.build_request("GET", url), stream=True)
                response = await whole(sent, LARGEST_DOCUMENT)
        except (httpx.RequestError, TimeoutError) as error:
            raise Unavailable(f"{url}: no answer ({type(error).__name__})") from error
    if response.status_code != httpx.codes.OK:
        raise refusal_by_status(response) or UnexpectedPayload(described(response))
    return response.content
