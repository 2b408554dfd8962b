"""OAuth without a person: client credentials, or a signed JWT in a user's name."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import RSAKey

from hub.connectors.http import described, retry_after
from hub.errors import AuthError, ConfigurationError, SourceError, Unavailable

Grant = Callable[[], dict[str, str]]
"""The form that is exchanged for a token."""


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    instance_url: str


class _Refused(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


class SalesforceAuth(httpx.Auth):
    """Fetches a token when one is needed, once for all who wait for it, and again when it is refused."""

    def __init__(self, token_url: str, grant: Grant) -> None:
        self._token_url = token_url
        self._grant = grant
        self._token: _Token | None = None
        self._lock = asyncio.Lock()

    @property
    def instance_url(self) -> str:
        """Where the org lives, as the newest token says; known after the first request."""
        if self._token is None:
            raise AuthError(f"{self._token_url} was not asked for a token yet")
        return self._token.instance_url.rstrip("/")

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request with a token; a second time with a new one if the first is refused."""
        refused: _Token | None = None
        for _ in range(2):
            async with self._lock:
                if self._token is None or self._token is refused:
                    answer = yield httpx.Request("POST", self._token_url, data=self._grant())
                    await answer.aread()
                    self._token = _granted(answer)
                sent = self._token
            request.headers["Authorization"] = f"Bearer {sent.access_token}"
            response = yield request
            # Tokens come without an expiry date: the refusal is how it is learned.
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            refused = sent


def salesforce_auth(config: Mapping[str, Any]) -> SalesforceAuth:
    """The auth that a connection's config describes."""
    token_url = f"{config['base_url'].rstrip('/')}/services/oauth2/token"
    if "private_key" in config:
        return SalesforceAuth(token_url, _jwt_bearer(config))
    return SalesforceAuth(token_url, _client_credentials(config))


def _client_credentials(config: Mapping[str, Any]) -> Grant:
    form = {
        "grant_type": "client_credentials",
        "client_id": config["client_id"],
        "client_secret": config["client_secret"],
    }
    return lambda: form


def _jwt_bearer(config: Mapping[str, Any]) -> Grant:
    key = _rsa_key(config["private_key"])
    claims = {"iss": config["client_id"], "sub": config["username"], "aud": _audience(config["base_url"])}

    def form() -> dict[str, str]:
        expiry = datetime.now(UTC) + timedelta(minutes=2)  # three minutes are the most it takes
        assertion = jwt.encode({"alg": "RS256"}, {**claims, "exp": expiry}, key)
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}

    return form


def _rsa_key(text: str) -> RSAKey:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ConfigurationError("salesforce: private_key is not an unencrypted PEM key") from error
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError("salesforce: private_key is not an RSA key")
    return RSAKey.import_key(text)


def _audience(base_url: str) -> str:
    host = httpx.URL(base_url).host
    is_sandbox = host == "test.salesforce.com" or host.endswith(".sandbox.my.salesforce.com")
    return "https://test.salesforce.com" if is_sandbox else "https://login.salesforce.com"


def _granted(response: httpx.Response) -> _Token:
    if response.status_code != httpx.codes.OK:
        raise _refusal(response)
    try:
        return msgspec.json.decode(response.content, type=_Token)
    except msgspec.DecodeError as error:
        raise AuthError(f"{described(response)} without a token") from error


def _refusal(response: httpx.Response) -> SourceError:
    try:
        refused = msgspec.json.decode(response.content, type=_Refused)
    except msgspec.DecodeError:
        return Unavailable(described(response), retry_after(response))
    message = f"{described(response)} {refused.error}: {refused.error_description}"
    # The one invalid_grant that says nothing about the credentials: another request is being served.
    is_passing = "already being processed" in refused.error_description or refused.error == "rate_limit_exceeded"
    if is_passing or response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unavailable(message, retry_after(response))
    return AuthError(message)
