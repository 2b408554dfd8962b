"""What an account defines rather than records: its owners and its pipelines."""

from collections.abc import AsyncGenerator

from hub.connectors.base import Bookmark, Page
from hub.connectors.hubspot.answers import Answer
from hub.connectors.hubspot.client import listed
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.response import decoded


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/owners/guide
async def owner_pages(source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """All owners, then the archived ones."""
    for archived in ("false", "true"):
        async for results, _ in listed(source, f"/crm/owners/{source.version}", archived=archived):
            yield Page(payloads=[bytes(result) for result in results], bookmark={})


async def owner_count(source: HubSpot) -> str:
    """Whether there are owners: their list is not counted."""
    async for results, onward in listed(source, f"/crm/owners/{source.version}"):
        return f"{len(results)} owners" if onward is None else f"more than {len(results)} owners"
    raise AssertionError("a list has a first page")  # pragma: no cover


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/pipelines/guide
async def pipeline_pages(kind: str, source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """All pipelines of a type with their stages."""
    response = await source.asked("GET", f"/crm/pipelines/{source.version}/{kind}")
    yield Page(payloads=[bytes(result) for result in decoded(response, Answer).results], bookmark={})


async def pipeline_count(kind: str, source: HubSpot) -> str:
    """How many pipelines of a type there are."""
    return "".join([f"{len(page.payloads)} pipelines" async for page in pipeline_pages(kind, source, None)])
