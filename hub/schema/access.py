"""Who a request comes from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from hub.store.sharing import Viewer

ViewerOf = Callable[[str], Awaitable[Viewer | None]]
"""Who holds an API key; None where the key is unknown, wrong, expired or revoked."""

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Refused(Exception):
    """The request is not answered; `status` is the HTTP status that says why."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in."""

    viewer_of: ViewerOf
    anonymous: Viewer | None = None
    """Whose eyes a request without a key sees with: in the demo, on this machine only."""

    async def viewer(self, request: Request) -> Viewer:
        """Who asks; raises Refused."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key:
            viewer = await self.viewer_of(key.strip())
        else:
            viewer = self.anonymous
            if viewer:
                _must_be_local(request)
        if viewer is None:
            raise Refused(401, "UNAUTHENTICATED", "An API key is needed: `Authorization: Bearer hub_…`.", **_CHALLENGE)
        return viewer


def client(request: Request) -> str:
    """The public half of the key that a request with a valid one came with; else anonymous."""
    return request.headers.get("authorization", "").partition(" ")[2].strip().rpartition("_")[0] or "anonymous"


_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="hub"'}


def _must_be_local(request: Request) -> None:
    """Refuse what another site's page may have sent through a browser of this machine.

    A foreign name that resolves to 127.0.0.1 (DNS rebinding) stands in Host; a foreign page stands in Origin.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if urlsplit(f"//{host}").hostname not in LOCAL or (origin is not None and urlsplit(origin).hostname not in LOCAL):
        told = "Without a key, only programs of this machine and pages served on it are answered."
        raise Refused(403, "FORBIDDEN", told)
