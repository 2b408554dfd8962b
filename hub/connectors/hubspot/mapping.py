"""What HubSpot's payloads say, in our words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.connectors.base import Payload, Tombstone
from hub.connectors.hubspot.properties import EPOCH, Properties, clean, flag, instant, share
from hub.model import (
    AccountRecord,
    ContactAccount,
    ContactRecord,
    Lead,
    Opportunity,
    OpportunityAccount,
    OpportunityContact,
    OpportunityLine,
    OpportunityPartner,
    Pipeline,
    Product,
    Removal,
    RemovalEvidence,
    SalesUser,
    Stage,
)

PARTNER_LABELS = (
    "Partner",
    "Reseller",
    "Distributor",
    "Referral partner",
    "Technology partner",
    "Implementation partner",
    "System integrator",
)
"""The labels between a deal and a company that make the company a partner, unless the config names others."""

RECORD_FIELDS = frozenset((
    "id", "properties", "createdAt", "updatedAt", "archived", "archivedAt", "url",
    "associations", "objectWriteTraceId", "propertiesWithHistory",
))  # fmt: skip
OWNER_FIELDS = frozenset((
    "id", "email", "type", "firstName", "lastName", "userId", "userIdIncludingInactive", "teams",
    "createdAt", "updatedAt", "archived",
))  # fmt: skip
PIPELINE_FIELDS = frozenset((
    "id", "label", "displayOrder", "stages", "createdAt", "updatedAt", "archived", "archivedAt",
))  # fmt: skip
LINKS_FIELDS = frozenset(("from", "to", "paging", "partnerLabels"))


def record_key(payload: Payload) -> str:
    return _id(payload["id"])


def links_key(payload: Payload) -> str:
    return _id(payload["from"]["id"])


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
        **_record(payload, said),
    )


def contact(payload: Payload) -> Iterator[ContactRecord]:
    said = Properties(payload)
    yield ContactRecord(
        first_name=said.text("firstname"),
        last_name=said.text("lastname"),
        email=said.text("email"),
        phone=said.text("phone"),
        title=said.text("jobtitle"),
        owner_external_id=said.text("hubspot_owner_id"),
        **_record(payload, said),
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
        lead_source=said.text("hs_lead_source"),
        owner_external_id=said.text("hubspot_owner_id"),
        **_record(payload, said),
    )


def opportunity(payload: Payload) -> Iterator[Opportunity]:
    said = Properties(payload)
    yield Opportunity(
        name=said.text("dealname"),
        pipeline_external_id=said.text("pipeline"),
        stage_external_id=said.text("dealstage"),
        amount=said.number("amount"),
        currency=said.currency("deal_currency_code"),
        probability=said.share("hs_deal_stage_probability"),
        close_date=said.day("closedate"),
        is_closed=said.flag("hs_is_closed"),
        is_won=said.flag("hs_is_closed_won"),
        kind=said.text("dealtype"),
        lead_source=said.text("hs_analytics_source"),
        owner_external_id=said.text("hubspot_owner_id"),
        **_record(payload, said),
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
        is_active=not _archived(payload),
        **_record(payload, said),
    )


def opportunity_line(payload: Payload) -> Iterator[OpportunityLine]:
    """An archived line item comes without its associations, so its deal is not known any more."""
    said = Properties(payload)
    deals = (
        [] if _archived(payload) else [str(tie["toObjectId"]) for tie in payload["associations"]["deals"]["results"]]
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
        **_record(payload, said),
    )


def sales_user(payload: Payload) -> Iterator[SalesUser]:
    names = [_text(payload.get("firstName")), _text(payload.get("lastName"))]
    yield SalesUser(
        name=" ".join(name for name in names if name) or None,
        email=_text(payload.get("email")),
        is_active=not _archived(payload),
        **_stamps(payload),
        **_removal(payload),
    )


def pipeline(payload: Payload) -> Iterator[Pipeline]:
    yield Pipeline(label=payload["label"], **_stamps(payload), **_removal(payload))


def stages(payload: Payload) -> Iterator[Stage]:
    """The stages of one pipeline: HubSpot sends them inside it. Deals hold a stage's id without its pipeline's."""
    parent = _id(payload["id"])
    for position, stage in enumerate(sorted(payload["stages"], key=lambda stage: stage["displayOrder"])):
        facts = dict(stage["metadata"])
        closed = flag(facts["isClosed"]) if facts.get("isClosed") else None
        probability = share(facts["probability"]) if facts.get("probability") else None
        yield Stage(
            name=_id(stage["id"]),
            label=stage["label"],
            pipeline_external_id=parent,
            position=position,
            probability=probability,
            is_closed=closed,
            is_won=None if closed is None or probability is None else closed and probability == 1,
            **_stamps(stage) | {"external_id": f"{parent}:{stage['id']}"},
            **_removal(stage),
        )


def contact_accounts(payload: Payload) -> Iterator[ContactAccount]:
    for tie in _ties(links_key(payload), payload["to"]):
        for key, label in tie.named():
            yield ContactAccount(
                external_id=key,
                contact_external_id=tie.from_id,
                account_external_id=tie.to_id,
                label=label,
                is_primary=tie.is_primary,
            )


def opportunity_contacts(payload: Payload) -> Iterator[OpportunityContact]:
    for tie in _ties(links_key(payload), payload["to"]):
        for key, label in tie.named():
            yield OpportunityContact(
                external_id=key, opportunity_external_id=tie.from_id, contact_external_id=tie.to_id, role=label
            )


def opportunity_accounts(payload: Payload) -> Iterator[OpportunityAccount | OpportunityPartner]:
    """A company whose only labels are a partner's is a partner and nothing else, unless it is the primary one."""
    partner_labels = {label.casefold() for label in payload.get("partnerLabels", PARTNER_LABELS)}
    for tie in _ties(links_key(payload), payload["to"]):
        roles = {type_id: label for type_id, label in tie.labels.items() if label.casefold() in partner_labels}
        others = {type_id: label for type_id, label in tie.labels.items() if type_id not in roles}
        if others or tie.is_primary or not roles:
            for key, label in tie.named(others):
                yield OpportunityAccount(
                    external_id=key,
                    opportunity_external_id=tie.from_id,
                    account_external_id=tie.to_id,
                    label=label,
                    is_primary=tie.is_primary,
                )
        for type_id, role in roles.items():
            yield OpportunityPartner(
                external_id=f"{tie.from_id}:{tie.to_id}:{type_id}",
                opportunity_external_id=tie.from_id,
                account_external_id=tie.to_id,
                role=role,
            )


