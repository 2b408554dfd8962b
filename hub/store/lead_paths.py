"""How rows lead to leads, and leads to what they became: see `paths`."""

from hub.model import AccountProfile, AccountRecord, ContactRecord, Lead, Opportunity, RecordType
from hub.store.partner_paths import to_many, to_one
from hub.store.paths import Hop, Path

LEADS = Path("leads", Lead)

LEAD_RECORD_TYPE = to_one("Lead.recordType", Lead.record_type_external_id, RecordType)
LEAD_PARTNER = to_one("Lead.partner", Lead.partner_external_id, AccountRecord)
LEAD_RECORD = to_one("Lead.convertedAccountRecord", Lead.converted_account_external_id, AccountRecord)
LEAD_ACCOUNT = Path(
    "Lead.convertedAccount",
    AccountProfile,
    ((*LEAD_RECORD.ways[0], Hop((AccountRecord.account_id,), (AccountProfile.id,))),),
)
LEAD_CONTACT = to_one("Lead.convertedContact", Lead.converted_contact_external_id, ContactRecord)
LEAD_OPPORTUNITY = to_one("Lead.convertedOpportunity", Lead.converted_opportunity_external_id, Opportunity)

RECORD_BROUGHT_LEADS = to_many("AccountRecord.broughtLeads", AccountRecord, Lead.partner_external_id)
ACCOUNT_LEADS = Path(
    "Account.leads",
    Lead,
    (
        (
            Hop((AccountProfile.id,), (AccountRecord.account_id,)),
            Hop(
                (AccountRecord.connection_id, AccountRecord.external_id),
                (Lead.connection_id, Lead.converted_account_external_id),
            ),
        ),
    ),
)
OPPORTUNITY_LEADS = to_many("Opportunity.leads", Opportunity, Lead.converted_opportunity_external_id)
