"""The keys with which an identity provider signs its tokens: found through discovery, kept, renewed when needed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from hub.errors import SourceError, Unauthenticated, Unavailable, UnexpectedPayload
from hub.schema.access import LOCAL

log = structlog.get_logger()

Fetch = Callable[[str], Awaitable[bytes]]
"""The body at an address. Raises SourceError."""
PublicKey = RSAKey | ECKey | OKPKey

KEPT_FOR = 3600.0
"""Seconds after which the keys are asked for anew; until they come, the old ones count."""
COOL_DOWN = 10.0
"""Seconds between two questions to the provider, however many tokens name keys that nobody knows."""
MOST_KEYS = 100
KINDS = ("RSA", "EC", "OKP")
"""Not "oct": a secret that is listed is none."""


class Provider:
    """An OpenID Connect provider, known by its issuer address."""

    def __init__(self, issuer: str, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str | None, PublicKey] = {}
        self._asked_at = float("-inf")
        self._fetched_at = float("-inf")
        self._is_down = False
        self._turn = asyncio.Lock()

    async def key(self, kid: str | None) -> PublicKey:
        """The key of this id; without one, the only key there is.

        Raises Unauthenticated where there is none, SourceError where no key was ever fetched.
        """
        is_old = self._clock() - self._fetched_at > KEPT_FOR
        # While somebody asks already, the keys that are there will do.
        if not self._keys or (is_old and not self._turn.locked()) or self._named(kid) is None:
            await self._renew(must=not self._keys)
        found = self._named(kid)
        if found is None:
            raise Unauthenticated("The token is not accepted (its key is unknown).")
        return found

    def _named(self, kid: str | None) -> PublicKey | None:
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)

    async def _renew(self, *, must: bool) -> None:
        """Ask for the keys, unless that was just done. Where that fails, the old ones are kept; a `must` raises."""
        async with self._turn:
            if must and self._keys:
                return  # somebody else's question was answered meanwhile
            if self._clock() - self._asked_at < COOL_DOWN:
                if must:
                    raise Unavailable(f"{self.issuer}: no keys yet", COOL_DOWN)
                return
            self._asked_at = self._clock()
            try:
                self._keys = await self._fetched()
            except SourceError as error:
                self._note(is_down=True, reason=str(error))
                if must:
                    raise
                return
            self._fetched_at = self._clock()
            self._note(is_down=False)

    def _note(self, *, is_down: bool, **facts: str) -> None:
        """Log once when the provider goes, and once when it is back."""
        if is_down and not self._is_down:
            log.warning("identity provider failed", issuer=self.issuer, **facts)
        if self._is_down and not is_down:
            log.info("identity provider is back", issuer=self.issuer)
        self._is_down = is_down

    async def _fetched(self) -> dict[str | None, PublicKey]:
        """The keys, through discovery (OpenID Connect Discovery 1.0, section 4)."""
        place = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = _object(place, await self._fetch(place))
        if found.get("issuer") != self.issuer:
            raise UnexpectedPayload(f"{place} names another issuer")
        there = found.get("jwks_uri")
        if not isinstance(there, str) or not is_safe(there):
            raise UnexpectedPayload(f"{place} names no jwks_uri with https")
        listed = _object(there, await self._fetch(there)).get("keys")
        if not isinstance(listed, list):
            raise UnexpectedPayload(f"{there} holds no list of keys")
        keys = [key for each in listed[:MOST_KEYS] if (key := _key(each)) is not None]
        if not keys:
            raise UnexpectedPayload(f"{there} holds no key that can verify a signature")
        return {key.kid: key for key in keys}


def is_safe(url: str) -> bool:
    """Whether what an address says can be believed: it is https, or on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL))


def _object(place: str, body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedPayload(f"{place} is not JSON") from error
    if not isinstance(found, dict):
        raise UnexpectedPayload(f"{place} is no JSON object")
    return found


def _key(given: Any) -> PublicKey | None:
    """A public key for signatures. RFC 7517, section 5: others in the list are passed over."""
    if not isinstance(given, dict) or given.get("kty") not in KINDS or given.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(given)
    except (JoseError, ValueError, KeyError):  # what joserfc raises for a key that is none
        return None
    # A private key in a public list is anybody's.
    return key if isinstance(key, PublicKey) and not key.is_private else None
