"""What contacts, leads and owners say."""

from collections.abc import Iterator

from hub.connectors.base import Payload
from hub.connectors.hubspot.mapping.record import is_archived, record, removal, stamps, text
from hub.connectors.hubspot.properties import Properties
from hub.model import ContactRecord, Lead, SalesUser

OWNER_FIELDS = frozenset((
    "id", "email", "type", "firstName", "lastName", "userId", "userIdIncludingInactive", "teams",
    "createdAt", "updatedAt", "archived",
))  # fmt: skip


def contact(payload: Payload) -> Iterator[ContactRecord]:
    said = Properties(payload)
    yield ContactRecord(
        first_name=said.text("firstname"),
        last_name=said.text("lastname"),
        email=said.text("email"),
        phone=said.text("phone"),
        title=said.text("jobtitle"),
        owner_external_id=said.text("hubspot_owner_id"),
        **record(payload, said),
    )


def lead(payload: Payload) -> Iterator[Lead]:
    said = Properties(payload)
    yield Lead(
        company=said.text("hs_associated_company_name"),
        first_name=said.text("hs_associated_contact_firstname"),
        last_name=said.text("hs_associated_contact_lastname"),
        email=said.text("hs_associated_contact_email"),
        website=said.text("hs_associated_company_domain"),
        status=said.text("hs_pipeline_stage"),
        origin=said.text("hs_lead_source"),
        owner_external_id=said.text("hubspot_owner_id"),
        **record(payload, said),
    )


def sales_user(payload: Payload) -> Iterator[SalesUser]:
    names = [text(payload.get("firstName")), text(payload.get("lastName"))]
    yield SalesUser(
        name=" ".join(name for name in names if name) or None,
        email=text(payload.get("email")),
        is_active=not is_archived(payload),
        **stamps(payload),
        **removal(payload),
    )
