"""What an org must have before it has an object: told where the object is missing."""

from collections.abc import Mapping

_PARTNERS = "partner relationship management: Experience Cloud with partner licenses"
_FUNDS = f"{_PARTNERS}, and Partner Marketing Budgets turned on"

NEEDS: Mapping[str, str] = {
    "AccountContactRelation": "Contacts to Multiple Accounts, turned on under Setup > Account Settings",
    "AccountPartner": "account partners, which orgs without account teams and partner roles lack",
    "OpportunityPartner": "opportunity partners, which orgs without partner roles lack",
    "ChannelProgram": _PARTNERS,
    "ChannelProgramLevel": _PARTNERS,
    "ChannelProgramMember": _PARTNERS,
    "PartnerMarketingBudget": _FUNDS,
    "PartnerFundAllocation": _FUNDS,
    "PartnerFundRequest": _FUNDS,
    "PartnerFundClaim": _FUNDS,
}
