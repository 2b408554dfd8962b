"""Writing records: against the imitated account, and against what real accounts answered."""

import json
from pathlib import Path

import httpx
import pytest

from hub.connectors.base import Write
from hub.connectors.hubspot.writing import WRITING
from hub.errors import Lost, Unavailable
from hub.model import WriteOutcome
from hub.sandbox.world import Fate

from .test_against_sandbox import Sandbox
from .wire import answer, opened

COMPANIES = WRITING["accounts"]
FIELD, PARTNERS = "hub_account_id", "hub_overlapping_partners"
RECORDED = Path(__file__).parent / "recorded" / "writing"
WRITTEN, REFUSED, RETRY = WriteOutcome.WRITTEN, WriteOutcome.REFUSED, WriteOutcome.RETRY


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(accounts=60)


def live(sandbox: Sandbox, count: int) -> list[str]:
    return [each.id for each in sandbox.copy.accounts if each.fate is Fate.LIVE][:count]


async def test_the_properties_decide_where_text_can_be_written(sandbox):
    async with sandbox.opened() as source:
        targets = await COMPANIES.targets(source)

    assert targets[FIELD].obstacle is targets[PARTNERS].obstacle is None
    assert targets["hs_lastmodifieddate"].obstacle == "is calculated"
    assert targets["numberofemployees"].obstacle == "is of the type number, not text"


async def test_records_are_written_each_by_itself_and_read_back(sandbox):
    first, second, third, fourth = live(sandbox, 4)
    writes = [
        Write(key=first, values={FIELD: "account_1", PARTNERS: "Bolt; Corp"}),
        Write(key="404", values={FIELD: "account_2"}),
        Write(key=second, values={FIELD: "account_3"}),
        Write(key=third, values={PARTNERS: None}),
        Write(key=fourth, values={FIELD: "account_1"}),
    ]
    async with sandbox.opened() as source:
        written = await COMPANIES.write(source, writes)
        rows = await COMPANIES.current(source, [first, second, third, "404"], [FIELD, PARTNERS])

    assert [each.outcome for each in written] == [WRITTEN, REFUSED, WRITTEN, WRITTEN, REFUSED]
    assert "OBJECT_NOT_FOUND" in written[1].reason
    assert "CONFLICT" in written[4].reason or "VALIDATION_ERROR" in written[4].reason
    assert {key: row.values for key, row in rows.items()} == {
        first: {FIELD: "account_1", PARTNERS: "Bolt; Corp"},
        second: {FIELD: "account_3", PARTNERS: None},
        third: {FIELD: None, PARTNERS: None},
    }
    assert written[0].version == rows[first].version


async def test_a_record_that_was_merged_away_is_gone(sandbox):
    primary, other = live(sandbox, 2)
    await sandbox.write("POST", "companies/merge", primaryObjectId=primary, objectIdToMerge=other)
    async with sandbox.opened() as source:
        assert await COMPANIES.current(source, [other], [FIELD]) == {}


async def test_a_unique_property_finds_records_and_makes_those_that_are_missing(sandbox):
    (key,) = live(sandbox, 1)
    async with sandbox.opened() as source:
        await COMPANIES.write(source, [Write(key=key, values={FIELD: "account_1"})])
        found, made = await COMPANIES.upsert(
            source,
            FIELD,
            [Write(key="account_1", values={PARTNERS: "Bolt"}), Write(key="account_2", values={"name": "New GmbH"})],
        )
        rows = await COMPANIES.current(source, [key, made.external_id], ["name", FIELD, PARTNERS])

    assert (found.outcome, found.external_id, made.outcome) == (WRITTEN, key, WRITTEN)
    assert rows[key].values[PARTNERS] == "Bolt"
    assert rows[made.external_id].values | {"name": "New GmbH", FIELD: "account_2"} == rows[made.external_id].values


def answering(*bodies: tuple[int, object]):
    """An account that answers what is written with one after the other; the last again and again."""
    left = list(bodies)

    def told(request: httpx.Request) -> httpx.Response:
        if "/batch/update" not in request.url.path:
            return answer(request)
        status, body = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, json=body)

    return told