def merged_away(survivor: str, merged: str) -> Iterator[Tombstone]:
    """The records that one took in. HubSpot says so on the survivor only, and names no date."""
    for loser in (part.strip() for part in merged.split(";")):
        if loser and loser != survivor:
            yield Tombstone(
                external_id=loser,
                removal=Removal.MERGED,
                evidence=RemovalEvidence.SOURCE_ROW,
                merged_into=survivor,
            )


@dataclass(frozen=True, slots=True)
class _Tie:
    """All that one record has to do with another."""

    from_id: str
    to_id: str
    is_primary: bool
    labels: dict[int, str]

    def named(self, labels: Mapping[int, str] | None = None) -> list[tuple[str, str | None]]:
        """A key and a label for each of `labels`; one key without a label where there are none."""
        chosen = self.labels if labels is None else labels
        pair = f"{self.from_id}:{self.to_id}"
        return [(f"{pair}:{type_id}", label) for type_id, label in chosen.items()] or [(pair, None)]


def _ties(from_id: str, entries: list[Payload]) -> Iterator[_Tie]:
    for entry in entries:
        types = entry["associationTypes"]
        own = {kind["typeId"] for kind in types if (kind["category"], kind["label"]) == ("HUBSPOT_DEFINED", "Primary")}
        yield _Tie(
            from_id,
            # A number on the wire, whatever the specification says.
            str(entry["toObjectId"]),
            is_primary=bool(own),
            labels={kind["typeId"]: kind["label"] for kind in types if kind["label"] and kind["typeId"] not in own},
        )


def _record(payload: Payload, said: Properties) -> dict[str, Any]:
    """What all CRM records share. `said.rest()` is only complete once every other field was asked for."""
    return {**_stamps(payload), **_removal(payload), "custom": said.rest()}


def _stamps(payload: Payload) -> dict[str, Any]:
    return {
        "external_id": _id(payload["id"]),
        "source_created_at": _dated(payload["createdAt"]),
        "source_modified_at": _dated(payload["updatedAt"]),
    }


def _removal(payload: Payload) -> dict[str, Any]:
    if not _archived(payload):
        return {}
    at = payload.get("archivedAt")
    return {
        "removal": Removal.ARCHIVED,
        "removal_evidence": RemovalEvidence.ARCHIVED_FEED,
        "removed_at": instant(at) if at else None,
    }


def _archived(payload: Payload) -> bool:
    return payload.get("archived") is True


def _dated(text: str) -> datetime | None:
    """The default pipeline claims to be from 1970, which is HubSpot's way of not knowing."""
    stamp = instant(text)
    return None if stamp == EPOCH else stamp


def _id(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("not an id")
    return value


def _text(value: Any) -> str | None:
    return clean(str(value)) if value else None


def _lines(*parts: str | None) -> str | None:
    return "\n".join(part for part in parts if part) or None
