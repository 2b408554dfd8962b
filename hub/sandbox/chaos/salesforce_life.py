"""What people do to the rows of an org."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.errors import NotFound
from hub.sandbox.chaos.life import Event, Life, some, title, town
from hub.sandbox.salesforce.editing import create, edit
from hub.sandbox.salesforce.lifecycle import convert, merge, purge, remove, undelete
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sobject import SObject
from hub.sandbox.world import Fate

LATEST = timedelta(minutes=8)
"""How long a transaction takes at most until what it wrote is seen, behind the backs of those who read meanwhile."""


def salesforce_life(org: Org, seed: int, share: float = 0.3) -> Life:
    """The life of an org."""
    people = _People(org)
    events = (
        Event(people.rename, 30),
        Event(people.move_contact, 15),
        Event(people.move_deal, 20),
        Event(people.open_account, 15),
        Event(people.open_deal, 10),
        Event(people.throw_away, 15),
        Event(people.bring_back, 10),
        Event(people.let_go, 8),
        Event(people.merge, 12),
        Event(people.convert, 4),
        Event(people.write_slowly, 10),
        Event(people.take_off_deal, 6),
    )
    return Life(events, seed, share=share)


class _People:
    def __init__(self, org: Org) -> None:
        self._org = org
        self._locked: dict[str, datetime] = {}
        """Rows that a long transaction holds, and until when."""

    def _sobject(self, name: str) -> SObject[Any]:
        found = self._org.sobject(name)
        if found is None:
            raise NotFound(f"The org has no {name}.")
        return found

    def _rows(self, name: str) -> Sequence[Any]:
        now = self._org.clock.now()
        self._locked = {row_id: until for row_id, until in self._locked.items() if until >= now}
        return [row for row in self._org.rows(self._sobject(name)) if row.id not in self._locked]

    def _some(self, rng: random.Random, name: str, *fates: Fate, most: int = 1) -> list[Any]:
        return some(rng, self._rows(name), *fates, most=most)

    def _kind(self, rng: random.Random) -> str:
        return rng.choice(("Account", "Contact", "Opportunity"))

    def rename(self, rng: random.Random) -> None:
        """Somebody types something else."""
        kind = self._kind(rng)
        for row in self._some(rng, kind, most=3):
            edit(self._org, self._sobject(kind), row.id, {self._name(kind): title(rng)})

    def _name(self, kind: str) -> str:
        return "LastName" if kind == "Contact" else "Name"

    def move_contact(self, rng: random.Random) -> None:
        """A person goes to another company."""
        for row, account in zip(self._some(rng, "Contact"), self._some(rng, "Account"), strict=False):
            edit(self._org, self._sobject("Contact"), row.id, {"AccountId": account.id, "Title": title(rng)})

    def move_deal(self, rng: random.Random) -> None:
        """A deal gets further, or falls back."""
        for row in self._some(rng, "Opportunity", most=3):
            values = {"StageName": rng.choice(list(self._org.stages)), "Amount": Decimal(rng.randrange(10**6))}
            edit(self._org, self._sobject("Opportunity"), row.id, values)

    def open_account(self, rng: random.Random) -> None:
        """A new company, and somebody who works there."""
        account = create(self._org, self._sobject("Account"), {"Name": title(rng), "BillingCity": town(rng)})
        create(self._org, self._sobject("Contact"), {"LastName": title(rng), "AccountId": account})

    def open_deal(self, rng: random.Random) -> None:
        """A new deal."""
        for account in self._some(rng, "Account"):
            stage = rng.choice(list(self._org.stages))
            values = {"Name": title(rng), "StageName": stage, "CloseDate": "2027-01-31", "AccountId": account.id}
            create(self._org, self._sobject("Opportunity"), values)

    def throw_away(self, rng: random.Random) -> None:
        """Some rows go into the recycle bin, and what cannot be without them."""
        kind = self._kind(rng)
        for row in self._some(rng, kind, most=2):
            remove(self._org, self._sobject(kind), row.id)

    def bring_back(self, rng: random.Random) -> None:
        """A row comes out of the recycle bin."""
        kind = self._kind(rng)
        for row in self._some(rng, kind, Fate.DELETED):
            undelete(self._org, self._sobject(kind), row.id)

    def let_go(self, rng: random.Random) -> None:
        """A row goes for good, out of the recycle bin or past it."""
        kind = self._kind(rng)
        for row in self._some(rng, kind, Fate.DELETED, Fate.LIVE):
            purge(self._org, self._sobject(kind), row.id)

    def merge(self, rng: random.Random) -> None:
        """Of two or three rows one stays."""
        kind = rng.choice(("Account", "Contact"))
        rows = self._some(rng, kind, most=rng.choice((2, 3)))
        if len(rows) > 1:
            merge(self._org, self._sobject(kind), rows[0].id, [row.id for row in rows[1:]])

    def convert(self, rng: random.Random) -> None:
        """A lead becomes a person with a deal."""
        for row in self._some(rng, "Lead"):
            if row.converted_on is None:
                convert(self._org, row.id)

    def take_off_deal(self, rng: random.Random) -> None:
        """A deal loses a line or a person."""
        kind = rng.choice(("OpportunityLineItem", "OpportunityContactRole"))
        for row in self._some(rng, kind):
            remove(self._org, self._sobject(kind), row.id)

    def write_slowly(self, rng: random.Random) -> None:
        """A long transaction: its rows are stamped now and seen later. Meanwhile nobody else may write to them."""
        delay, kind = LATEST * rng.random(), self._kind(rng)
        rows = self._some(rng, kind, most=2)
        self._org.commit_delay = delay
        for row in rows:
            edit(self._org, self._sobject(kind), row.id, {self._name(kind): title(rng)})
        create(self._org, self._sobject("Account"), {"Name": title(rng)})
        self._org.commit_delay = timedelta()
        self._locked |= {row.id: self._org.clock.now() + delay for row in rows}
