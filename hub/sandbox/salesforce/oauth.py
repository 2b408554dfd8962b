"""The OAuth endpoints: client credentials, JWT bearer, consent and refresh. Their errors are objects, not arrays."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from hub.sandbox.salesforce.credentials import SalesforceCredentials, credentials
from hub.sandbox.salesforce.org import ORG_ID
from hub.sandbox.salesforce.refusal import OAuthRefusal
from hub.sandbox.salesforce.spelling import json
from hub.sandbox.salesforce.state import bearer, state

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Where the client that users are sent back to may be: this is a sandbox."""
LONGEST_LIFE = 300
"""Seconds that an assertion may still live; it also stands off milliseconds taken for seconds."""
_SCOPE = "api"

Form = Mapping[str, str]
Tokens = tuple[str, str | None]
"""An access token, and a refresh token if there is a new one."""


def _answer(body: object) -> Response:
    return Response(json(body), media_type="application/json", headers={"Cache-Control": "no-store"})


async def token(request: Request) -> Response:
    """A new access token. It says nothing about its expiry: Salesforce never does."""
    form = await _form(request)
    granting = _GRANTS.get(form.get("grant_type", ""))
    if granting is None:
        raise OAuthRefusal("unsupported_grant_type", "grant type not supported")
    access_token, refresh_token = await granting(request, form)
    return _answer(_granted(request, access_token, refresh_token))


async def _by_secret(request: Request, form: Form) -> Tokens:
    if request.url.hostname in LOGIN_HOSTS:
        raise OAuthRefusal("invalid_grant", "request not supported on this domain")
    _check_client(*_client(request, form))
    return state(request).sessions.token(), None


async def _by_assertion(request: Request, form: Form) -> Tokens:
    _check_assertion(form.get("assertion", ""), _base_url(request))
    return state(request).sessions.token(), None


async def _by_code(request: Request, form: Form) -> Tokens:
    _check_public_client(*_client(request, form))
    code, verifier = form.get("code", ""), form.get("code_verifier", "")
    return state(request).grants.redeemed(code, form.get("redirect_uri", ""), verifier)


async def _by_refresh_token(request: Request, form: Form) -> Tokens:
    _check_public_client(*_client(request, form))
    return await state(request).grants.refreshed(form.get("refresh_token", ""))


_GRANTS: Mapping[str, Callable[[Request, Form], Awaitable[Tokens]]] = {
    "client_credentials": _by_secret,
    JWT_BEARER: _by_assertion,
    "authorization_code": _by_code,
    "refresh_token": _by_refresh_token,
}


async def authorize(request: Request) -> Response:
    """The user, who always consents, is sent back to the client with a code."""
    asked = request.query_params
    if asked.get("response_type") != "code":
        raise OAuthRefusal("unsupported_response_type", "response type not supported")
    _check_public_client(asked.get("client_id", ""), "")
    redirect_uri = asked.get("redirect_uri", "")
    if urlsplit(redirect_uri).hostname not in LOOPBACK:
        raise OAuthRefusal("redirect_uri_mismatch", "redirect_uri must match configuration")
    code = state(request).grants.code(redirect_uri, asked.get("code_challenge"))
    told = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
    return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(told)}", 302)


async def _form(request: Request) -> Form:
    """The parameters. Clients send them in the body; some put them into the query string."""
    body = (await request.body()).decode("utf-8", "replace")
    return {**request.query_params, **dict(parse_qsl(body, keep_blank_values=True))}


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _granted(request: Request, access_token: str, refresh_token: str | None) -> dict[str, str]:
    here, base_url = state(request), _base_url(request)
    identity = f"{base_url}/id/{ORG_ID}/{here.org.default_user()}"
    issued_at = str(int(here.org.clock.now().timestamp() * 1000))
    secret = credentials().client_secret.encode()
    signature = hmac.new(secret, f"{identity}{issued_at}".encode(), hashlib.sha256).digest()
    consent = {} if refresh_token is None else {"refresh_token": refresh_token}
    return consent | {
        "access_token": access_token,
        "signature": base64.b64encode(signature).decode(),
        "scope": _SCOPE,
        "instance_url": base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }


