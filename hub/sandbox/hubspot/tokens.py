"""Who may ask: the service key, and access tokens that an authorization code or a refresh token buys."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot.permissions import OBJECT_SCOPES, OWNERS_SCOPE, SCHEMA_SCOPES
from hub.sandbox.hubspot.portal import PORTAL_ID
from hub.sandbox.hubspot.quirks import Quirks
from hub.sandbox.hubspot.refusal import Refusal
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.hubspot.webhooks import APP_ID

LEADS_SCOPE = OBJECT_SCOPES["leads", "read"]
SCOPES = (
    "oauth",
    *(OBJECT_SCOPES[plural, verb] for plural in ("companies", "contacts", "deals") for verb in ("read", "write")),
    OBJECT_SCOPES["line_items", "read"],
    OWNERS_SCOPE,
    *(OBJECT_SCOPES["products", verb] for verb in ("read", "write")),
    *(SCHEMA_SCOPES[plural, verb] for plural in ("companies", "contacts", "deals") for verb in ("read", "write")),
    OBJECT_SCOPES["tickets", "read"],
)
_USER_ID = 7_000_001
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotCredentials:
    """What a client of the sandbox portal presents: the service key, or the OAuth four."""

    portal_id: int
    service_key: str
    client_id: str
    client_secret: str
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What somebody allowed the app to do, and how long an access token of it holds."""

    scopes: tuple[str, ...]
    refresh_token: str | None = None
    """None for the service key, which needs none."""
    expires_at: datetime | None = None

    @property
    def is_oauth(self) -> bool:
        """Whether it is an app's, not the service key's."""
        return self.refresh_token is not None


def credentials() -> HubSpotCredentials:
    """The sandbox portal's credentials; always the same."""
    return HubSpotCredentials(
        portal_id=PORTAL_ID,
        service_key="pat-na1-sandbox-key-that-opens-nothing-real",
        client_id="sandbox-client",
        client_secret="sandbox-client-secret",  # noqa: S106 - opens the sandbox only
        refresh_token="na1-sandbox-refresh-token",  # noqa: S106 - opens the sandbox only
    )


class Tokens:
    """The codes, refresh tokens and access tokens in use."""

    def __init__(self, clock: Clock, scopes: tuple[str, ...], quirks: Quirks) -> None:
        self.scopes = scopes
        self._clock = clock
        self._quirks = quirks
        self._owner = credentials()
        self._codes: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._refresh: dict[str, tuple[str, ...]] = {self._owner.refresh_token: scopes}
        self._access: dict[str, Grant] = {}

    def holder(self, authorization: str | None) -> Grant:
        """What the bearer may do; refuses what is neither the service key nor a token that still holds."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise _unauthorized()
        if not _TOKEN.fullmatch(token):
            raise Refusal(530, "The access token is malformed.")
        if secrets.compare_digest(token, self._owner.service_key):
            return Grant(scopes=self.scopes)
        grant = self._access.get(token)
        if grant is None or grant.expires_at is None:
            raise _unauthorized()
        if grant.expires_at <= self._clock.now():
            raise _expired(grant.expires_at, self._clock.now())
        return grant

    def authorize(self, redirect_uri: str, scopes: tuple[str, ...] | None = None) -> str:
        """A code that a user of the portal gives to the app, good for one exchange."""
        code = f"na1-{secrets.token_hex(8)}"
        self._codes[code] = redirect_uri, self.scopes if scopes is None else scopes
        return code

    def expire(self) -> None:
        """Let all access tokens run out now."""
        now = self._clock.now()
        self._access = {
            token: Grant(scopes=grant.scopes, refresh_token=grant.refresh_token, expires_at=now)
            for token, grant in self._access.items()
        }

    def granted(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """A new access token for a code or a refresh token."""
        self._check_client(form)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._bought(self._exchanged(form))
        if kind == "refresh_token":
            refresh_token = str(form.get("refresh_token") or "")
            if refresh_token not in self._refresh:
                raise _oauth_refusal("invalid_grant", "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
            return self._bought(refresh_token)
        raise _oauth_refusal(
            "unsupported_grant_type", "BAD_GRANT_TYPE", "grant_type must be authorization_code or refresh_token"
        )

    def introspected(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """What a token is good for."""
        self._check_client(form)
        token = str(form.get("token"))
        if token in self._refresh:
            return self._described(token, "refresh_token", self._refresh[token])
        grant = self._access.get(token)
        if grant is None or grant.expires_at is None or grant.expires_at <= self._clock.now():
            return {"active": False, "token": token}
        seconds_left = int((grant.expires_at - self._clock.now()).total_seconds())
        described = self._described(token, "access_token", grant.scopes)
        return described | {"expires_in": seconds_left, "is_private_distribution": True}

    def revoked(self, form: Mapping[str, Any]) -> None:
        """End a refresh token and all that was bought with it, or an access token; an unknown one is no error."""
        self._check_client(form)
        token = str(form.get("token"))
        self._refresh.pop(token, None)
        self._access = {each: grant for each, grant in self._access.items() if token not in (each, grant.refresh_token)}

    def _exchanged(self, form: Mapping[str, Any]) -> str:
        redirect_uri, scopes = self._codes.pop(str(form.get("code")), (None, ()))
        if redirect_uri is None:
            raise _oauth_refusal("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
        if redirect_uri != form.get("redirect_uri"):
            raise _oauth_refusal("invalid_grant", "BAD_REDIRECT_URI", "redirect URI does not match the auth code's")
        refresh_token = f"na1-{secrets.token_hex(16)}"
        self._refresh[refresh_token] = scopes
        return refresh_token

    def _bought(self, refresh_token: str) -> dict[str, Any]:
        token = f"C{secrets.token_urlsafe(40)}"
        lifetime = self._quirks.token_lifetime
        scopes = self._refresh[refresh_token]
        self._access[token] = Grant(scopes=scopes, refresh_token=refresh_token, expires_at=self._clock.now() + lifetime)
        return {
            "token_type": "bearer",
            "refresh_token": refresh_token,
            "access_token": token,
            "expires_in": int(lifetime.total_seconds()),
            "hub_id": PORTAL_ID,
            "user_id": _USER_ID,
            "scopes": list(scopes),
            "token_use": "access_token",
        }

    def _described(self, token: str, use: str, scopes: tuple[str, ...]) -> dict[str, Any]:
        return {
            "active": True,
            "token": token,
            "token_use": use,
            "token_type": "bearer",
            "client_id": self._owner.client_id,
            "hub_id": PORTAL_ID,
            "hub_domain": "lumenfjord.example",
            "app_id": APP_ID,
            "user_id": _USER_ID,
            "user": "admin@lumenfjord.example",
            "scopes": list(scopes),
        }

    def _check_client(self, form: Mapping[str, Any]) -> None:
        presented = form.get("client_id"), form.get("client_secret")
        if presented != (self._owner.client_id, self._owner.client_secret):
            raise _oauth_refusal("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id or secret")


def _unauthorized() -> Refusal:
    message = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return Refusal(401, message, "INVALID_AUTHENTICATION")


def _expired(expiry: datetime, now: datetime) -> Refusal:
    seconds = int((now - expiry).total_seconds())
    message = f"The OAuth token used to make this call expired {seconds} second(s) ago."
    return Refusal(401, message, "EXPIRED_AUTHENTICATION", context={"expire time": [spelled(expiry)]})


def _oauth_refusal(error: str, status: str, message: str) -> Refusal:
    return Refusal(400, message, status=status, error=error, error_description=message)
