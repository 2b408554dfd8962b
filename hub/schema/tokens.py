"""Bearer tokens of an OpenID Connect provider: JWTs, verified, and what they say of their holder."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import JoseError

from hub.errors import NotFound, Unauthenticated
from hub.model import SCOPES, Role, Scope
from hub.schema.provider import Provider
from hub.store import organizations
from hub.store.database import Database
from hub.store.keys import Holder
from hub.store.sharing import Viewer

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Asymmetric ones only: with others, whoever can verify a token can make one."""
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""RFC 9068, section 4. A logout token, say, has another."""
LEEWAY = 30
"""Seconds that the provider's clock may differ from ours."""
LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNames:
    """Where the provider writes what the hub wants to know."""

    role: str
    scopes: str
    organization: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Finds out who holds a token."""

    database: Database
    provider: Provider
    audience: str
    names: ClaimNames
    _registry: jws.JWSRegistry = field(default_factory=lambda: jws.JWSRegistry(algorithms=list(ALGORITHMS)))

    async def holder(self, token: str) -> Holder:
        """Who holds a token. Raises Unauthenticated, SourceError where the provider's keys cannot be had."""
        claims = await self._claims(token)
        client = f"oidc:{claims['sub']}"
        role = _role(claims.get(self.names.role), self.names.role, client)
        organization_id = await self._organization(claims.get(self.names.organization), role, client)
        scopes = SCOPES[role] & _scopes(claims.get(self.names.scopes))
        until = datetime.fromtimestamp(min(claims["exp"] + LEEWAY, _LAST), UTC)
        return Holder(Viewer(organization_id, role, scopes, client), until=until)

    async def _claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that is signed by the provider, for us, and now."""
        try:
            header = jws.extract_compact(token.encode(), registry=self._registry).headers()
        except JoseError as error:
            raise _refused(error) from error
        kind, kid = header.get("typ"), header.get("kid")
        if not isinstance(kind, str) or kind.lower() not in TYPES:
            raise Unauthenticated("The token is not accepted (its typ is not at+jwt or JWT).")
        if header.get("alg") not in ALGORITHMS or not isinstance(kid, str | None):
            raise Unauthenticated("The token is not accepted (its alg is not one of the allowed).")
        key = await self.provider.key(kid)
        try:
            claims = jwt.decode(token, key, registry=self._registry).claims
            self._checks().validate(claims)
        except JoseError as error:
            raise _refused(error) from error
        if not claims["sub"].isprintable() or len(claims["sub"]) > LONGEST_SUBJECT:
            raise Unauthenticated("The token is not accepted (its sub is too long, or no text).")
        return claims

    def _checks(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def _organization(self, name: object, role: Role, client: str) -> UUID:
        """The organization that a claim names; of a role of the home organization, that one when there is no claim."""
        if name is None and role is Role.PARTNER_TOOL:
            told = f"The token has no claim {self.names.organization}, which a partner's tool needs."
            raise Unauthenticated(told, client)
        async with self.database.session() as session:
            try:
                found = await (organizations.home(session) if name is None else organizations.named(session, str(name)))
            except NotFound as error:
                raise Unauthenticated("The token names no organization of this hub.", client) from error
        if not found.is_home and role is not Role.PARTNER_TOOL:
            raise Unauthenticated("The token gives another organization a role of the home organization.", client)
        return found.id


_LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def _refused(error: JoseError) -> Unauthenticated:
    return Unauthenticated(f"The token is not accepted ({error.error.replace('_', ' ')}).")


def _role(claim: object, name: str, client: str) -> Role:
    """The one role that a claim names, alone or in a list with what is for others."""
    given = claim if isinstance(claim, list) else [claim]
    known = {role for role in Role for each in given if isinstance(each, str) and each.upper() == role}
    if len(known) != 1:
        raise Unauthenticated(f"The token has no claim {name} that names one role of the hub.", client)
    return known.pop()


def _scopes(claim: object) -> frozenset[Scope]:
    """The hub's scopes among those that a claim lists; where it lists none of them, all."""
    given = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(scope for scope in Scope if scope.value in given) or frozenset(Scope)
