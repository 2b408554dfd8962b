"""What sources post of their own accord: /webhooks/{connector}."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from hub.connectors.base import Delivery
from hub.errors import NotFound, StoreError, Unauthenticated, UnexpectedPayload

log = structlog.get_logger()

LARGEST_BODY = 1_000_000
"""Bytes. A hundred events, as many as HubSpot posts at once, take 50,000."""

Receive = Callable[[str, Delivery], Awaitable[int]]
"""Keeps what a source posted, by the connector's name, to be followed soon; how many rows it tells of."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Answers /webhooks/{connector}: at once, since sources wait a few seconds only."""

    receive: Receive
    public_url: str | None
    """The address that sources know us by, and sign; None where nothing stands between them and us."""

    async def answer(self, request: Request) -> Response:
        """Accepted, or why not. What we cannot keep just now, sources send again."""
        try:
            delivery = await self._delivery(request)
            if delivery is None:
                return _told(413, f"There are more than {LARGEST_BODY} bytes.")
            rows = await self.receive(request.path_params["connector"], delivery)
        except NotFound as error:
            return _told(404, str(error))
        except Unauthenticated as error:
            return _told(401, str(error))
        except UnexpectedPayload as error:
            return _told(400, str(error))
        except StoreError:
            log.exception("webhook not kept", request_id=request.state.request_id)
            return _told(503, "The database does not answer; try again.")
        log.info("webhook received", connector=request.path_params["connector"], rows=rows)
        return Response(status_code=204)

    async def _delivery(self, request: Request) -> Delivery | None:
        """What was posted; None where it is too much."""
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    return None
        except ClientDisconnect as error:
            raise UnexpectedPayload("The body was cut short.") from error
        headers = {name.lower(): value for name, value in request.headers.items()}
        return Delivery(method=request.method, uri=self._uri(request), headers=headers, body=bytes(body))

    def _uri(self, request: Request) -> str:
        if self.public_url is None:
            return str(request.url)
        query = f"?{request.url.query}" if request.url.query else ""
        return f"{self.public_url.rstrip('/')}{request.url.path}{query}"


def _told(status: int, message: str) -> Response:
    return PlainTextResponse(message, status)
