"""How the tests read a list: as `hub connect file` and the sync after it do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hub.connectors.base import Page
from hub.connectors.files import CONNECTOR, ListMode, preview


def config(path: Path, told: Mapping[str, str] | None = None, sheet: str | None = None) -> dict[str, Any]:
    return preview(path, told, sheet=sheet).config(ListMode.REPLACE)


async def pages_of(given: Mapping[str, Any]) -> list[Page]:
    async with CONNECTOR.source(given, None) as source:
        return [page async for page in CONNECTOR.streams[0].pages(source, None)]


async def pages(path: Path, told: Mapping[str, str] | None = None, sheet: str | None = None) -> list[Page]:
    return await pages_of(config(path, told, sheet))


async def payloads(path: Path, told: Mapping[str, str] | None = None, sheet: str | None = None) -> list[dict[str, Any]]:
    found = await pages(path, told, sheet)
    return [msgspec.json.decode(payload) for page in found for payload in page.payloads]


async def rows(path: Path, told: Mapping[str, str] | None = None, sheet: str | None = None) -> list[dict[str, str]]:
    return [payload["row"] for payload in await payloads(path, told, sheet)]


async def bad_rows(path: Path) -> dict[str, str]:
    return {bad.subject: bad.message for page in await pages(path) for bad in page.bad_rows}
