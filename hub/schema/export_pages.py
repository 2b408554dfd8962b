"""The pages of a list that is exported."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from hub.errors import InputError
from hub.schema.contracts import contract
from hub.schema.export_plan import CURSOR, PAGE_INFO, Plan, planned
from hub.store.exports import Page
from hub.store.sharing import Viewer

Answered = Callable[[Viewer, str, dict[str, Any]], Awaitable[bytes]]
"""The answer to a document with variables, as JSON. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class ExportPages:
    """Asks for the pages of documents as any client would."""

    answered: Answered

    async def __call__(self, viewer: Viewer, document: str, cursor: str | None) -> AsyncIterator[Page]:
        """The pages after a cursor. Raises InputError for a document that cannot be exported or answered."""
        plan = planned(document, contract(viewer.role), viewer)
        while True:
            page = _page(plan, await self.answered(viewer, plan.document, {CURSOR: cursor}))
            yield page
            if page.cursor is None:
                return
            cursor = page.cursor


class _Problem(msgspec.Struct):
    message: str


class _Answer(msgspec.Struct):
    data: dict[str, dict[str, msgspec.Raw]] | None = None
    errors: list[_Problem] = []


class _PageInfo(msgspec.Struct, rename="camel"):
    end_cursor: str | None
    has_next_page: bool


_ANSWER = msgspec.json.Decoder(_Answer)
_PAGE_INFO = msgspec.json.Decoder(_PageInfo)
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])


def _page(plan: Plan, body: bytes) -> Page:
    """The rows are cut out of the answer as they are."""
    answer = _ANSWER.decode(body)
    if answer.errors or answer.data is None:
        raise InputError(answer.errors[0].message if answer.errors else "There is no answer.")
    found = answer.data[plan.root]
    info = _PAGE_INFO.decode(found[PAGE_INFO])
    rows = _ROWS.decode(found[plan.rows])
    return Page(
        lines=b"".join(_line(row) for row in rows),
        rows=len(rows),
        cursor=info.end_cursor if info.has_next_page else None,
    )


def _line(row: msgspec.Raw) -> bytes:
    # Within texts JSON escapes line ends, so these stand between tokens.
    return bytes(row).replace(b"\n", b"") + b"\n"
