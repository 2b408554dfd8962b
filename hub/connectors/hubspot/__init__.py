"""HubSpot: companies, people, deals, and what ties them together."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial

from hub import model
from hub.connectors.base import Connector, Payload, Stream, StreamReport, always
from hub.connectors.hubspot import client, mapping
from hub.connectors.hubspot.portal import HubSpot, portal
from hub.connectors.hubspot.search import Kind, record_pages
from hub.errors import Forbidden

Probe = Callable[[HubSpot], Awaitable[str]]
ToRecords = Callable[[Payload], Iterable[model.Synced]]
Probed = tuple[Stream[HubSpot], Probe]
"""A stream, and what tells how much there is to read of it."""


def _records(name: str, kind: Kind, record: type[model.Synced], to_records: ToRecords) -> Probed:
    stream = Stream(
        name=name,
        record=record,
        key=mapping.record_key,
        pages=partial(record_pages, kind),
        to_records=to_records,
        fields=mapping.RECORD_FIELDS,
    )
    return stream, partial(client.count, kind.name)


def _links(name: str, kind: str, to_kind: str, record: type[model.Synced], to_records: ToRecords) -> Probed:
    stream = Stream(
        name=name,
        record=record,
        key=mapping.links_key,
        pages=partial(client.link_pages, kind, to_kind),
        to_records=to_records,
        fields=mapping.LINKS_FIELDS,
        whole=always,
    )
    return stream, partial(client.link_count, kind, to_kind)


def _pipelines(name: str, record: type[model.Synced], to_records: ToRecords) -> Probed:
    stream = Stream(
        name=name,
        record=record,
        key=mapping.record_key,
        pages=client.pipeline_pages,
        to_records=to_records,
        fields=mapping.PIPELINE_FIELDS,
        whole=always,
    )
    return stream, client.pipeline_count


_USERS: Probed = (
    Stream(
        name="users",
        record=model.SalesUser,
        key=mapping.record_key,
        pages=client.owner_pages,
        to_records=mapping.sales_user,
        fields=mapping.OWNER_FIELDS,
        whole=always,
    ),
    client.owner_count,
)

_STREAMS: tuple[Probed, ...] = (
    _USERS,
    _pipelines("pipelines", model.Pipeline, mapping.pipeline),
    _pipelines("stages", model.Stage, mapping.stages),
    _records("products", Kind(name="products"), model.Product, mapping.product),
    _records("accounts", Kind(name="companies"), model.AccountRecord, mapping.account),
    _records("contacts", Kind(name="contacts", modified="lastmodifieddate"), model.ContactRecord, mapping.contact),
    _records("leads", Kind(name="leads"), model.Lead, mapping.lead),
    _records("opportunities", Kind(name="deals"), model.Opportunity, mapping.opportunity),
    _records(
        "opportunity_lines",
        Kind(name="line_items", tied_to="deals"),
        model.OpportunityLine,
        mapping.opportunity_line,
    ),
    _links("contact_accounts", "contacts", "companies", model.ContactAccount, mapping.contact_accounts),
    _links("opportunity_accounts", "deals", "companies", model.OpportunityAccount, mapping.opportunity_accounts),
    _links("opportunity_contacts", "deals", "contacts", model.OpportunityContact, mapping.opportunity_contacts),
)


async def _report(source: HubSpot) -> AsyncIterator[StreamReport]:
    for stream, probe in _STREAMS:
        try:
            detail = await probe(source)
        except Forbidden as error:
            yield StreamReport(stream=stream.name, readable=False, detail=str(error))
        else:
            yield StreamReport(stream=stream.name, readable=True, detail=detail)


CONNECTOR = Connector(
    name="hubspot",
    streams=tuple(stream for stream, _ in _STREAMS),
    secrets=frozenset(("access_token",)),
    source=portal,
    report=_report,
)
