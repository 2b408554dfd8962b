"""What companies say."""

from collections.abc import Iterator

from hub.connectors.base import Payload
from hub.connectors.hubspot.mapping.record import record
from hub.connectors.hubspot.properties import Properties
from hub.model import AccountRecord


def account(payload: Payload) -> Iterator[AccountRecord]:
    said = Properties(payload)
    yield AccountRecord(
        name=said.text("name"),
        website=said.text("website"),
        domain=said.text("domain"),
        phone=said.text("phone"),
        industry=said.text("industry"),
        employees=said.whole("numberofemployees"),
        revenue=said.number("annualrevenue"),
        revenue_currency=said.currency("hs_annual_revenue_currency_code"),
        street=_lines(said.text("address"), said.text("address2")),
        city=said.text("city"),
        region=said.text("state"),
        postal_code=said.text("zip"),
        country=said.text("country"),
        kind=said.text("type"),
        parent_external_id=said.text("hs_parent_company_id"),
        owner_external_id=said.text("hubspot_owner_id"),
        **record(payload, said),
    )


def _lines(*parts: str | None) -> str | None:
    return "\n".join(part for part in parts if part) or None
