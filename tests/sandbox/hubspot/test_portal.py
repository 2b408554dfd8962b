"""After any changes a portal is as one that is built anew from its rows."""

import random
from typing import Any

import pytest

from hub.sandbox.hubspot import Portal, Quirks, Staff, Truth
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, TICKETS, object_type
from hub.sandbox.world import Fate
from tests.sandbox.hubspot.conftest import StoppedClock, a_contact, a_deal, a_ticket, a_world, an_account

KINDS = (COMPANIES, CONTACTS, DEALS, TICKETS)
NAMES = {"companies": "city", "contacts": "phone", "deals": "dealname", "tickets": "subject"}
TIES = [("contacts", "companies"), ("deals", "companies"), ("deals", "contacts"), ("tickets", "deals")]


class Crowd:
    """Many people who change anything anywhere."""

    def __init__(self, portal: Portal, seed: int) -> None:
        self.portal = portal
        self.staff = Staff(portal)
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, guards nothing

    def act(self) -> None:
        kind = self.chance.choice(KINDS).plural
        deed = self.chance.choice([self.create, self.update, self.update, self.archive, self.restore, self.erase])
        self.chance.choice([deed, deed, self.merge, self.tie, self.untie])(kind)

    def one(self, kind: str, fate: Fate = Fate.LIVE) -> str | None:
        shelf = self.portal.shelf(object_type(kind))
        rows = shelf.live if fate is Fate.LIVE else shelf.archived
        return self.chance.choice(rows).id if rows else None

    def create(self, kind: str) -> None:
        self.staff.create(kind, {NAMES[kind]: "new"})

    def update(self, kind: str) -> None:
        if found := self.one(kind):
            self.staff.update(kind, found, {NAMES[kind]: str(self.chance.random())})

    def archive(self, kind: str) -> None:
        if found := self.one(kind):
            self.staff.archive(kind, found)

    def restore(self, kind: str) -> None:
        if found := self.one(kind, Fate.DELETED):
            self.staff.restore(kind, found)

    def erase(self, kind: str) -> None:
        if found := self.one(kind, self.chance.choice([Fate.LIVE, Fate.DELETED])):
            self.staff.erase(kind, found)

    def merge(self, kind: str) -> None:
        first, second = self.one(kind), self.one(kind)
        if first and second and first != second:
            self.portal.quirks.merges_keep_id = self.chance.random() < 0.5
            self.staff.merge(kind, first, second)

    def tie(self, _: str) -> None:
        kind, to_kind = self.chance.choice(TIES)
        one, other = self.one(kind), self.one(to_kind)
        if one and other:
            self.staff.associate((kind, one), (to_kind, other))

    def untie(self, _: str) -> None:
        kind, to_kind = self.chance.choice(TIES)
        one, other = self.one(kind), self.one(to_kind)
        if one and other:
            self.staff.dissociate((kind, one), (to_kind, other))


def held(portal: Portal) -> dict[str, Any]:
    truth, found = Truth(portal), {}
    for kind in KINDS:
        shelf = portal.shelf(kind)
        found[kind.plural] = truth.archived(kind.plural), truth.merged(kind.plural), shelf.losers
        found[f"{kind.plural} in order"] = [entry.id for entry in shelf.live], shelf.by_modified()
    return found


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_up_is_what_would_be_built_anew(seed: int) -> None:
    clock = StoppedClock()
    companies = [str(number) for number in range(1, 9)]
    world = a_world(
        accounts=[an_account(int(number)) for number in companies],
        contacts=[a_contact(number, account=companies[number % 8]) for number in range(20, 32)],
        opportunities=[a_deal(number, account=companies[number % 8]) for number in range(40, 48)],
        tickets=[a_ticket(number, account=companies[number % 8], opportunity="41") for number in range(60, 66)],
    )
    crowd = Crowd(Portal(world, clock, quirks=Quirks()), seed)
    held(crowd.portal)
    for _ in range(80):
        clock.advance(crowd.chance.choice([0, 0.001, 3]))
        crowd.act()
        crowd.portal.ripen()
    kept_up = held(crowd.portal)
    assert_links_are_sound(Truth(crowd.portal))
    crowd.portal.changed()
    assert kept_up == held(crowd.portal)


def assert_links_are_sound(truth: Truth) -> None:
    for kind, to_kind in TIES:
        there, back = truth.associations(kind, to_kind), truth.associations(to_kind, kind)
        assert {(one, other) for one, other, _, _ in there} == {(one, other) for other, one, _, _ in back}
        assert len(there) == len(back)
        assert {one for one, _, _, _ in there} <= truth.live(kind).keys()
        primary = [one for one, _, _, number in there if number in (1, 5, 26)]
        assert len(primary) == len(set(primary))
