"""The contract of all connectors: what each claims in its quality.toml, the kit sees.

Beside its fixtures each has a `wire.py`, the vendor answering from them: hub/connectors/conformance/wire.py.
"""

from functools import cache

import pytest

from hub.connectors.conformance import Subject, finding
from hub.connectors.conformance.project import Project, project_of
from hub.connectors.conformance.quality import RULES, State
from hub.connectors.registry import BUILT_IN, named

JUDGED = [rule for rule in RULES if rule.is_judged]
CLAIMS = [
    pytest.param(name, rule, id=f"{name}-{rule.name}")
    for name in BUILT_IN
    for rule in JUDGED
    if project_of(named(name)).quality().claims[rule.name].state == State.DONE
]


@cache
def project(name: str) -> Project:
    return project_of(named(name))


@cache
def subject(name: str) -> Subject:
    return project(name).subject()


@pytest.mark.parametrize(("name", "rule"), CLAIMS)
async def test_what_is_claimed_to_be_done_holds(name, rule):
    found = await finding(subject(name), rule)
    assert found.passed, found.seen


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_rule_is_answered_for_and_the_vendor_linked(name):
    quality = project(name).quality()
    assert quality.claims.keys() == {rule.name for rule in RULES}
    assert quality.docs.startswith("https://")
