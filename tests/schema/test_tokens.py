import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import OctKey, OKPKey
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from hub.connectors.document import LARGEST_DOCUMENT, document
from hub.errors import SourceError, Unauthenticated, UnexpectedPayload
from hub.model import SCOPES, Role, Scope
from hub.schema.provider import COOL_DOWN, KEPT_FOR, Provider, is_safe
from hub.schema.tokens import ClaimNames, Tokens
from tests.schema.builders import an_organization
from tests.schema.oidc import AUDIENCE, a_key, an_elliptic_key, forged, provider_on_a_socket

NAMES = ClaimNames(role="hub_role", scopes="scope", organization="hub_organization")


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def issuer():
    async with provider_on_a_socket() as provider:
        yield provider


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(issuer, clock):
    return Provider(issuer.issuer, document, clock)


@pytest.fixture
def tokens(database, provider):
    return Tokens(database, provider, AUDIENCE, NAMES)


async def test_a_token_of_the_provider_says_who_asks(tokens, issuer, session, home):
    partner = await an_organization(session, "Partner")
    await session.commit()

    async def viewer(**claims):
        return (await tokens.holder(issuer.token(**claims))).viewer

    ada = await viewer()
    assert (ada.organization_id, ada.role, ada.client) == (home.id, Role.FRONTEND, "oidc:ada")
    assert ada.scopes == SCOPES[Role.FRONTEND]
    assert (await viewer(aud=["https://other.example", AUDIENCE])).role is Role.FRONTEND
    assert (await viewer(hub_role=["offline_access", "ADMIN"])).role is Role.ADMIN
    assert (await viewer(scope="openid profile")).scopes == SCOPES[Role.FRONTEND]
    assert (await viewer(scope="openid account:read audit:read")).scopes == {Scope.ACCOUNT_READ}
    assert (await viewer(scope=["person:read"])).scopes == {Scope.PERSON_READ}
    assert (await viewer(hub_organization="Home")).organization_id == home.id
    tool = await viewer(hub_role="partner_tool", hub_organization="Partner")
    assert (tool.organization_id, tool.role) == (partner.id, Role.PARTNER_TOOL)
    holder = await tokens.holder(issuer.token({"typ": "JWT"}))
    assert 0 < holder.until.timestamp() - time.time() < 400


@pytest.mark.parametrize(
    "claims",
    [
        {"hub_role": None},
        {"hub_role": "king"},
        {"hub_role": ["admin", "frontend"]},
        {"hub_role": {"admin": True}},
        {"hub_role": "partner_tool"},
        {"hub_organization": "Nobody"},
        {"hub_organization": "Partner"},
        {"hub_organization": "Partner", "hub_role": "admin"},
        {"hub_organization": ["Home"]},
    ],
)
async def test_a_token_that_gives_no_role_here_is_refused_and_its_subject_told(tokens, issuer, session, home, claims):
    await an_organization(session, "Partner")
    await session.commit()

    with pytest.raises(Unauthenticated) as refused:
        await tokens.holder(issuer.token(**claims))
    assert refused.value.client == "oidc:ada"


