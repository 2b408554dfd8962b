"""What a row of a partner's list says."""

import re
from collections.abc import Iterator, Mapping

from hub import model
from hub.connectors.base import Payload

PAYLOAD_FIELDS = frozenset({"key", "columns", "row"})
_NUMBER = re.compile(r"\d{1,3}(?:[.,'\u2019\s]\d{3})+(?!\d)|\d+")
_LARGEST = 2**31 - 1


def account_key(payload: Payload) -> str:
    """The row's id, or what stands for one."""
    key = payload["key"]
    if not isinstance(key, str) or not key:
        raise ValueError("The key is no text.")
    return key


def account(payload: Payload) -> Iterator[model.AccountRecord]:
    """The columns that were recognized fill the model; the others are kept as custom fields."""
    columns, row = payload["columns"], payload["row"]
    said = {field: " ".join(row[header].split()) or None for field, header in columns.items()}
    employees = said.pop("employees", None)
    said.pop("id", None)
    yield model.AccountRecord(
        external_id=account_key(payload),
        name=said.pop("name", None),
        employees=whole_number(employees),
        custom=_custom(columns, row, employees),
        **said,  # type: ignore[arg-type] # every other field of columns.FIELDS is a text
    )


def whole_number(text: str | None) -> int | None:
    """The first whole number of 1,200, 1.200+ or 500-999; None where there is none."""
    found = _NUMBER.search(text) if text else None
    if found is None:
        return None
    number = int(re.sub(r"\D", "", found[0]))
    return number if number <= _LARGEST else None


def _custom(columns: Mapping[str, str], row: Mapping[str, str], employees: str | None) -> model.Json:
    """Empty cells say nothing. A number of employees that is no plain number is kept as it was written."""
    known = set(columns.values())
    custom: model.Json = {header: cell for header, cell in row.items() if header not in known and cell.strip()}
    if employees is not None and not employees.isdecimal():
        custom[columns["employees"]] = employees
    return custom
