"""What is read of an account, stream by stream."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial

from hub import model
from hub.connectors.base import Payload, Stream, StreamReport, always
from hub.connectors.hubspot import client, definitions, links, mapping
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.hubspot.records import record_ids, record_pages, records_among
from hub.connectors.hubspot.search import Kind
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
        fields_in="properties",
        modified_at=mapping.modified_at,
        ids=partial(record_ids, kind),
        among=partial(records_among, kind),
    )
    return stream, partial(client.count, kind.name)


def _links(name: str, ends: tuple[Kind, str], record: type[model.Synced], to_records: ToRecords) -> Probed:
    kind, to_kind = ends
    stream = Stream(
        name=name,
        record=record,
        key=mapping.links_key,
        pages=partial(links.link_pages, kind, to_kind),
        to_records=to_records,
        fields=mapping.LINKS_FIELDS,
        whole=always,
        whole_for=links.WHOLE_FOR,
        among=partial(links.links_among, kind.name, to_kind),
    )
    return stream, partial(links.link_count, kind.name, to_kind)


def _pipelines(name: str, kind: str, record: type[model.Synced], to_records: ToRecords) -> Probed:
    stream = Stream(
        name=name,
        record=record,
        key=mapping.record_key,
        pages=partial(definitions.pipeline_pages, kind),
        to_records=to_records,
        fields=mapping.PIPELINE_FIELDS,
        whole=always,
    )
    return stream, partial(definitions.pipeline_count, kind)


_USERS: Probed = (
    Stream(
        name="users",
        record=model.SalesUser,
        key=mapping.record_key,
        pages=definitions.owner_pages,
        to_records=mapping.sales_user,
        fields=mapping.OWNER_FIELDS,
        whole=always,
    ),
    definitions.owner_count,
)
_COMPANIES = Kind(name="companies")
_CONTACTS = Kind(name="contacts", modified="lastmodifieddate")
_DEALS = Kind(name="deals", in_home_currency=True)
_TICKETS = Kind(name="tickets")
_LINES = Kind(name="line_items", tied_to="deals")

_STREAMS: tuple[Probed, ...] = (
    _USERS,
    _pipelines("pipelines", "deals", model.Pipeline, mapping.pipeline),
    _pipelines("stages", "deals", model.Stage, mapping.stages),
    _pipelines("ticket_pipelines", "tickets", model.Pipeline, mapping.pipeline),
    _pipelines("ticket_stages", "tickets", model.Stage, mapping.stages),
    _records("products", Kind(name="products"), model.Product, mapping.product),
    _records("accounts", _COMPANIES, model.AccountRecord, mapping.account),
    _records("contacts", _CONTACTS, model.ContactRecord, mapping.contact),
    _records("leads", Kind(name="leads"), model.Lead, mapping.lead),
    _records("opportunities", _DEALS, model.Opportunity, mapping.opportunity),
    _records("opportunity_lines", _LINES, model.OpportunityLine, mapping.opportunity_line),
    _records("tickets", _TICKETS, model.Ticket, mapping.ticket),
    _links("contact_accounts", (_CONTACTS, "companies"), model.ContactAccount, mapping.contact_accounts),
    _links("opportunity_accounts", (_DEALS, "companies"), model.OpportunityAccount, mapping.opportunity_accounts),
    _links("opportunity_contacts", (_DEALS, "contacts"), model.OpportunityContact, mapping.opportunity_contacts),
    _links("ticket_accounts", (_TICKETS, "companies"), model.TicketAccount, mapping.ticket_accounts),
    _links("ticket_contacts", (_TICKETS, "contacts"), model.TicketContact, mapping.ticket_contacts),
    _links("ticket_opportunities", (_TICKETS, "deals"), model.TicketOpportunity, mapping.ticket_opportunities),
)
STREAMS = tuple(stream for stream, _ in _STREAMS)


async def report(source: HubSpot) -> AsyncIterator[StreamReport]:
    """Whether each stream may be read, and how much it has."""
    for stream, probe in _STREAMS:
        try:
            detail = await probe(source)
        except Forbidden as error:
            yield StreamReport(stream=stream.name, readable=False, detail=str(error))
        else:
            yield StreamReport(stream=stream.name, readable=True, detail=detail)
