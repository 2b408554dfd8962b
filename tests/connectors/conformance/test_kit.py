"""The kit believes a connector that keeps the rules, and catches one defect at a time."""

from dataclasses import replace
from itertools import count

import msgspec
import pytest

from hub.connectors.base import Page, StreamReport, Webhook, always
from hub.connectors.conformance import finding, findings
from hub.connectors.conformance.quality import RULES
from hub.errors import AuthError, Unavailable
from hub.model import AccountRecord, Lead
from tests.connectors.conformance.acorn import (
    CONFIG,
    ROWS,
    WIRE,
    a_page,
    a_subject,
    account,
    among,
    is_genuine,
    opened,
    pages,
    rows,
)

PAGE = "# Acorn\n\n## Credentials\n\n## Limits\n\n## What is not read\n"
RULE = {rule.name: rule for rule in RULES}


async def one_page(source, bookmark):
    yield a_page(await rows(source))


async def in_circles(source, bookmark):
    while True:
        yield a_page(await rows(source))


async def ahead_of_itself(source, bookmark):
    """The bookmark of each page names the last row of all."""
    async for page in pages(source, bookmark):
        yield replace(page, bookmark={"after": "5"})


def once_only():
    """A source gives its rows once, and nothing more."""
    read = []

    async def given(source, bookmark):
        if not any(each is source for each in read):
            read.append(source)
            async for page in pages(source, bookmark):
                yield page

    return given


async def stamped(source, bookmark, readings=count()):  # noqa: B008 - the defect
    """Each reading writes its rows otherwise."""
    reading = next(readings)
    async for page in pages(source, bookmark):
        rows = [{**msgspec.json.decode(row), "reading": reading} for row in page.payloads]
        yield replace(page, payloads=[msgspec.json.encode(row) for row in rows])


async def backwards(source, bookmark):
    older = {**ROWS[0], "at": "2025-01-01T00:00:00+00:00"}
    yield Page(payloads=[msgspec.json.encode(row) for row in (ROWS[0], older)], bookmark={})


async def swallowing(source, bookmark):
    try:
        async for page in pages(source, bookmark):
            yield page
    except Unavailable:
        return


async def too_few_ids(source):
    yield ["1", "2"]


async def otherwise(source, wanted):
    async for page in among(source, wanted):
        yield replace(page, payloads=[row.replace(b"Oak", b"Ash") for row in page.payloads])


async def no_report(source):
    return
    yield


async def a_report_of_another(source):
    yield StreamReport(stream="leads", readable=True, detail="")


def remembering(payload, seen=[]):  # noqa: B006 - the defect
    seen.append(payload)
    return [AccountRecord(external_id=payload["id"], name=f"{payload['name']} {len(seen)}")]


def tidying(payload):
    payload["name"] = payload["name"].upper()
    return account(payload)


def telling(answering, sleep):
    """A refused request is quoted, key and all."""
    return opened(answering, sleep, lambda response: AuthError(f"refused {response.request.headers['X-Key']}"))


def stubborn(answering, sleep):
    """Takes refused credentials for a passing trouble."""
    return opened(answering, sleep, lambda _: Unavailable("no"))


def impatient(answering, sleep):
    """Comes back at once, whatever it is asked."""

    async def nap(seconds):
        await sleep(min(seconds, 1))

    return opened(answering, nap)


