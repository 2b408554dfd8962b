"""What the portal answers instead of what was asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response


class Refusal(HTTPException):
    """An answer with a status of 400 or more and HubSpot's error body. Any of the body's parts may be absent."""

    def __init__(
        self,
        status_code: int,
        message: str,
        category: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status_code, message, headers)
        self.message = message
        self.category = category
        self.more = more

    def body(self, correlation_id: str) -> dict[str, Any]:
        """The error body."""
        body: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": correlation_id,
            **self.more,
        }
        if self.category is not None:
            body["category"] = self.category
        return body


class Conflict(Refusal):
    """Another record has the same value where only one may."""

    def __init__(self, subject: str, existing_id: str) -> None:
        super().__init__(409, f"{subject} already exists. Existing ID: {existing_id}", "CONFLICT")
        self.existing_id = existing_id


def invalid(message: str, **more: Any) -> Refusal:
    """The request cannot be understood or breaks a rule."""
    return Refusal(400, message, "VALIDATION_ERROR", **more)


def not_found(message: str = "resource not found") -> Refusal:
    """The object is not there, or not any more."""
    return Refusal(404, message, "OBJECT_NOT_FOUND")


def missing_scopes(*scopes: str) -> Refusal:
    """The key may not do this."""
    context = {"requiredGranularScopes": list(scopes), "links": ["https://developers.hubspot.com/scopes"]}
    return Refusal(403, "One or more of the following scopes are required.", "MISSING_SCOPES", context=context)


def part_failed(category: str, message: str, context: Mapping[str, Sequence[str]], **more: str) -> dict[str, Any]:
    """One entry of the `errors` in a 207 answer."""
    return {"status": "error", "category": category, **more, "message": message, "context": context}


def json_response(content: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A body as HubSpot sends it."""
    return Response(orjson.dumps(content), status, headers, media_type="application/json;charset=utf-8")
