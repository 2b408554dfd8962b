"""Interest that is not a deal yet, deal registrations among it."""

from datetime import date

import strawberry

from hub import model
from hub.schema.accounts import Account, AccountRecord, Leads
from hub.schema.context import Info
from hub.schema.fields import COLUMN, PATH, column, one, shows
from hub.schema.filters import LeadFilter
from hub.schema.opportunities import Opportunity
from hub.schema.orders import LeadOrder
from hub.schema.paging import many
from hub.schema.people import ContactRecord
from hub.schema.records import SalesUser, Synced
from hub.schema.scopes import reading
from hub.store import lead_paths, paths


@shows(model.Lead, "A person or company that may become a deal, as one connection says it.")
class Lead(Synced):
    """Interest."""

    company: str | None = column(model.Lead.company, 'The name of the company, such as "Acme".')
    first_name: str | None = column(model.Lead.first_name, 'The given name, such as "Ada".')
    last_name: str | None = column(model.Lead.last_name, 'The family name, such as "Example".')
    email: str | None = column(model.Lead.email, 'The e-mail address, such as "ada@acme.example".')
    phone: str | None = column(
        model.Lead.phone, 'The phone number as the source writes it, such as "+49 228 555 0100".'
    )
    title: str | None = column(model.Lead.title, 'What they do there, such as "Head of Alliances".')
    website: str | None = column(
        model.Lead.website, 'The website or domain, as the source has it: "https://www.acme.example".'
    )
    country: str | None = column(model.Lead.country, 'The country, as the source spells it: "Germany", "DE", "GER".')
    status: str | None = column(
        model.Lead.status, "How far it is, in the source's words, such as \"Working - Contacted\"; or a stage's id."
    )
    origin: str | None = column(model.Lead.origin, 'Where it came from, such as "Partner Referral".')
    is_converted: bool | None = column(
        model.Lead.is_converted,
        "Whether it was converted into an account, and a deal; null where the source is silent.",
    )
    converted_at: date | None = column(model.Lead.converted_at, "The day it was converted.")
    owner: SalesUser | None = one(paths.owner_of(model.Lead), "Who owns it at its source; null where a queue does.")
    partner: AccountRecord | None = one(
        lead_paths.LEAD_PARTNER, "The account record of the partner who brought it; null where the source names none."
    )
    converted_account_record: AccountRecord | None = one(
        lead_paths.LEAD_RECORD, "The account record it became; null until then."
    )
    converted_account: Account | None = one(
        lead_paths.LEAD_ACCOUNT, "The company it became; null until then, and until that was mapped."
    )
    converted_contact: ContactRecord | None = one(
        lead_paths.LEAD_CONTACT, "The contact record it became; null until then."
    )
    converted_opportunity: Opportunity | None = one(
        lead_paths.LEAD_OPPORTUNITY, "The deal it became; null until then, and where it became none."
    )

    @strawberry.field(
        description='The kind its source takes it for, such as "Deal Registration"; null where it has no kinds.',
        metadata={PATH: lead_paths.LEAD_RECORD_TYPE, COLUMN: model.RecordType.label},
        directives=reading(model.RecordType),
    )
    async def record_type(self, info: Info) -> str | None:
        kind = await info.context.loaders.single(lead_paths.LEAD_RECORD_TYPE, self.row)
        return kind and kind.label


@strawberry.type
class LeadQueries:
    """What can be asked of leads."""

    leads: Leads = many(
        lead_paths.LEADS, "The leads that the viewer's connections speak of.", where=LeadFilter, order=LeadOrder
    )
