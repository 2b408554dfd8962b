"""Trusted documents: a client sends the id of a text that was pushed before, instead of a text.

The ids are those of the GraphQL-over-HTTP specification's appendix on persisted documents: `sha256:` and the digest of
the text. What Apollo's clients send in `extensions.persistedQuery` is read as the same.
"""

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from hub.schema.access import Refused

FORGOTTEN_AFTER = 10.0
"""Seconds after which a text is looked up again: a removal takes effect within them."""
MOST_KEPT = 2_000

ID = re.compile(r"sha256:[0-9a-f]{64}")

Find = Callable[[str | None, str], Awaitable[str | None]]
"""The text of an app's document, or of any app's where that is None; None where there is none of this id."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The texts that were asked for lately."""

    find: Find
    most: int = MOST_KEPT
    _kept: OrderedDict[tuple[str | None, str], tuple[str, float]] = field(default_factory=OrderedDict)

    def known(self, app: str | None, id_: str, now: float) -> str | None:
        """The text, where it was looked up lately; `now` is of a clock that never goes back."""
        text, until = self._kept.get((app, id_), ("", now))
        return text if now < until else None

    async def text(self, app: str | None, id_: str, now: float) -> str:
        """The text of a document; raises Refused."""
        text = self.known(app, id_, now)
        if text is not None:
            return text
        found = await self.find(app, id_) if ID.fullmatch(id_) else None
        if found is None:
            raise Refused(404, "PERSISTED_QUERY_NOT_FOUND", "There is no trusted document of this id; push it first.")
        self._kept[app, id_] = (found, now + FORGOTTEN_AFTER)
        self._kept.move_to_end((app, id_))
        if len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return found


def id_of(text: str) -> str:
    """The id of a text."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def asked_id(document_id: str | None, extensions: Mapping[str, Any] | None) -> str | None:
    """The id in a request, where there is one."""
    persisted = (extensions or {}).get("persistedQuery")
    digest = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
    return document_id or (f"sha256:{digest}" if isinstance(digest, str) else None)


def must_be_allowed(query: str | None, id_: str | None, *, documents_only: bool) -> None:
    """Raises Refused for a text where only trusted documents run."""
    if documents_only and (query is not None or id_ is None):
        told = "This key runs trusted documents only: push yours with `hub documents push`, and send its `documentId`."
        raise Refused(403, "FORBIDDEN", told)