def _client(request: Request, form: Form) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthRefusal("invalid_client", "invalid client credentials") from error
    return client_id, secret


def _check_client(client_id: str, secret: str) -> None:
    if client_id != credentials().client_id:
        raise OAuthRefusal("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret.encode(), credentials().client_secret.encode()):
        raise OAuthRefusal("invalid_client", "invalid client credentials")


def _check_public_client(client_id: str, secret: str) -> None:
    """A consent is given to an app, which may have no secret to keep."""
    _check_client(client_id, secret or credentials().client_secret)


def _check_assertion(assertion: str, base_url: str) -> None:
    """Assertions are dated by the client's clock, so the sandbox's own does not count here."""
    known = credentials()
    try:
        claims = jwt.decode(assertion, RSAKey.import_key(known.public_key_pem), algorithms=["RS256"]).claims
        # Some clients write the time as text, which Salesforce takes.
        _claims_of(base_url).validate({**claims, "exp": _whole(claims.get("exp"))})
    except InvalidClaimError as error:
        told = "audience is invalid" if error.claim == "aud" else "invalid assertion"
        raise OAuthRefusal("invalid_grant", told) from error
    except JoseError as error:
        raise OAuthRefusal("invalid_grant", "invalid assertion") from error
    _check_claims(claims, known)


def _whole(given: object) -> object:
    return int(given) if isinstance(given, str) and given.isdigit() else given


def _claims_of(base_url: str) -> jwt.JWTClaimsRegistry:
    audiences = [f"https://{host}" for host in LOGIN_HOSTS] + [base_url]
    needed: jwt.ClaimsOption = {"essential": True}
    return jwt.JWTClaimsRegistry(iss=needed, sub=needed, exp=needed, aud={"essential": True, "values": audiences})


def _check_claims(claims: Mapping[str, object], known: SalesforceCredentials) -> None:
    if claims["iss"] != known.client_id:
        raise OAuthRefusal("invalid_client_id", "client identifier invalid")
    if claims["sub"] != known.username:
        raise OAuthRefusal("invalid_grant", "user hasn't approved this consumer")
    if int(str(claims["exp"])) > time.time() + LONGEST_LIFE:
        raise OAuthRefusal("invalid_grant", "invalid assertion")


async def introspect(request: Request) -> Response:
    """Whether a token is good, and how long. The only place that tells."""
    form = await _form(request)
    _check_client(*_client(request, form))
    session = state(request).sessions.session(form.get("token", ""))
    if session is None:
        return _answer({"active": False})
    return _answer(
        {
            "active": True,
            "scope": _SCOPE,
            "client_id": credentials().client_id,
            "username": credentials().username,
            "token_type": "access_token",
            "iat": _seconds(session.issued_at),
            "nbf": _seconds(session.issued_at),
            "exp": _seconds(session.expires_at),
        }
    )


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


async def revoke(request: Request) -> Response:
    """Ends a session, or a consent with all its sessions."""
    given, here = (await _form(request)).get("token", ""), state(request)
    if not here.sessions.revoke(given) and not here.grants.revoke(given):
        raise OAuthRefusal("invalid_token", "invalid token")
    return Response()


async def userinfo(request: Request) -> Response:
    """Who the token acts for."""
    here = state(request)
    if here.sessions.session(bearer(request)) is None:
        return PlainTextResponse("Bad_OAuth_Token", 403)
    base_url = _base_url(request)
    user = here.org.default_user()
    return _answer(
        {
            "sub": f"{base_url}/id/{ORG_ID}/{user}",
            "user_id": user,
            "organization_id": ORG_ID,
            "preferred_username": credentials().username,
            "name": "Integration User",
            "email": credentials().username,
            "active": True,
            "user_type": "STANDARD",
            "urls": {
                "rest": f"{base_url}/services/data/v{{version}}/",
                "query": f"{base_url}/services/data/v{{version}}/query/",
            },
        }
    )
