"""The rows of a result as they were when it was found, whatever becomes of them afterwards."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hub.sandbox.salesforce.sobject import Part


class Snapshot:
    """Rows found; of those that change later, a copy is kept. A million rows cost no more than a list of them."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows
        self._kept: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def keep(self, row: Any) -> None:
        """Remember a row that is about to change."""
        row = row.part if isinstance(row, Part) else row
        self._kept.setdefault(id(row), copy.copy(row))

    def between(self, start: int, end: int) -> Sequence[Any]:
        """Some of the rows."""
        rows = self._rows[start:end]
        return [self._as_found(row) for row in rows] if self._kept else rows

    def _as_found(self, row: Any) -> Any:
        if isinstance(row, Part):
            parent, part = self._kept.get(id(row.parent)), self._kept.get(id(row.part))
            return replace(row, parent=parent or row.parent, part=part or row.part)
        return self._kept.get(id(row), row)