def hostile(issuer):
    """Tokens that somebody could make, and why they are refused."""
    now, own = int(time.time()), issuer.keys[0]
    stolen_kid, elliptic = a_key("one"), an_elliptic_key("two")
    secret = own.as_pem(private=False)
    header = {"alg": "HS256", "typ": "at+jwt", "kid": "one"}
    unsigned = forged(header, issuer.claims())
    confused = hmac.new(secret, unsigned.rpartition(".")[0].encode(), hashlib.sha256).digest()
    return {
        "alg none": forged({"alg": "none", "typ": "JWT", "kid": "one"}, issuer.claims()),
        "alg none in capitals": forged({"alg": "nOnE", "typ": "JWT", "kid": "one"}, issuer.claims()),
        "no signature": forged({"alg": "RS256", "typ": "JWT", "kid": "one"}, issuer.claims()),
        "HS256 with the public key": forged(header, issuer.claims(), confused),
        "a secret's signature": issuer.token({"alg": "HS256"}, OctKey.import_key("s" * 64, {"kid": "one"})),
        "another's key of the same id": issuer.token(key=stolen_kid),
        "an unknown key": issuer.token(key=a_key("three")),
        "an elliptic key of another": issuer.token({"alg": "ES256"}, elliptic),
        "a jku of its own": issuer.token({"jku": f"{issuer.issuer}/evil"}, stolen_kid),
        "a jwk of its own": issuer.token({"jwk": {"kty": "oct", "k": "AAAA"}}, stolen_kid),
        "a crit that nobody knows": forged({"alg": "RS256", "typ": "JWT", "kid": "one", "crit": ["x"], "x": 1}, {}),
        "wrong iss": issuer.token(iss="https://evil.example"),
        "iss with a slash more": issuer.token(iss=issuer.issuer + "/"),
        "no iss": issuer.token(iss=None),
        "wrong aud": issuer.token(aud="https://other.example"),
        "aud among others'": issuer.token(aud=["https://other.example"]),
        "no aud": issuer.token(aud=None),
        "expired": issuer.token(exp=now - 60),
        "never expiring": issuer.token(exp=None),
        "exp as text": issuer.token(exp=str(now + 60)),
        "exp beyond numbers": issuer.token(exp=float("inf")),
        "nbf in the future": issuer.token(nbf=now + 60),
        "iat in the future": issuer.token(iat=now + 60),
        "no sub": issuer.token(sub=None),
        "long sub": issuer.token(sub="x" * 256),
        "sub with a line break": issuer.token(sub="ada\nroot"),
        "sub that is no text": issuer.token(sub=7),
        "a logout token": issuer.token({"typ": "logout+jwt"}),
        "no typ": issuer.token({"typ": None}),
        "typ that is no text": forged({"alg": "RS256", "typ": ["JWT"], "kid": "one"}, {}),
        "kid that is no text": forged({"alg": "RS256", "typ": "JWT", "kid": ["one"]}, {}),
        "alg that is no text": forged({"alg": ["RS256"], "typ": "JWT", "kid": "one"}, {}),
        "claims that are a list": forged({"alg": "RS256", "typ": "JWT", "kid": "one"}, []),
        "a large header": forged({"alg": "RS256", "typ": "JWT", "kid": "x" * 5000}, {}),
        "two parts": "a.b",
        "five parts": "a.b.c.d.e",
        "nothing": "",
    }


async def test_hostile_tokens_are_refused_and_nothing_of_theirs_is_fetched(tokens, issuer, home):
    admitted, told = [], []
    for name, token in hostile(issuer).items():
        try:
            await tokens.holder(token)
        except Unauthenticated as refused:
            told.append(str(refused))
            continue
        admitted.append(name)

    assert admitted == []
    assert max(map(len, told)) < 100
    assert set(issuer.asked) == {"/.well-known/openid-configuration", "/jwks"}
    assert len(issuer.asked) == 2


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200) | st.lists(st.binary(max_size=40), min_size=3, max_size=3).map(
    lambda parts: ".".join(part.hex() for part in parts)))  # fmt: skip
def test_whatever_is_no_token_is_refused(text):
    nobody = Tokens(None, Provider("https://id.example", document), AUDIENCE, NAMES)  # type: ignore[arg-type]
    with pytest.raises(Unauthenticated):
        asyncio.run(nobody.holder(text))


async def test_a_token_made_just_now_by_a_fast_clock_is_accepted(tokens, issuer, home):
    now = int(time.time())

    assert await tokens.holder(issuer.token(nbf=now + 20, iat=now + 20))
    assert await tokens.holder(issuer.token(exp=now - 10))


async def test_elliptic_and_edwards_keys_are_accepted_too(tokens, issuer, home):
    edwards = OKPKey.generate_key("Ed25519", {"kid": "three"})
    issuer.keys += [an_elliptic_key("two"), edwards]

    assert await tokens.holder(issuer.token({"alg": "ES256"}, issuer.keys[1]))
    assert await tokens.holder(issuer.token({"alg": "Ed25519"}, edwards))


