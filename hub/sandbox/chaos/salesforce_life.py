"""What people do to the rows of an org."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.errors import NotFound
from hub.sandbox.chaos.life import Event, Life, some, title, town
from hub.sandbox.salesforce.editing import create, edit
from hub.sandbox.salesforce.lifecycle import MERGEABLE, convert, merge, purge, remove, undelete
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sobject import SObject
from hub.sandbox.world import Fate

KINDS = ("Account", "Contact", "Opportunity", "Lead")
PROGRAM_KINDS = ("ChannelProgram", "ChannelProgramLevel", "ChannelProgramMember")
FUND_KINDS = ("PartnerMarketingBudget", "PartnerFundAllocation", "PartnerFundRequest", "PartnerFundClaim")
NAMED = dict.fromkeys(("Contact", "Lead"), "LastName") | dict.fromkeys(FUND_KINDS, "Title")
"""What people type as the name of a row, where that is not Name."""
ON_DEALS = ("OpportunityLineItem", "OpportunityContactRole")
ROLES = ("Distributor", "Reseller", "System Integrator")
STATUSES = ("Draft", "Submitted", "Approved", "Rejected")
LEVEL, MEMBER = "ChannelProgramLevel", "ChannelProgramMember"
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
        Event(people.meet, 6),
        Event(people.throw_away, 15),
        Event(people.bring_back, 10),
        Event(people.let_go, 8),
        Event(people.merge, 12),
        Event(people.convert, 4),
        Event(people.write_slowly, 10),
        Event(people.take_off_deal, 6),
        Event(people.come_or_go, 3),
        Event(people.promote, 5),
        Event(people.ask_for_funds, 5),
        Event(people.join, 5),
        Event(people.part, 4),
        Event(people.relate, 4),
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
        return rng.choice((*KINDS, *KINDS, *KINDS, *PROGRAM_KINDS, *FUND_KINDS))

    def rename(self, rng: random.Random) -> None:
        """Somebody types something else."""
        kind = self._kind(rng)
        for row in self._some(rng, kind, most=3):
            edit(self._org, self._sobject(kind), row.id, {self._name(kind): title(rng)})

    def _name(self, kind: str) -> str:
        return NAMED.get(kind, "Name")

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

    def meet(self, rng: random.Random) -> None:
        """A new lead."""
        values = {"LastName": title(rng), "Company": title(rng), "Status": "Open - Not Contacted"}
        create(self._org, self._sobject("Lead"), values)

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
        kind = rng.choice(MERGEABLE)
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
        kind = rng.choice(ON_DEALS)
        for row in self._some(rng, kind):
            remove(self._org, self._sobject(kind), row.id)

    def come_or_go(self, rng: random.Random) -> None:
        """A user leaves, or is back."""
        row, sobject = rng.choice(self._org.copy.users), self._sobject("User")

        def write(now: datetime) -> None:
            with self._org.changing(sobject, row):
                row.is_active, row.modified_at = not row.is_active, now

        self._org.commit(write)

    def promote(self, rng: random.Random) -> None:
        """A partner gets to another level, or into a program."""
        for level, account in zip(self._some(rng, LEVEL), self._some(rng, "Account"), strict=False):
            for row in self._some(rng, MEMBER):
                edit(self._org, self._sobject(MEMBER), row.id, {"LevelId": level.id})
            values = {"Name": title(rng), "ProgramId": level.program, "LevelId": level.id, "PartnerId": account.id}
            create(self._org, self._sobject(MEMBER), values)

    def ask_for_funds(self, rng: random.Random) -> None:
        """A request is decided upon, and another one made; a claim follows."""
        values = {"Status": rng.choice(STATUSES), "Amount": Decimal(rng.randrange(10**5))}
        for row in self._some(rng, "PartnerFundRequest", most=2):
            edit(self._org, self._sobject("PartnerFundRequest"), row.id, values)
        for row in self._some(rng, "Account"):
            values |= {"Title": title(rng), "ChannelPartnerId": row.id}
            request = create(self._org, self._sobject("PartnerFundRequest"), values)
            create(self._org, self._sobject("PartnerFundClaim"), values | {"RequestId": request})

    def join(self, rng: random.Random) -> None:
        """A company becomes another one's partner, at large or in a deal."""
        accounts = self._some(rng, "Account", most=2)
        if len(accounts) > 1:
            one, other = accounts
            values = {"AccountToId": other.id, "Role": rng.choice(ROLES), "IsPrimary": rng.random() < 1 / 2}
            deals = self._some(rng, "Opportunity") if rng.random() < 1 / 2 else []
            end = {"OpportunityId": deals[0].id} if deals else {"AccountFromId": one.id}
            create(self._org, self._sobject("Partner"), values | end)

    def part(self, rng: random.Random) -> None:
        """A company is another one's partner no more."""
        for row in self._some(rng, "Partner"):
            remove(self._org, self._sobject("Partner"), row.id)

    def relate(self, rng: random.Random) -> None:
        """A person has to do with another company."""
        for row, account in zip(self._some(rng, "Contact"), self._some(rng, "Account"), strict=False):
            if row.account != account.id:
                values = {"ContactId": row.id, "AccountId": account.id, "Roles": "Influencer"}
                create(self._org, self._sobject("AccountContactRelation"), values)

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
