"""Salesforce: accounts, contacts, deals and what hangs on them, through the REST API."""

from collections.abc import Callable, Iterable
from functools import partial

from hub import model
from hub.connectors.base import Connector, Payload, Stream, always, never
from hub.connectors.salesforce import mapping
from hub.connectors.salesforce.client import changes, everything, report
from hub.connectors.salesforce.org import Org, opened

_STREAMS: tuple[tuple[str, str, type[model.Synced], Callable[[Payload], Iterable[model.Synced]]], ...] = (
    ("users", "User", model.SalesUser, mapping.user),
    ("stages", "OpportunityStage", model.Stage, mapping.stage),
    ("products", "Product2", model.Product, mapping.product),
    ("accounts", "Account", model.AccountRecord, mapping.account),
    ("contacts", "Contact", model.ContactRecord, mapping.contact),
    ("campaigns", "Campaign", model.Campaign, mapping.campaign),
    ("leads", "Lead", model.Lead, mapping.lead),
    ("campaign_members", "CampaignMember", model.CampaignMember, mapping.campaign_member),
    ("opportunities", "Opportunity", model.Opportunity, mapping.opportunity),
    ("opportunity_contacts", "OpportunityContactRole", model.OpportunityContact, mapping.opportunity_contact),
    ("opportunity_partners", "OpportunityPartner", model.OpportunityPartner, mapping.opportunity_partner),
    ("opportunity_lines", "OpportunityLineItem", model.OpportunityLine, mapping.opportunity_line),
    ("stage_changes", "OpportunityHistory", model.StageChange, mapping.stage_change),
)
_WHOLE = frozenset({"stages", "opportunity_partners"})
"""Objects whose deletions Salesforce does not list."""


def _streams() -> Iterable[Stream[Org]]:
    for name, sobject, record, to_records in _STREAMS:
        yield Stream(
            name=name,
            record=record,
            key=lambda payload: payload["Id"],
            pages=partial(everything if name in _WHOLE else changes, sobject=sobject),
            to_records=to_records,
            fields=frozenset(),  # every org has fields of its own, and describe names them: none comes as a surprise
            whole=always if name in _WHOLE else never,
        )


CONNECTOR: Connector[Org] = Connector(
    name="salesforce",
    streams=tuple(_streams()),
    secrets=frozenset({"client_secret", "private_key"}),
    source=opened,
    report=partial(report, sobjects=tuple((name, sobject) for name, sobject, _, _ in _STREAMS)),
)