DEFECTS = [
    ("reads-to-the-last-page", {"stream": {"pages": one_page}}, "2 read, 5 recorded"),
    ("reads-to-the-last-page", {"stream": {"pages": in_circles}}, "has not ended after 1,000 pages"),
    ("payloads-understood", {"stream": {"record": Lead}}, "becomes no Lead"),
    ("payloads-understood", {"stream": {"to_records": lambda p: [AccountRecord(external_id="", name="")]}}, "an id"),
    ("payloads-understood", {"stream": {"to_records": lambda p: p["nothing"]}}, "KeyError in test_kit.py, line"),
    ("mapping-is-pure", {"stream": {"to_records": remembering}}, "says something else the second time"),
    ("mapping-is-pure", {"stream": {"to_records": tidying}}, "was changed by its mapping"),
    ("errors-by-consequence", {"stream": {"pages": swallowing}}, "status 503 at request 1 is no error"),
    ("secrets-stay-secret", {"wire": replace(WIRE, opened=telling)}, "a secret shows in AuthError at status 400"),
    ("secrets-stay-secret", {"wire": replace(WIRE, other_ways_in=[(CONFIG, telling)])}, "a secret shows in AuthError"),
    ("secrets-stay-secret", {"wire": replace(WIRE, config={})}, "CONFIG of the wire holds none of api_key"),
    ("unknown-fields-reported", {"stream": {"fields": frozenset({"id"})}}, "at, name not heard of"),
    ("unknown-fields-reported", {"stream": {"fields": frozenset()}}, "any field may come"),
    ("missing-id-refused", {"stream": {"key": lambda payload: payload.get("id", "?")}}, "without an id"),
    ("streams-reported", {"report": no_report}, "reported on  instead of accounts"),
    ("streams-reported", {"report": a_report_of_another}, "reported on leads instead of accounts"),
    ("fixtures-for-every-stream", {"wire": replace(WIRE, payloads=lambda stream: [])}, "nothing recorded of accounts"),
    ("docs-name-scopes-and-limits", {}, "there is no page"),
    ("resumes-from-a-bookmark", {"stream": {"pages": ahead_of_itself}}, "accounts loses 3, 4, 5"),
    ("second-sync-changes-nothing", {"stream": {"pages": stamped}}, "1, 2, 3 and 2 more came otherwise"),
    (
        "whole-streams-are-whole",
        {"stream": {"whole": always, "pages": once_only()}},
        "accounts misses 1, 2, 3 and 2 more when it is read again",
    ),
    ("honors-retry-after", {"wire": replace(WIRE, opened=impatient)}, "asked to wait 1 times, waited 0 times"),
    ("expired-token-means-reconnect", {"wire": replace(WIRE, opened=stubborn)}, "401 at request 1 is Unavailable"),
    ("versions-are-ordered", {"stream": {"pages": backwards}}, "an older version of 1 comes after a newer"),
    ("sweeps-agree", {"stream": {"among": None}}, "accounts has ids without among"),
    ("sweeps-agree", {"stream": {"ids": too_few_ids}}, "ids and pages differ in 3, 4, 5"),
    ("sweeps-agree", {"stream": {"among": otherwise}}, "among gives 1, 2, 3 and 2 more otherwise"),
    ("webhooks-are-verified", {"wire": replace(WIRE, delivery=None)}, "the wire has no delivery()"),
]


@pytest.mark.parametrize(("rule", "changes", "told"), DEFECTS)
async def test_a_defect_is_seen(rule, changes, told):
    found = await finding(a_subject(**changes), RULE[rule])
    assert found.passed is False
    assert told in found.seen


WEBHOOKS = [
    (lambda config, delivery, now: True, lambda config, delivery: [], "believed another body"),
    (lambda config, delivery, now: False, lambda config, delivery: [], "the genuine delivery is refused"),
    (is_genuine, lambda config, delivery: [], "gives no hint"),
]


@pytest.mark.parametrize(("genuine", "hints", "told"), WEBHOOKS)
async def test_a_webhook_that_is_wrong_is_seen(genuine, hints, told):
    subject = a_subject(webhook=Webhook(is_genuine=genuine, hints=hints))
    found = await finding(subject, RULE["webhooks-are-verified"])
    assert found.passed is False
    assert told in found.seen


async def test_who_keeps_the_rules_passes_them(tmp_path):
    docs = tmp_path / "README.md"
    docs.write_text(PAGE)
    found = {each.rule.name: each for each in await findings(a_subject(docs))}
    assert {name: each.seen for name, each in found.items() if each.passed is False} == {}
    nothing_to_judge = {name for name, each in found.items() if each.passed is None}
    assert nothing_to_judge == {rule.name for rule in RULES if not rule.is_judged} | {"whole-streams-are-whole"}
