"""What a request over HTTP asks: a document, its variables, and which of its operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope

from hub.schema.access import Refused
from hub.schema.documents import asked_id

LARGEST_BODY = 100_000
JSON = "application/json"

ALLOWED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
"""What a method may do: a GET changes nothing."""

FOLLOWED = {method: kinds | {OperationType.SUBSCRIPTION} for method, kinds in ALLOWED.items()}
"""The same, where answers may go on."""

SHAPE = {"query": str, "variables": dict, "operationName": str, "extensions": dict, "documentId": str}

Headers = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    document_id: str | None = None


async def asked(scope: Scope, headers: Headers, receive: Receive) -> Asked:
    """What the request asks; raises Refused."""
    kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if scope["method"] == "POST":
        if kind != JSON:
            raise Refused(415, "BAD_REQUEST", f"The Content-Type must be {JSON}.")
        return checked(_decoded(await _body(receive)))
    if kind not in ("", JSON):
        raise Refused(415, "BAD_REQUEST", f"The Content-Type of a GET, if any, must be {JSON}.")
    given: dict[str, Any] = parameters(scope)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _decoded(given[name])
    return checked(given)


def parameters(scope: Scope) -> dict[str, str]:
    """The parameters of the URL."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
    if len(body) > LARGEST_BODY:
        raise Refused(413, "BAD_REQUEST", f"The request has more than {LARGEST_BODY} bytes.")
    return body


def _decoded(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The request is not JSON.") from error


def checked(given: Any) -> Asked:
    """What a decoded request asks; raises Refused."""
    if type(given) is not dict:
        raise Refused(400, "BAD_REQUEST", "A request is one JSON object.")
    for name, value in given.items():
        if value is not None and type(value) is not SHAPE.get(name, type(value)):
            raise Refused(400, "BAD_REQUEST", f"`{name}` has the wrong type.")
    if given.get("query") is not None and given.get("documentId") is not None:
        raise Refused(400, "BAD_REQUEST", "Send either a `query` or a `documentId`.")
    id_ = asked_id(given.get("documentId"), given.get("extensions"))
    return Asked(given.get("query"), given.get("variables") or {}, given.get("operationName"), id_)
