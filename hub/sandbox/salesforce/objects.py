"""Every object of the org."""

from typing import Any

from hub.sandbox.salesforce.accounts import account, contact, lead
from hub.sandbox.salesforce.campaigns import campaign, campaign_members
from hub.sandbox.salesforce.deals import (
    contact_roles,
    histories,
    line_items,
    opportunity,
)
from hub.sandbox.salesforce.programs import program_objects
from hub.sandbox.salesforce.relations import (
    account_contact_relations,
    account_partners,
    opportunity_partners,
    partner_roles,
    partners,
)
from hub.sandbox.salesforce.setup import currency_types, organization, products, record_types, stages, users
from hub.sandbox.salesforce.sobject import SObject
from hub.sandbox.world import Copy


def sobjects(copy: Copy, *, partner_licences: bool) -> tuple[SObject[Any], ...]:
    """All objects, with the custom fields that the rows of `copy` use."""
    return (
        account(copy.accounts, partner_licences=partner_licences),
        account_contact_relations(),
        account_partners(),
        campaign(),
        campaign_members(),
        contact(),
        currency_types(),
        lead(partner_licences=partner_licences),
        opportunity(partner_licences=partner_licences),
        contact_roles(),
        histories(),
        line_items(),
        opportunity_partners(),
        stages(),
        organization(),
        partner_roles(),
        partners(),
        products(),
        record_types(),
        users(),
        *(program_objects() if partner_licences else ()),
    )
