"""What records are linked to, and under which labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.connectors.base import Payload
from hub.connectors.hubspot.mapping.record import known_id
from hub.model import (
    ContactAccount,
    OpportunityAccount,
    OpportunityContact,
    OpportunityPartner,
    TicketAccount,
    TicketContact,
    TicketOpportunity,
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
PRIMARY = "Primary"
"""HubSpot's own label for the one company that counts."""
LINKS_FIELDS = frozenset(("from", "to", "paging", "partnerLabels"))


def links_key(payload: Payload) -> str:
    return known_id(payload["from"]["id"])


def contact_accounts(payload: Payload) -> Iterator[ContactAccount]:
    for tie, key, label in _named_ties(payload):
        yield ContactAccount(
            external_id=key,
            contact_external_id=tie.from_id,
            account_external_id=tie.to_id,
            label=label,
            is_primary=tie.is_primary,
        )


def opportunity_contacts(payload: Payload) -> Iterator[OpportunityContact]:
    for tie, key, label in _named_ties(payload):
        yield OpportunityContact(
            external_id=key, opportunity_external_id=tie.from_id, contact_external_id=tie.to_id, role=label
        )


def opportunity_accounts(payload: Payload) -> Iterator[OpportunityAccount | OpportunityPartner]:
    """A company whose only labels are a partner's is a partner and nothing else, unless it is the primary one."""
    partner_labels = {label.casefold() for label in payload.get("partnerLabels", PARTNER_LABELS)}
    for tie in _ties(payload):
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


def ticket_accounts(payload: Payload) -> Iterator[TicketAccount]:
    for tie, key, label in _named_ties(payload):
        yield TicketAccount(
            external_id=key,
            ticket_external_id=tie.from_id,
            account_external_id=tie.to_id,
            label=label,
            is_primary=tie.is_primary,
        )


def ticket_contacts(payload: Payload) -> Iterator[TicketContact]:
    for tie, key, label in _named_ties(payload):
        yield TicketContact(external_id=key, ticket_external_id=tie.from_id, contact_external_id=tie.to_id, label=label)


def ticket_opportunities(payload: Payload) -> Iterator[TicketOpportunity]:
    for tie, key, label in _named_ties(payload):
        yield TicketOpportunity(
            external_id=key, ticket_external_id=tie.from_id, opportunity_external_id=tie.to_id, label=label
        )


@dataclass(frozen=True, slots=True)
class _Tie:
    """All that one record has to do with another."""

    from_id: str
    to_id: str
    is_primary: bool
    labels: dict[str, str]
    """By the type that the label is of."""

    def named(self, labels: Mapping[str, str] | None = None) -> list[tuple[str, str | None]]:
        """A key and a label for each of `labels`; one key without a label where there are none."""
        chosen = self.labels if labels is None else labels
        pair = f"{self.from_id}:{self.to_id}"
        return [(f"{pair}:{type_id}", label) for type_id, label in chosen.items()] or [(pair, None)]


def _named_ties(payload: Payload) -> Iterator[tuple[_Tie, str, str | None]]:
    """Each tie as often as it has labels, with a key and the label; once where it has none."""
    for tie in _ties(payload):
        for key, label in tie.named():
            yield tie, key, label


def _ties(payload: Payload) -> Iterator[_Tie]:
    from_id = links_key(payload)
    for entry in payload["to"]:
        types = {_type(kind): kind["label"] for kind in entry["associationTypes"]}
        labels = {key: label for key, label in types.items() if label and not (label == PRIMARY and "." in key)}
        yield _Tie(
            from_id,
            # A number on the wire, whatever the specification says.
            str(entry["toObjectId"]),
            is_primary=len(labels) < sum(map(bool, types.values())),
            labels=labels,
        )


def _type(kind: Payload) -> str:
    """The account numbers its own types from one, as HubSpot does with its own."""
    number, category = kind["typeId"], kind["category"]
    return str(number) if category == "USER_DEFINED" else f"{category}.{number}"
