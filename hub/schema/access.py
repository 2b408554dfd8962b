"""Who a request comes from."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from hub.errors import SourceError, Unauthenticated
from hub.model import Scope
from hub.schema.recent import Recent
from hub.store.keys import Holder
from hub.store.sharing import Viewer

Request = Mapping[str, Any]
"""An ASGI connection scope, of HTTP or of a WebSocket."""

HolderOf = Callable[[str], Awaitable[Holder]]
"""Who holds an API key or token. Raises Unauthenticated, and SourceError where that cannot be found out now."""

Note = Callable[[str, str | None], Awaitable[None]]
"""Notes that a known client, by its name, was refused in a request, by its id."""

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
TRUSTED_FOR = 5.0
"""Seconds that a key or token is taken as valid without asking again: how long a revocation takes at most."""
MOST_HOLDERS = 10_000
MOST_REFUSED = 1_000
"""Wrong keys are remembered, too: clients send them again and again."""
LONGEST = 8_192
"""Bytes of a key or token."""


class Refused(Exception):
    """The request is not answered; `status` is the HTTP status that says why."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers
        self.facts: dict[str, object] = {}
        """What the error's extensions say beside the code."""


def forbidden(missing: frozenset[Scope]) -> Refused:
    """The refusal of an operation that needs scopes which the viewer lacks."""
    named = sorted(missing)
    told = " ".join(named)
    refused = Refused(403, "FORBIDDEN", f"The operation needs scopes that the viewer lacks: {', '.join(named)}.")
    refused.headers["WWW-Authenticate"] = f'Bearer realm="hub", error="insufficient_scope", scope="{told}"'
    refused.facts["missingScopes"] = named
    return refused


class Access:
    """Who may come in."""

    def __init__(self, holder_of: HolderOf, note: Note, anonymous: Viewer | None = None) -> None:
        self.anonymous = anonymous
        """Whose eyes a request without a key sees with: in the demo, on this machine only."""
        self._holder_of = holder_of
        self._note = note
        self._holders: Recent[bytes, Holder] = Recent(MOST_HOLDERS, TRUSTED_FOR)
        self._refused: Recent[bytes, Unauthenticated] = Recent(MOST_REFUSED, TRUSTED_FOR)
        self._asking: dict[bytes, asyncio.Task[Holder]] = {}

    def known(self, request: Request) -> Viewer | None:
        """Who asks, where that was found out seconds ago; None: ask `viewer`. Raises Refused."""
        presented = _presented(request)
        if presented is None:
            return self._unnamed(request)
        holder = self._holders.get(sha256(presented).digest())
        return holder.viewer if holder and (not holder.networks or _is_within(holder, request)) else None

    async def viewer(self, request: Request, presented: str | None = None) -> Viewer:
        """Who asks, by the Authorization header or by the key that was `presented` otherwise. Raises Refused."""
        credential = _presented(request) if presented is None else presented.encode()
        if credential is None:
            return self._unnamed(request)
        try:
            return _admitted(await self._holder(credential), request)
        except Unauthenticated as error:
            if error.client:
                await self._note(error.client, request.get("state", {}).get("request_id"))
            raise Refused(401, "UNAUTHENTICATED", str(error), **_INVALID) from error
        except SourceError as error:
            told = "The identity provider does not answer; try again."
            raise Refused(503, "UNAVAILABLE", told, **{"Retry-After": "10"}) from error

    def _unnamed(self, request: Request) -> Viewer:
        if self.anonymous is None:
            told = "An API key or a token is needed: `Authorization: Bearer …`."
            raise Refused(401, "UNAUTHENTICATED", told, **_CHALLENGE)
        _must_be_local(request)
        return self.anonymous

    async def _holder(self, credential: bytes) -> Holder:
        """Who holds a key or token: known, being found out for another request, or found out now."""
        digest = sha256(credential).digest()
        known = self._holders.get(digest)
        if known is not None:
            return known
        refused = self._refused.get(digest)
        if refused is not None:
            raise Unauthenticated(str(refused), refused.client)
        if digest not in self._asking:
            self._asking[digest] = task = asyncio.create_task(self._found(digest, credential))
            task.add_done_callback(lambda done: self._asked(digest, done))
        # Not cancelled with the one who asked first: others wait for it, too.
        return await asyncio.shield(self._asking[digest])

    async def _found(self, digest: bytes, credential: bytes) -> Holder:
        if len(credential) > LONGEST or not credential.isascii():
            raise Unauthenticated("The API key or token is not valid.")
        try:
            holder = await self._holder_of(credential.decode())
        except Unauthenticated as error:
            self._refused.keep(digest, error)
            raise
        left = (holder.until - datetime.now(UTC)).total_seconds() if holder.until else None
        self._holders.keep(digest, holder, left)
        return holder

    def _asked(self, digest: bytes, done: asyncio.Task[Holder]) -> None:
        del self._asking[digest]
        if not done.cancelled():
            done.exception()  # known to whoever still waits; nobody may


_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="hub"'}
_INVALID = {"WWW-Authenticate": 'Bearer realm="hub", error="invalid_token"'}


def _presented(request: Request) -> bytes | None:
    """The key or token in the Authorization header."""
    scheme, _, credential = _header(request, b"authorization").partition(b" ")
    return credential.strip() or None if scheme.lower() == b"bearer" else None


def _header(request: Request, wanted: bytes) -> bytes:
    for name, value in request["headers"]:
        if name == wanted:
            found: bytes = value
            return found
    return b""


def _admitted(holder: Holder, request: Request) -> Viewer:
    """The viewer that a holder is; raises Unauthenticated where it asks from elsewhere than it may."""
    if not _is_within(holder, request):
        raise Unauthenticated("The key may not be used from this address.", holder.viewer.client)
    return holder.viewer


def _is_within(holder: Holder, request: Request) -> bool:
    """Whether a request comes from where the holder may ask."""
    if not holder.networks:
        return True
    client = request.get("client")
    try:
        address = ip_address(client[0]) if client else None
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address is not None and any(address in network for network in holder.networks)


def _must_be_local(request: Request) -> None:
    """Refuse what another site's page may have sent through a browser of this machine.

    A foreign name that resolves to 127.0.0.1 (DNS rebinding) stands in Host; a foreign page stands in Origin.
    """
    host = _header(request, b"host").decode("latin-1")
    origin = _header(request, b"origin").decode("latin-1")
    if _name(f"//{host}") not in LOCAL or (origin and _name(origin) not in LOCAL):
        told = "Without a key, only programs of this machine and pages served on it are answered."
        raise Refused(403, "FORBIDDEN", told)


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # such as half a pair of brackets
        return None
