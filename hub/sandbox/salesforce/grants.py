"""What users consented to: refresh tokens, rotated at each use, and the access tokens that came of them."""

import asyncio
import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from hub.sandbox.salesforce.credentials import credentials
from hub.sandbox.salesforce.refusal import OAuthRefusal
from hub.sandbox.salesforce.sessions import Sessions


@dataclass(slots=True)
class Grant:
    """One consent. Whoever shows a refresh token of it that was used before, ends it."""

    refresh_token: str
    access_tokens: set[str] = field(default_factory=set)
    is_busy: bool = False
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """What a consent is fetched with, once, by the one who asked for it."""

    redirect_uri: str
    challenge: str | None
    """The SHA-256 of what only that one knows."""


@dataclass(slots=True)
class Grants:
    """The consents of the integration user. The first is there from the start: `credentials().refresh_token`."""

    sessions: Sessions
    rotates: bool = True
    """Whether each use of a refresh token gives a new one."""
    hold: asyncio.Event | None = None
    """Refreshes wait for it: so that tests may ask for two at once."""
    _by_token: dict[str, Grant] = field(default_factory=dict)
    """By every refresh token they ever had."""
    _codes: dict[str, Code] = field(default_factory=dict)

    def __post_init__(self) -> None:
        token = credentials().refresh_token
        self._by_token[token] = Grant(token)

    def refresh_token(self) -> str:
        """The refresh token of another consent."""
        return self._granted().refresh_token

    def code(self, redirect_uri: str, challenge: str | None) -> str:
        """The user consents."""
        code = f"aPrx{secrets.token_urlsafe(32)}"
        self._codes[code] = Code(redirect_uri, challenge)
        return code

    def redeemed(self, code: str, redirect_uri: str, verifier: str) -> tuple[str, str]:
        """An access token and a refresh token for a code; raises OAuthRefusal."""
        known = self._codes.pop(code, None)
        if known is None:
            raise OAuthRefusal("invalid_grant", "expired authorization code")
        if known.redirect_uri != redirect_uri:
            raise OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration")
        if known.challenge is not None and known.challenge != _challenge(verifier):
            raise OAuthRefusal("invalid_grant", "invalid code verifier")
        grant = self._granted()
        return self._access_token(grant), grant.refresh_token

    async def refreshed(self, refresh_token: str) -> tuple[str, str | None]:
        """An access token, and the refresh token to use next if it is another one; raises OAuthRefusal."""
        grant = self._by_token.get(refresh_token)
        if grant is None or grant.is_revoked:
            raise OAuthRefusal("invalid_grant", "expired access/refresh token")
        if grant.is_busy:
            raise OAuthRefusal("invalid_grant", "token request is already being processed")
        if grant.refresh_token != refresh_token:
            self.revoke(refresh_token)
            raise OAuthRefusal("invalid_grant", "expired access/refresh token")
        await self._held(grant)
        if not self.rotates:
            return self._access_token(grant), None
        grant.refresh_token = _new_refresh_token()
        self._by_token[grant.refresh_token] = grant
        return self._access_token(grant), grant.refresh_token

    async def _held(self, grant: Grant) -> None:
        if self.hold is None:
            return
        grant.is_busy = True
        try:
            await self.hold.wait()
        finally:
            grant.is_busy = False

    def takes(self, refresh_token: str) -> bool:
        """Whether a refresh token is good for one more use."""
        grant = self._by_token.get(refresh_token)
        return grant is not None and not grant.is_revoked and grant.refresh_token == refresh_token

    def revoke(self, refresh_token: str) -> bool:
        """End a consent and all its access tokens; whether there was one."""
        grant = self._by_token.get(refresh_token)
        if grant is None:
            return False
        grant.is_revoked = True
        for token in grant.access_tokens:
            self.sessions.revoke(token)
        return True

    def _granted(self) -> Grant:
        grant = Grant(_new_refresh_token())
        self._by_token[grant.refresh_token] = grant
        return grant

    def _access_token(self, grant: Grant) -> str:
        token = self.sessions.token()
        grant.access_tokens.add(token)
        return token


def _new_refresh_token() -> str:
    return f"5Aep861{secrets.token_urlsafe(48)}"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
