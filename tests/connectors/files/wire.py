"""A partner's list: nothing is asked over the network."""

import csv
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from hub.connectors.files.source import FileSource
from hub.connectors.files.source import opened as opened_file

LIST = Path(__file__).parent / "fixtures" / "accounts.csv"
COLUMNS = {
    "id": "Account ID",
    "name": "Account Name",
    "website": "Website",
    "country": "Billing Country",
    "employees": "Employees",
}


def payloads(stream: str) -> list[dict[str, Any]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return [{"key": row["Account ID"], "columns": COLUMNS, "row": row} for row in csv.DictReader(file)]


def opened() -> AbstractAsyncContextManager[FileSource]:
    choices = {header: field for field, header in COLUMNS.items()}
    return opened_file({"path": str(LIST), "columns": choices, "mode": "REPLACE"})