def recorded(name: str) -> dict[str, object]:
    return json.loads((RECORDED / f"{name}.json").read_text())


A, B, C = "171591000198", "171591000199", "unknownIdentifier888"


@pytest.mark.parametrize(
    ("name", "status", "keys", "outcomes"),
    [
        ("update-contacts-success", 200, (A, B), [WRITTEN, WRITTEN]),
        ("update-contacts-success", 201, (B, A), [WRITTEN, WRITTEN]),
        ("update-contacts-err-partial-success", 207, (C, B), [REFUSED, WRITTEN]),
        ("update-contacts-err-partial-success", 207, (A, B, C), [RETRY, WRITTEN, REFUSED]),
        ("update-contacts-err-duplicate-ids", 400, (A,), [REFUSED]),
        ("update-contacts-err-many-invalid-properties", 400, (A, B, C), [REFUSED, REFUSED, REFUSED]),
        ("create-contacts-success", 200, ("171596044869",), [WRITTEN]),
        ("create-contacts-err-partial-success", 207, ("x", "171596044870"), [REFUSED, WRITTEN]),
        ("create-contacts-err-conflict", 409, (A,), [REFUSED]),
        ("create-contacts-err-many-invalid-properties", 400, (A,), [REFUSED]),
    ],
)
async def test_what_real_accounts_answered_is_understood(name, status, keys, outcomes):
    """By trace id or id, never by position; who is in neither list is asked about again."""
    async with opened(answering((status, recorded(name)))) as source:
        written = await COMPANIES.write(source, [Write(key=key, values={FIELD: "v"}) for key in keys])

    assert [each.key for each in written] == list(keys)
    assert [each.outcome for each in written] == outcomes


async def test_one_invalid_value_does_not_keep_the_others_from_being_written():
    """A whole batch is refused for it, so that halves of it are sent until it stands alone."""
    sent = []

    def strict(request: httpx.Request) -> httpx.Response:
        if "/batch/update" not in request.url.path:
            return answer(request)
        inputs = json.loads(request.content)["inputs"]
        sent.append(len(inputs))
        if any(each["properties"][FIELD] == "bad" for each in inputs):
            return httpx.Response(400, json=recorded("update-contacts-err-many-invalid-properties"))
        results = [
            {
                "id": each["id"],
                "properties": {},
                "updatedAt": "2026-11-01T12:00:00Z",
                "objectWriteTraceId": each["objectWriteTraceId"],
            }
            for each in reversed(inputs)
        ]
        return httpx.Response(200, json={"status": "COMPLETE", "results": results})

    async with opened(strict) as source:
        values = ["good", "good", "bad", "good"]
        written = await COMPANIES.write(
            source, [Write(key=str(key), values={FIELD: value}) for key, value in enumerate(values)]
        )

    assert [each.outcome for each in written] == [WRITTEN, WRITTEN, REFUSED, WRITTEN]
    assert sent == [4, 2, 2, 1, 1]
    assert "PROPERTY" in written[2].reason or "VALIDATION_ERROR" in written[2].reason


async def test_a_write_that_may_have_been_done_is_not_sent_again():
    for status in (500, 502, 524):
        async with opened(answering((status, {}))) as source:
            with pytest.raises(Lost):
                await COMPANIES.write(source, [Write(key=A, values={})])


async def test_a_write_that_there_was_no_time_for_is_sent_again():
    busy = (429, {"policyName": "TEN_SECONDLY_ROLLING"})
    async with opened(answering(busy, (423, {}), (200, recorded("update-contacts-success")))) as source:
        (written,) = await COMPANIES.write(source, [Write(key=A, values={})])

    assert written.outcome is WRITTEN


async def test_a_batch_that_failed_in_part_does_not_pass_for_records_that_are_gone():
    def partial(request: httpx.Request) -> httpx.Response:
        if "/batch/read" not in request.url.path:
            return answer(request)
        failure = {"status": "error", "category": "INTERNAL_ERROR", "message": "oops", "context": {"ids": [A]}}
        return httpx.Response(207, json={"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [failure]})

    async with opened(partial) as source:
        with pytest.raises(Unavailable, match="a part of the batch failed"):
            await COMPANIES.current(source, [A], [FIELD])
