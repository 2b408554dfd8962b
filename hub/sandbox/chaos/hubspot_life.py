"""What people do to the records of a portal."""

import random
from typing import Any

from hub.sandbox.chaos.life import Event, Life, some, title, town
from hub.sandbox.hubspot.association_types import ties_between
from hub.sandbox.hubspot.links import linked
from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    PRODUCTS,
    TICKETS,
    ObjectType,
)
from hub.sandbox.hubspot.pipelines import TICKET_STAGES
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.staff import Staff
from hub.sandbox.world import Fate

KINDS = (COMPANIES, CONTACTS, DEALS, TICKETS, LEADS)
MERGED_KINDS = (COMPANIES, CONTACTS, DEALS, TICKETS)
TEXTS = {
    COMPANIES.plural: "name",
    CONTACTS.plural: "lastname",
    DEALS.plural: "dealname",
    LEADS.plural: "hs_associated_company_name",
    PRODUCTS.plural: "name",
    TICKETS.plural: "subject",
}
PRIORITIES = ("", "LOW", "MEDIUM", "HIGH")
PAIRS = (
    (CONTACTS, COMPANIES),
    (DEALS, COMPANIES),
    (DEALS, CONTACTS),
    (TICKETS, COMPANIES),
    (TICKETS, CONTACTS),
    (TICKETS, DEALS),
)


def hubspot_life(portal: Portal, staff: Staff, seed: int, share: float = 0.3) -> Life:
    """The life of a portal."""
    people = _People(portal, staff)
    events = (
        Event(people.rename, 30),
        Event(people.move_ticket, 8),
        Event(people.come_or_go, 3),
        Event(people.add, 20),
        Event(people.archive, 15),
        Event(people.restore, 10),
        Event(people.erase, 8),
        Event(people.merge, 12),
        Event(people.associate, 20),
        Event(people.dissociate, 15),
    )
    return Life(events, seed, share=share)


class _People:
    def __init__(self, portal: Portal, staff: Staff) -> None:
        self._portal = portal
        self._staff = staff

    def _some(self, rng: random.Random, kind: ObjectType, *fates: Fate, most: int = 1) -> list[Any]:
        return some(rng, self._portal.rows(kind), *fates, most=most)

    def rename(self, rng: random.Random) -> None:
        """Somebody types something else."""
        kind = rng.choice((*KINDS, PRODUCTS))
        for row in self._some(rng, kind, most=3):
            self._staff.update(kind.plural, row.id, {TEXTS[kind.plural]: title(rng)})

    def move_ticket(self, rng: random.Random) -> None:
        """A ticket gets further, or is opened again."""
        for row in self._some(rng, TICKETS, most=2):
            values = {"hs_pipeline_stage": rng.choice(TICKET_STAGES).id, "hs_ticket_priority": rng.choice(PRIORITIES)}
            self._staff.update(TICKETS.plural, row.id, values)

    def come_or_go(self, rng: random.Random) -> None:
        """Somebody who owns records leaves, or is back."""
        owner = rng.choice(self._portal.copy.users)
        owner.is_active, owner.modified_at = not owner.is_active, self._portal.now()

    def add(self, rng: random.Random) -> None:
        """A new record; a company comes with somebody who works there."""
        kind = rng.choice(KINDS)
        made = self._staff.create(kind.plural, {TEXTS[kind.plural]: title(rng)})
        if kind is COMPANIES:
            self._staff.update(kind.plural, made, {"city": town(rng)})
            contact = self._staff.create(CONTACTS.plural, {"lastname": title(rng)})
            self._staff.associate((CONTACTS.plural, contact), (COMPANIES.plural, made))

    def archive(self, rng: random.Random) -> None:
        """Records are archived."""
        kind = rng.choice(KINDS)
        for row in self._some(rng, kind, most=2):
            self._staff.archive(kind.plural, row.id)

    def restore(self, rng: random.Random) -> None:
        """An archived record is live again, and nothing on it says so."""
        kind = rng.choice(KINDS)
        for row in self._some(rng, kind, Fate.DELETED):
            self._staff.restore(kind.plural, row.id)

    def erase(self, rng: random.Random) -> None:
        """A record goes for good, as privacy law has it."""
        kind = rng.choice(KINDS)
        for row in self._some(rng, kind, Fate.LIVE, Fate.DELETED):
            self._staff.erase(kind.plural, row.id)

    def merge(self, rng: random.Random) -> None:
        """Two records become one."""
        kind = rng.choice(MERGED_KINDS)
        rows = self._some(rng, kind, most=2)
        if len(rows) > 1:
            self._staff.merge(kind.plural, rows[0].id, rows[1].id)

    def associate(self, rng: random.Random) -> None:
        """Two records are tied, in one of the ways there are."""
        kind, to_kind = rng.choice(PAIRS)
        for one, other in zip(self._some(rng, kind), self._some(rng, to_kind), strict=False):
            way = rng.choice(ties_between(self._portal, kind, to_kind)).forward
            self._staff.associate((kind.plural, one.id), (to_kind.plural, other.id), way.type_id)

    def dissociate(self, rng: random.Random) -> None:
        """Two records are untied, in all ways."""
        kind, to_kind = rng.choice(PAIRS)
        for one in self._some(rng, kind, most=5):
            for other in list(linked(self._portal, kind, to_kind, one.id))[:1]:
                self._staff.dissociate((kind.plural, one.id), (to_kind.plural, other))
