"""Salesforce: accounts, contacts, deals and what hangs on them, through the REST API and the Bulk API."""

from collections.abc import Callable, Iterable
from functools import partial

from hub import model
from hub.connectors.base import Connector, Payload, Stream, always, never
from hub.connectors.salesforce import mapping, partner_mapping
from hub.connectors.salesforce.auth import SECRETS
from hub.connectors.salesforce.client import changes, everything, report
from hub.connectors.salesforce.org import Org, opened
from hub.connectors.salesforce.sweeping import among, ids
from hub.connectors.salesforce.writing import WRITING

_STREAMS: tuple[tuple[str, str, type[model.Synced], Callable[[Payload], Iterable[model.Synced]]], ...] = (
    ("users", "User", model.SalesUser, mapping.user),
    ("stages", "OpportunityStage", model.Stage, mapping.stage),
    ("record_types", "RecordType", model.RecordType, partner_mapping.record_type),
    ("products", "Product2", model.Product, mapping.product),
    ("accounts", "Account", model.AccountRecord, mapping.account),
    ("contacts", "Contact", model.ContactRecord, mapping.contact),
    ("contact_accounts", "AccountContactRelation", model.ContactAccount, partner_mapping.contact_account),
    ("account_partners", "AccountPartner", model.AccountPartner, partner_mapping.account_partner),
    ("campaigns", "Campaign", model.Campaign, mapping.campaign),
    ("leads", "Lead", model.Lead, mapping.lead),
    ("campaign_members", "CampaignMember", model.CampaignMember, mapping.campaign_member),
    ("opportunities", "Opportunity", model.Opportunity, mapping.opportunity),
    ("opportunity_contacts", "OpportunityContactRole", model.OpportunityContact, mapping.opportunity_contact),
    ("opportunity_partners", "OpportunityPartner", model.OpportunityPartner, partner_mapping.opportunity_partner),
    ("opportunity_lines", "OpportunityLineItem", model.OpportunityLine, mapping.opportunity_line),
    ("stage_changes", "OpportunityHistory", model.StageChange, mapping.stage_change),
    ("programs", "ChannelProgram", model.ProgramRecord, partner_mapping.program),
    ("program_levels", "ChannelProgramLevel", model.ProgramLevel, partner_mapping.program_level),
    ("program_members", "ChannelProgramMember", model.ProgramMember, partner_mapping.program_member),
    ("fund_budgets", "PartnerMarketingBudget", model.FundBudget, partner_mapping.fund_budget),
    ("fund_allocations", "PartnerFundAllocation", model.FundAllocation, partner_mapping.fund_allocation),
    ("fund_requests", "PartnerFundRequest", model.FundRequest, partner_mapping.fund_request),
    ("fund_claims", "PartnerFundClaim", model.FundClaim, partner_mapping.fund_claim),
)
_WHOLE = frozenset({"record_types", "stages", "account_partners", "opportunity_partners"})
"""Objects whose deletions Salesforce does not list."""


def _streams() -> Iterable[Stream[Org]]:
    for name, sobject, record, to_records in _STREAMS:
        is_whole = name in _WHOLE
        yield Stream(
            name=name,
            record=record,
            key=lambda payload: payload["Id"],
            pages=partial(everything if is_whole else changes, sobject=sobject),
            to_records=to_records,
            fields=frozenset(),  # every org has fields of its own, and describe names them: none comes as a surprise
            modified_at=mapping.modified_at,
            whole=always if is_whole else never,
            ids=None if is_whole else partial(ids, sobject=sobject),
            among=None if is_whole else partial(among, sobject=sobject),
            writing=WRITING.get(name),
        )


CONNECTOR: Connector[Org] = Connector(
    name="salesforce",
    streams=tuple(_streams()),
    secrets=SECRETS,
    source=opened,
    report=partial(report, sobjects=tuple((name, sobject) for name, sobject, _, _ in _STREAMS)),
    quota=lambda org: org.quota,
    learned=lambda org: org.learned,
    identity=frozenset({"org_id"}),
)
