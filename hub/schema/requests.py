"""What a request over HTTP asks: a document, its variables, and which of its operations."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from graphql import OperationType
from starlette.types import Receive, Scope

from hub.listening.departures import ClientGone
from hub.schema.access import Refused
from hub.schema.documents import asked_id

LARGEST_BODY = 100_000
JSON = "application/json"

READ = frozenset({OperationType.QUERY})
ALLOWED = {"GET": READ, "HEAD": READ, "POST": READ | {OperationType.MUTATION}}
"""What a method may do: a GET changes nothing."""

FOLLOWED = {method: kinds | {OperationType.SUBSCRIPTION} for method, kinds in ALLOWED.items()}
"""The same, where answers may go on."""

Headers = Mapping[bytes, bytes]

T = TypeVar("T")
FoundT = TypeVar("FoundT")


class Asked(msgspec.Struct, frozen=True):
    """What a request asks."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    document_id: str | None = None


class _Sent(msgspec.Struct, rename="camel"):
    """What a request is made of; it may have more, which does not matter."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None


async def asked(scope: Scope, headers: Headers, receive: Receive) -> Asked:
    """What the request asks; raises Refused."""
    kind = _media_type(headers.get(b"content-type", b""))
    if scope["method"] == "POST":
        if kind != JSON:
            raise Refused(415, "BAD_REQUEST", f"The Content-Type must be {JSON}.")
        return _asked(_read(_sent, await _body(receive)))
    if kind not in ("", JSON):
        raise Refused(415, "BAD_REQUEST", f"The Content-Type of a GET, if any, must be {JSON}.")
    given: dict[str, Any] = parameters(scope)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _read(msgspec.json.decode, given[name])
    return checked(given)


def checked(given: Any) -> Asked:
    """What a decoded request asks; raises Refused."""
    return _asked(_read(partial(msgspec.convert, type=_Sent), given))


def parameters(scope: Scope) -> dict[str, str]:
    """The parameters of the URL."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


@lru_cache(1000)
def _media_type(header: bytes) -> str:
    return header.decode("latin-1").partition(";")[0].strip().lower()


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientGone
    if len(body) > LARGEST_BODY:
        raise Refused(413, "BAD_REQUEST", f"The request has more than {LARGEST_BODY} bytes.")
    return body


_sent = msgspec.json.Decoder(_Sent).decode


def _read(reader: Callable[[T], FoundT], given: T) -> FoundT:
    """What a reader makes of it; raises Refused."""
    try:
        return reader(given)
    except msgspec.ValidationError as error:
        raise Refused(400, "BAD_REQUEST", f"The request has not the shape of a GraphQL request: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "BAD_REQUEST", "The request is not JSON.") from error


def _asked(sent: _Sent) -> Asked:
    if sent.query is not None and sent.document_id is not None:
        raise Refused(400, "BAD_REQUEST", "Send either a `query` or a `documentId`.")
    id_ = asked_id(sent.document_id, sent.extensions)
    return Asked(sent.query, sent.variables or {}, sent.operation_name, id_)
