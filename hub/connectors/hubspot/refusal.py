"""What it means when HubSpot refuses.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

from typing import Any

import httpx
import msgspec

from hub.connectors.response import described, refusal_by_status, retry_after
from hub.errors import AuthError, QuotaExhausted, SourceError, Unavailable

BAD_TOKEN = 530
MIGRATING = 477
PATIENCE = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
"""Seconds to wait, by the policy that was broken."""
LOCKED_FOR = 2.0
"""Seconds that a locked resource is left alone at least."""
LONGEST_SENTENCE = 200
"""Characters of HubSpot's that are told."""
LONGEST_WAIT = 60.0
LONGEST_MIGRATION = 86_400.0
MILLISECONDS_FROM = 600
"""HubSpot's Retry-After counts in seconds or in milliseconds, and does not say which."""


def refusal(response: httpx.Response) -> SourceError | None:
    """What HubSpot means by a status of 300 or more."""
    problem = _problem(response)
    message = problem.told(response)
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return _throttled(problem, message, response)
    if response.status_code == BAD_TOKEN:
        return AuthError(message)
    if response.status_code == httpx.codes.UNAUTHORIZED and problem == _Problem():
        # Of an answer that was torn on its way nobody knows whether the token has expired, or whose word it was.
        return Unavailable(f"{message} without a reason", _wait(response, 1.0))
    if response.status_code == MIGRATING:
        # Its Retry-After counts in seconds, and nothing of the account answers until then.
        return QuotaExhausted(f"{message}: the account is being moved", _migrated_in(response))
    error = refusal_by_status(response)
    if isinstance(error, Unavailable):
        return Unavailable(message, _wait(response, LOCKED_FOR if response.status_code == httpx.codes.LOCKED else 1.0))
    return None if error is None else type(error)(message)


class _Problem(msgspec.Struct, frozen=True, rename="camel"):
    """An error's body. Any part of it may be absent, whatever the specification says."""

    message: str | None = None
    category: str | None = None
    policy_name: str | None = None
    correlation_id: str | None = None
    context: Any = None
    errors: Any = None

    def told(self, response: httpx.Response) -> str:
        """Only of requests that hold no personal data: we send ids and names of properties.

        What repeats the token that the request was let in by is left out.
        """
        scopes = ", ".join(self._scopes())
        reason = f"needs the scopes {scopes}" if scopes else self.message
        _, _, token = response.request.headers.get("Authorization", "").partition(" ")
        category, reason, traced = (
            "" if said is None or (token and token in said) else said[:LONGEST_SENTENCE]
            for said in (self.category or self.policy_name, reason, self.correlation_id)
        )
        end = f" (correlation id {traced})" if traced else ""
        return ": ".join(part for part in (described(response), category, reason) if part) + end

    def _scopes(self) -> list[str]:
        """Those that are missing: told of the answer as a whole, or of one of its errors."""
        errors = self.errors if isinstance(self.errors, list) else []
        inner = [error.get("context") for error in errors if isinstance(error, dict)]
        for context in (self.context, *inner):
            named = context if isinstance(context, dict) else {}
            scopes = named.get("requiredGranularScopes") or named.get("requiredScopes")
            if isinstance(scopes, list):
                return [str(scope) for scope in scopes]
        return []


def _problem(response: httpx.Response) -> _Problem:
    try:
        return msgspec.json.decode(response.content, type=_Problem)
    except msgspec.DecodeError:
        # Proxies answer with pages for people; the status still says enough.
        return _Problem()


def _throttled(problem: _Problem, message: str, response: httpx.Response) -> Unavailable:
    if problem.policy_name == "DAILY":
        return QuotaExhausted(message)
    return Unavailable(message, _wait(response, 1.0) or PATIENCE.get(problem.policy_name or ""))


def _wait(response: httpx.Response, least: float) -> float | None:
    asked = retry_after(response)
    if asked is None:
        return least if least > 1 else None
    seconds = asked / 1000 if asked > MILLISECONDS_FROM else asked
    return min(max(seconds, least), LONGEST_WAIT)


def _migrated_in(response: httpx.Response) -> float | None:
    asked = retry_after(response)
    return None if asked is None else min(asked, LONGEST_MIGRATION)
