"""The files that frontend tools write of the documents in an app, read and checked.

* Apollo's persisted query manifest: {"format": "apollo-persisted-query-manifest", "version": 1, "operations": […]}
  (https://www.apollographql.com/docs/graphos/platform/security/persisted-queries)
* Relay's persist file and graphql-codegen's persisted-documents.json: {digest: text}
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from graphql import GraphQLError

from hub.errors import InputError
from hub.schema.limits import OWN
from hub.schema.operations import Invalid, checked, parsed
from hub.schema.schema import CORE
from hub.schema.weights import weights

APOLLO = "apollo-persisted-query-manifest"
LARGEST_TEXT = 100_000
"""Characters; what a request may have in bytes."""
MOST_PROBLEMS = 10


@dataclass(frozen=True, slots=True)
class ManifestDocument:
    """A document that runs with today's schema."""

    id: str
    text: str
    operation_names: tuple[str, ...]
    cost: int
    """Of the costliest of its operations, without variables."""


def documents(manifest: bytes) -> list[ManifestDocument]:
    """The documents of a manifest; raises InputError where one of them would not run, and tells of ten such."""
    found, problems = [], []
    for digest, text in _entries(manifest):
        try:
            found.append(_document(digest, text))
        except InputError as error:
            problems.append(str(error))
    if problems:
        more = f"\n… and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
        raise InputError("Nothing was stored.\n" + "\n".join(problems[:MOST_PROBLEMS]) + more)
    return found


def _entries(manifest: bytes) -> Iterator[tuple[str, str]]:
    """The digests and texts in a manifest."""
    try:
        given = orjson.loads(manifest)
    except orjson.JSONDecodeError as error:
        raise InputError(f"The manifest is not JSON: {error}.") from error
    if not isinstance(given, Mapping):
        raise InputError("A manifest is one JSON object.")
    pairs = _apollo(given) if given.get("format") == APOLLO else given.items()
    for digest, text in pairs:
        if not isinstance(digest, str) or not isinstance(text, str):
            raise InputError("The manifest is neither Apollo's nor an object of texts by their digests.")
        yield digest.removeprefix("sha256:"), text


def _apollo(given: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    operations = given.get("operations")
    if given.get("version") != 1 or not isinstance(operations, list):
        raise InputError("Apollo's manifest must be of version 1 and have `operations`.")
    for each in operations:
        yield (each.get("id"), each.get("body")) if isinstance(each, Mapping) else (None, None)


def _document(digest: str, text: str) -> ManifestDocument:
    """A document, checked; raises InputError."""
    if sha256(text.encode()).hexdigest() != digest:
        told = 'is not the SHA-256 of its text: Relay needs "algorithm": "SHA256", codegen hashAlgorithm "sha256"'
        raise InputError(f"{digest[:16]}… {told}.")
    if len(text) > LARGEST_TEXT:
        raise InputError(f"{digest[:16]}… has more than {LARGEST_TEXT:,} characters.")
    try:
        names = _names(text)
        costs = [checked(CORE, weights(CORE), text, name, OWN).measure.cost({}) for name in names or (None,)]
    except Invalid as error:
        raise InputError(f"{digest[:16]}… {error}") from error
    return ManifestDocument(f"sha256:{digest}", text, names, max(costs))


def _names(text: str) -> tuple[str, ...]:
    """The names of a document's operations; raises Invalid."""
    try:
        return tuple(name for name in parsed(text, OWN).operations if name)
    except GraphQLError as error:
        raise Invalid([error]) from error