async def test_without_a_key_id_the_only_key_counts(provider, issuer, clock):
    assert (await provider.key(None)).kid == "one"
    issuer.keys.append(a_key("two"))
    clock.now += KEPT_FOR + 1
    with pytest.raises(Unauthenticated):
        await provider.key(None)


async def test_keys_are_fetched_once_however_many_ask(provider, issuer):
    await asyncio.gather(*(provider.key("one") for _ in range(20)))

    assert issuer.asked.count("/jwks") == 1


async def test_an_unknown_key_id_is_asked_for_once_in_a_while(provider, issuer, clock):
    await provider.key("one")
    issuer.keys = [a_key("two")]
    clock.now += COOL_DOWN
    assert (await provider.key("two")).kid == "two"
    with pytest.raises(Unauthenticated):
        await provider.key("one")
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await provider.key("made up")

    assert issuer.asked.count("/jwks") == 2


async def test_keys_are_renewed_when_they_are_old_and_kept_while_the_provider_is_down(provider, issuer, clock):
    await provider.key("one")
    issuer.answers["/jwks"] = PlainTextResponse("down", 503)
    clock.now += KEPT_FOR + 1
    assert (await provider.key("one")).kid == "one"
    assert (await provider.key("one")).kid == "one"
    assert issuer.asked.count("/jwks") == 2

    del issuer.answers["/jwks"]
    issuer.keys = [a_key("two")]
    clock.now += COOL_DOWN
    assert (await provider.key("two")).kid == "two"
    with pytest.raises(Unauthenticated):
        await provider.key("one")


async def test_a_provider_that_never_answered_is_told_as_such(provider, issuer, clock):
    issuer.answers["/jwks"] = PlainTextResponse("down", 503)
    for _ in range(3):
        with pytest.raises(SourceError):
            await provider.key("one")
    assert issuer.asked.count("/jwks") == 1

    issuer.answers.clear()
    clock.now += COOL_DOWN
    assert await provider.key("one")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (
            "/.well-known/openid-configuration",
            JSONResponse({"issuer": "https://evil.example", "jwks_uri": "https://x"}),
        ),
        ("/.well-known/openid-configuration", PlainTextResponse("<html>")),
        ("/.well-known/openid-configuration", JSONResponse([])),
        ("/jwks", JSONResponse({"keys": {}})),
        ("/jwks", JSONResponse({"keys": []})),
        ("/jwks", JSONResponse({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, 7, {"kty": "RSA"}]})),
        ("/jwks", JSONResponse({"keys": [a_key("one").as_dict(private=True)]})),
        ("/jwks", JSONResponse({"keys": [a_key("one").as_dict(private=False, use="enc")]})),
        ("/jwks", PlainTextResponse(b" " * (LARGEST_DOCUMENT + 1))),
        ("/jwks", RedirectResponse("/elsewhere")),
        ("/jwks", PlainTextResponse("", 204)),
    ],
)
async def test_a_provider_that_answers_nonsense_has_no_keys(provider, issuer, path, answer):
    issuer.answers[path] = answer

    with pytest.raises(SourceError):
        await provider.key("one")


async def test_keys_are_fetched_from_no_unsafe_place(issuer, provider):
    issuer.answers["/.well-known/openid-configuration"] = JSONResponse(
        {"issuer": issuer.issuer, "jwks_uri": "http://keys.example/jwks"}
    )

    with pytest.raises(UnexpectedPayload, match="https"):
        await provider.key("one")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example/realms/x", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://id.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("ftp://id.example", False),
        ("https://", False),
        ("https://[", False),
        ("id.example", False),
    ],
)
def test_only_https_or_this_machine_is_believed(url, safe):
    assert is_safe(url) is safe


async def test_a_provider_that_is_not_there_is_told_as_such():
    with pytest.raises(SourceError):
        await Provider("http://127.0.0.1:1", document).key("one")
