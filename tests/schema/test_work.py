"""How much clients may make the hub work. The clock is given, so that no test waits."""

import pytest

from hub.schema import debts
from hub.schema.work import MOST, PATIENCE, SHARE, UNNOTICED, Work


def test_who_sends_nothing_but_new_documents_takes_a_bounded_share_of_a_processor():
    work, now, worked = Work(), 0.0, 0.0
    while now < 10_000:
        now += 0.1
        worked += 0.1
        work.note("a", 0.1, now)
        now += work.wait("a", now)

    assert (worked - PATIENCE) / now == pytest.approx(SHARE, rel=0.1)
    assert work.wait("b", now) == 0


def test_all_documents_of_an_app_may_be_new_at_once():
    work = Work()
    for _ in range(100):
        work.note("a", 0.09, 0.0)

    assert work.wait("a", 0.0) == 0


def test_to_find_a_plan_is_no_work_and_a_busy_machine_is_not_the_clients_fault():
    work = Work()
    for _ in range(100_000):
        work.note("a", UNNOTICED / 2, 0.0)
    work.note("a", 1000, 0.0)

    assert work.wait("a", 0.0) == 0
    for _ in range(int(PATIENCE / MOST)):
        work.note("a", 1000, 0.0)
    assert work.wait("a", 0.0) == MOST / SHARE


def test_who_owes_is_forgotten_when_there_are_too_many():
    work = Work()
    for number in range(debts.MOST + 1):
        for _ in range(30):
            work.note(str(number), MOST, 0.0)

    assert work.wait("0", 0.0) == 0
    assert work.wait("1", 0.0) > 0
