"""An OpenID Connect provider on a socket of this machine, which signs what it is asked to."""

import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.listening import listener_on, listening

AUDIENCE = "https://hub.example"


def a_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class OpenIdProvider:
    issuer: str = ""
    keys: list[Any] = field(default_factory=lambda: [a_key("one")])
    asked: list[str] = field(default_factory=list)
    answers: dict[str, Response] = field(default_factory=dict)
    """Answers to give instead of the right ones, by path."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/jwks", self._jwks),
            ]
        )

    async def _discovery(self, request: Request) -> Response:
        return self._answer(request, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"})

    async def _jwks(self, request: Request) -> Response:
        return self._answer(request, {"keys": [key.as_dict(private=False) for key in self.keys]})

    def _answer(self, request: Request, right: Any) -> Response:
        self.asked.append(request.url.path)
        return self.answers.get(request.url.path) or JSONResponse(right)

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "ada",
            "iat": now,
            "exp": now + 300,
            "hub_role": "frontend",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        key = key or self.keys[0]
        given = {"alg": "RS256", "typ": "at+jwt", "kid": key.kid} | (header or {})
        kept = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(kept, self.claims(**claims), key, algorithms=[given["alg"]], default_type=None)


def forged(header: Any, claims: Any, signature: bytes = b"") -> str:
    """A token of any content, signed by nobody, or by whatever `signature` is."""
    return ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for part in (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    )


def an_elliptic_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


@asynccontextmanager
async def provider_on_a_socket() -> AsyncIterator[OpenIdProvider]:
    provider = OpenIdProvider()
    async with listening(provider.app(), listener_on("127.0.0.1", 0)) as url:
        provider.issuer = url
        yield provider
