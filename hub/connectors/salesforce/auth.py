"""OAuth without a person: client credentials, a signed JWT in a user's name, or a refresh token that rotates."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import RSAKey

from hub.connectors.base import Grant
from hub.connectors.http import Http
from hub.connectors.response import described, retry_after
from hub.errors import AuthError, ConfigurationError, Lost, SourceError, Spent, Unavailable

TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
SECRETS = frozenset({"client_secret", "private_key", "refresh_token"})
PROOFS = ("client_secret", "assertion", "refresh_token")
"""What of a request for a token must not be told."""


class Token(msgspec.Struct, frozen=True):
    """What lets us in, for as long as the org likes: it does not say."""

    access_token: str
    instance_url: str
    id: str = ""
    """The address of the user's identity; it ends in their id."""
    refresh_token: str | None = None

    def __repr__(self) -> str:
        """Who it is of, and nothing that lets anybody in."""
        return f"Token(instance_url={self.instance_url!r})"


class _Refused(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


SignIn = Callable[[], Awaitable[Token]]


class SalesforceAuth(httpx.Auth):
    """Signs in when a token is needed, once for all who wait for it, and again when it is refused."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._token: Token | None = None
        self._lock = asyncio.Lock()

    @property
    def org_id(self) -> str | None:
        """The org, by the address of the user's identity: …/id/{org}/{user}; None where the token tells none."""
        parts = self._held.id.rstrip("/").split("/")
        return parts[-2] if len(parts) > 2 else None  # noqa: PLR2004 - the last two

    @property
    def instance_url(self) -> str:
        """Where the org lives, as the newest token says; known after the first request."""
        return self._held.instance_url.rstrip("/")

    @property
    def user_id(self) -> str:
        """Whom we are signed in as; known after the first request."""
        return self._held.id.rpartition("/")[2]

    @property
    def _held(self) -> Token:
        if self._token is None:
            raise AuthError("Salesforce was not asked for a token yet")
        return self._token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request with a token; a second time with a new one if the first is refused."""
        refused: Token | None = None
        for _ in range(2):
            async with self._lock:
                if self._token is None or self._token is refused:
                    self._token = await self._sign_in()
                sent = self._token
            request.headers["Authorization"] = f"Bearer {sent.access_token}"
            response = yield request
            # Tokens come without an expiry date: the refusal is how it is learned.
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            refused = sent


def salesforce_auth(config: Mapping[str, Any], grant: Grant, http: Http) -> SalesforceAuth:
    """The auth that a connection's config describes; `http` asks for its tokens."""
    if config.get("refresh_token"):
        return SalesforceAuth(_Rotating(config, grant, http).sign_in)
    form = _jwt_bearer(config) if "private_key" in config else _client_credentials(config)

    async def sign_in() -> Token:
        try:
            return await _granted(http, form())
        except Lost as error:  # these proofs can be shown again, and what they were for was not sent
            raise Unavailable(str(error), error.retry_after) from error

    return SalesforceAuth(sign_in)


class _Rotating:
    """A refresh token that each use may replace. To show an old one again would end the whole grant."""

    def __init__(self, config: Mapping[str, Any], grant: Grant, http: Http) -> None:
        self._client_id = config["client_id"]
        self._secrets: Mapping[str, Any] = {name: config[name] for name in SECRETS if name in config}
        self._grant = grant
        self._http = http
        self._token: Token | None = None

    async def sign_in(self) -> Token:
        """A new token, by the newest refresh token there is, whoever renewed it last."""
        self._token = None
        while self._token is None:
            # Secrets that others renewed come without their access token: then ours is the next turn.
            self._secrets = await self._grant.renewed(self._secrets, self._renew)
        return self._token

    async def _renew(self, newest: Mapping[str, Any]) -> Mapping[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "refresh_token": newest["refresh_token"],
        }
        if newest.get("client_secret"):
            form["client_secret"] = newest["client_secret"]
        try:
            self._token = await _granted(self._http, form)
        except Lost as error:
            raise Spent(str(error)) from error
        return {**newest, "refresh_token": self._token.refresh_token or newest["refresh_token"]}


def _client_credentials(config: Mapping[str, Any]) -> Callable[[], dict[str, str]]:
    form = {
        "grant_type": "client_credentials",
        "client_id": config["client_id"],
        "client_secret": config["client_secret"],
    }
    return lambda: form


def _jwt_bearer(config: Mapping[str, Any]) -> Callable[[], dict[str, str]]:
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


async def _granted(http: Http, form: Mapping[str, str]) -> Token:
    response = await http.exchange(TOKEN, form)
    try:
        return msgspec.json.decode(response.content, type=Token)
    except msgspec.DecodeError as error:
        raise AuthError(f"{described(response)} without a token") from error


def token_refusal(response: httpx.Response) -> SourceError:
    """What it means that no token is given; the body is one object."""
    try:
        refused = msgspec.json.decode(response.content, type=_Refused)
    except msgspec.DecodeError:
        return Unavailable(described(response), retry_after(response))
    message = f"{described(response)} {refused.error}{_described(refused, response)}"
    # The one invalid_grant that says nothing about the credentials: another request is being served.
    is_passing = "already being processed" in refused.error_description or refused.error == "rate_limit_exceeded"
    if is_passing or response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unavailable(message, retry_after(response))
    return AuthError(message)


def _described(refused: _Refused, response: httpx.Response) -> str:
    """What is said besides, unless it repeats what we proved ourselves by."""
    sent = parse_qs(response.request.content.decode())
    proofs = [value for name in PROOFS for value in sent.get(name, ())]
    repeats = any(proof in refused.error_description for proof in proofs)
    return f": {refused.error_description}" if refused.error_description and not repeats else ""
