"""Which rows of the systems speak of the same company, person or deal: what mapping is scored against."""

from collections.abc import Iterator, Sequence

from hub.sandbox.world import AccountEntry, ContactEntry, Fate, OpportunityEntry, World

Truth = tuple[str, str, int]
"""The system ("SALESFORCE", "HUBSPOT") or the partner's name, the row's id there, the key of what it speaks of."""

SALESFORCE = "SALESFORCE"
HUBSPOT = "HUBSPOT"


def account_truth(world: World) -> Iterator[Truth]:
    """The company of each live account row of the systems and of each row of the partners' lists."""
    yield from _truth(SALESFORCE, world.salesforce.accounts)
    yield from _truth(HUBSPOT, world.hubspot.accounts)
    for partner in world.partners:
        yield from _truth(partner.name, partner.accounts)


def contact_truth(world: World) -> Iterator[Truth]:
    """The human of each live contact row."""
    yield from _truth(SALESFORCE, world.salesforce.contacts)
    yield from _truth(HUBSPOT, world.hubspot.contacts)


def opportunity_truth(world: World) -> Iterator[Truth]:
    """The deal of each live opportunity row."""
    yield from _truth(SALESFORCE, world.salesforce.opportunities)
    yield from _truth(HUBSPOT, world.hubspot.opportunities)


def _truth(
    system: str, rows: Sequence[AccountEntry] | Sequence[ContactEntry] | Sequence[OpportunityEntry]
) -> Iterator[Truth]:
    return ((system, row.id, row.truth) for row in rows if row.fate is Fate.LIVE)
