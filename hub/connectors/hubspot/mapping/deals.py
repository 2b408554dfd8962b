"""What deals, their lines and products say."""

from collections.abc import Iterator

from hub.connectors.base import Payload
from hub.connectors.hubspot.mapping.record import is_archived, record
from hub.connectors.hubspot.properties import Properties, currency
from hub.model import Opportunity, OpportunityLine, Product


def opportunity(payload: Payload) -> Iterator[Opportunity]:
    said = Properties(payload)
    yield Opportunity(
        name=said.text("dealname"),
        pipeline_external_id=said.text("pipeline"),
        stage_external_id=said.text("dealstage"),
        amount=said.number("amount"),
        currency=said.currency("deal_currency_code") or _home_currency(payload),
        probability=said.share("hs_deal_stage_probability"),
        close_date=said.day("closedate"),
        is_closed=said.flag("hs_is_closed"),
        is_won=said.flag("hs_is_closed_won"),
        kind=said.text("dealtype"),
        lead_source=said.text("hs_analytics_source"),
        owner_external_id=said.text("hubspot_owner_id"),
        **record(payload, said),
    )


def product(payload: Payload) -> Iterator[Product]:
    said = Properties(payload)
    name = said.text("name")
    if name is None:
        raise ValueError("a product without a name")
    yield Product(
        name=name,
        code=said.text("hs_sku"),
        family=said.text("hs_product_type"),
        is_active=not is_archived(payload),
        **record(payload, said),
    )


def opportunity_line(payload: Payload) -> Iterator[OpportunityLine]:
    """An archived line item comes without its associations, so its deal is not known any more."""
    said = Properties(payload)
    deals = (
        [] if is_archived(payload) else [str(tie["toObjectId"]) for tie in payload["associations"]["deals"]["results"]]
    )
    if len(set(deals)) > 1:
        raise ValueError("a line item of several deals")
    yield OpportunityLine(
        opportunity_external_id=deals[0] if deals else None,
        product_external_id=said.text("hs_product_id"),
        name=said.text("name"),
        quantity=said.number("quantity"),
        unit_price=said.number("price"),
        total_price=said.number("amount"),
        currency=said.currency("hs_line_item_currency_code"),
        **record(payload, said),
    )


def _home_currency(payload: Payload) -> str | None:
    """The account's own, where reading it added that: deals of accounts with a single currency name none."""
    told = payload.get("companyCurrency")
    return currency(told) if told else None
