"""Who may ask: the service key, and access tokens that a refresh token buys."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot.portal import PORTAL_ID
from hub.sandbox.hubspot.refusal import Refusal
from hub.sandbox.hubspot.stamps import spelled

LIFETIME = timedelta(seconds=1_800)
LEADS_SCOPE = "crm.objects.leads.read"
SCOPES = (
    "oauth",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.line_items.read",
    "crm.objects.owners.read",
    "crm.objects.products.read",
    "crm.objects.products.write",
    "crm.schemas.companies.read",
    "crm.schemas.contacts.read",
    "crm.schemas.deals.read",
)
_APP_ID = 3141592
_USER_ID = 7_000_001


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotCredentials:
    """What a client of the sandbox portal presents: the service key, or the OAuth four."""

    portal_id: int
    service_key: str
    client_id: str
    client_secret: str
    refresh_token: str


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
    """The access tokens in use."""

    def __init__(self, clock: Clock, scopes: tuple[str, ...]) -> None:
        self.scopes = scopes
        self._clock = clock
        self._owner = credentials()
        self._expiries: dict[str, datetime] = {}

    def check(self, authorization: str | None) -> None:
        """Refuse with 401 what is neither the service key nor a token that still holds."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() == "bearer" and token == self._owner.service_key:
            return
        if scheme.lower() != "bearer" or token not in self._expiries:
            raise _unauthorized()
        expiry = self._expiries[token]
        if expiry <= self._clock.now():
            raise _expired(expiry, self._clock.now())

    def granted(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """A new access token for the refresh token."""
        self._check_client(form)
        if form.get("grant_type") != "refresh_token":
            raise _oauth_refusal("unsupported_grant_type", "BAD_GRANT_TYPE", "grant_type must be refresh_token")
        if form.get("refresh_token") != self._owner.refresh_token:
            raise _oauth_refusal("invalid_grant", "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        token = f"C{secrets.token_urlsafe(40)}"
        self._expiries[token] = self._clock.now() + LIFETIME
        return {
            "token_type": "bearer",
            "refresh_token": self._owner.refresh_token,
            "access_token": token,
            "expires_in": int(LIFETIME.total_seconds()),
            "hub_id": PORTAL_ID,
            "user_id": _USER_ID,
            "scopes": list(self.scopes),
            "token_use": "access_token",
        }

    def introspected(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """What a token is good for."""
        self._check_client(form)
        token = str(form.get("token"))
        if token == self._owner.refresh_token:
            return self._described(token, "refresh_token")
        expiry = self._expiries.get(token)
        if expiry is None or expiry <= self._clock.now():
            return {"active": False, "token": token}
        seconds_left = int((expiry - self._clock.now()).total_seconds())
        return self._described(token, "access_token") | {"expires_in": seconds_left, "is_private_distribution": True}

    def _described(self, token: str, use: str) -> dict[str, Any]:
        return {
            "active": True,
            "token": token,
            "token_use": use,
            "token_type": "bearer",
            "client_id": self._owner.client_id,
            "hub_id": PORTAL_ID,
            "app_id": _APP_ID,
            "user_id": _USER_ID,
            "scopes": list(self.scopes),
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
