"""Writing records: against the imitated account, and against what real accounts answered."""

import json
from pathlib import Path

import httpx
import pytest

from hub.connectors.base import Write
from hub.connectors.hubspot.writing import WRITING
from hub.errors import Lost, Unavailable
from hub.model import WriteOutcome
from hub.sandbox.hubspot import Quirks
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

    assert targets[FIELD].obstacle is targets[PARTNERS].obstacle is targets[FIELD].key_obstacle is None
    assert targets[PARTNERS].key_obstacle == "can create no rows: it does not require unique values"
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
        known = await COMPANIES.known(source, FIELD, ["account_1", "account_2", "account_3"])

    assert (found.outcome, found.external_id, made.outcome) == (WRITTEN, key, WRITTEN)
    assert rows[key].values[PARTNERS] == "Bolt"
    assert known == {"account_1": key, "account_2": made.external_id}
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
        ("update-contacts-err-partial-success", 207, (A, B, C), [WriteOutcome.SENDING, WRITTEN, REFUSED]),
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


def strict(refusal: dict[str, object], sent: list[int]):
    """An account that refuses a whole batch for the sake of one value: "bad"."""

    def told(request: httpx.Request) -> httpx.Response:
        if "/batch/update" not in request.url.path:
            return answer(request)
        inputs = json.loads(request.content)["inputs"]
        sent.append(len(inputs))
        if any("bad" in each["properties"].values() for each in inputs):
            return httpx.Response(400, json=refusal)
        results = [
            {"id": each["id"], "properties": {}, "updatedAt": "2026-11-01T12:00:00Z"}
            | {"objectWriteTraceId": each["objectWriteTraceId"]}
            for each in reversed(inputs)
        ]
        return httpx.Response(200, json={"status": "COMPLETE", "results": results})

    return told


def listed(message: str, name: str = FIELD, code: str = "INVALID_OPTION") -> dict[str, object]:
    """As accounts answered before there were `errors`: the list stands in the message alone."""
    complaints = [{"isValid": False, "message": message, "error": code, "name": name}]
    return {"status": "error", "message": f"Property values were not valid: {json.dumps(complaints)}"}


UNNAMED = recorded("update-contacts-err-many-invalid-properties")
TAKEN = (
    "Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=ObjectTypeId{legacyObjectType=COMPANY}, "
    f"propertyName={FIELD}, value=bad}} on 2. 7 already has that value."
)


@pytest.mark.parametrize(
    ("refusal", "sent"),
    [
        (UNNAMED, [4, 2, 2, 1, 1]),
        ({"category": "VALIDATION_ERROR", "message": "no", "context": {"ids": ["2"]}}, [4, 3]),
        ({"message": "no", "errors": [{"message": "no", "context": {"objectWriteTraceId": ["2"]}}]}, [4, 3]),
        ({"category": "VALIDATION_ERROR", "message": TAKEN}, [4, 3]),
        ({"category": "VALIDATION_ERROR", "message": TAKEN.replace(" on 2.", " on 99.")}, [4, 3]),
        (listed("bad was not one of the allowed options: [good, better]"), [4, 3]),
        (listed('Property "x" does not exist', "x", "PROPERTY_DOESNT_EXIST"), [4, 2, 2, 1, 1]),
        ({"message": "Property values were not valid: [{cut"}, [4, 2, 2, 1, 1]),
        ({"message": "no", "errors": [{"message": "no", "context": "{missingScopes=[a]}"}]}, [4, 2, 2, 1, 1]),
    ],
)
async def test_one_invalid_value_does_not_keep_the_others_from_being_written(refusal, sent):
    """Who is named is left out, and the rest is sent once more; where nobody is named, halves find the record."""
    requests: list[int] = []
    async with opened(strict(refusal, requests)) as source:
        values = ["good", "good", "bad", "good"]
        writes = [Write(key=str(key), values={FIELD: value}) for key, value in enumerate(values)]
        written = await COMPANIES.write(source, writes)

    assert [each.outcome for each in written] == [WRITTEN, WRITTEN, REFUSED, WRITTEN]
    assert requests == sent
    assert written[2].reason


async def test_a_property_that_is_not_there_spoils_all_that_hold_it_and_no_others():
    refusal, sent = listed('Property "bad" does not exist', PARTNERS, "PROPERTY_DOESNT_EXIST"), []
    async with opened(strict(refusal, sent)) as source:
        held = [{PARTNERS: "bad"}, {FIELD: "account_1"}, {PARTNERS: "x", FIELD: "account_2"}]
        written = await COMPANIES.write(source, [Write(key=str(key), values=each) for key, each in enumerate(held)])

    assert ([each.outcome for each in written], sent) == ([REFUSED, WRITTEN, REFUSED], [3, 1])


async def test_everyone_s_good_values_are_written_however_many_bad_ones_a_batch_has():
    sent: list[int] = []
    async with opened(strict(UNNAMED, sent)) as source:
        writes = [Write(key=str(key), values={FIELD: "bad" if key % 2 else "good"}) for key in range(100)]
        written = await COMPANIES.write(source, writes)

    assert [each.outcome for each in written] == [WRITTEN, REFUSED] * 50
    assert len(sent) == 2 * len(writes) - 1


async def test_a_batch_of_which_one_record_is_named_at_a_time_is_written_to_its_last():
    def told(request: httpx.Request) -> httpx.Response:
        inputs = json.loads(request.content)["inputs"] if "/batch/update" in request.url.path else []
        bad = next((each["objectWriteTraceId"] for each in inputs if "bad" in each["properties"].values()), None)
        refusal = {"category": "VALIDATION_ERROR", "message": "no", "context": {"objectWriteTraceId": [bad]}}
        return httpx.Response(400, json=refusal) if bad else fine(request)

    sent: list[int] = []
    fine = strict(UNNAMED, sent)
    async with opened(told) as source:
        writes = [Write(key=str(key), values={FIELD: "bad" if key % 4 else "good"}) for key in range(100)]
        written = await COMPANIES.write(source, writes)

    assert [each.outcome for each in written] == [WRITTEN, REFUSED, REFUSED, REFUSED] * 25
    assert sent == [25]


async def test_a_batch_that_there_was_no_time_for_is_not_taken_apart():
    busy = (400, {"status": "error", "category": "TIMEOUT", "message": "too slow"})
    async with opened(answering(busy)) as source:
        written = await COMPANIES.write(source, [Write(key=key, values={FIELD: "v"}) for key in (A, B, C)])

    assert {each.outcome for each in written} == {RETRY}


async def test_a_portal_that_refuses_whole_batches_takes_all_that_is_right():
    sandbox = Sandbox(accounts=60, quirks=Quirks(spoils_batches=True))
    holder, *others = live(sandbox, 6)
    async with sandbox.opened() as source:
        await COMPANIES.write(source, [Write(key=holder, values={FIELD: "account_1"})])
        values = [{FIELD: "account_1"}, {FIELD: "account_2"}, {"nonsense": "x"}, {PARTNERS: "Bolt"}, {PARTNERS: "C"}]
        writes = [Write(key=key, values=each) for key, each in zip(others, values, strict=True)]
        written = await COMPANIES.write(source, writes)
        rows = await COMPANIES.current(source, others, [FIELD, PARTNERS])

    assert [each.outcome for each in written] == [REFUSED, WRITTEN, REFUSED, WRITTEN, WRITTEN]
    assert "already has that value" in written[0].reason
    assert '"nonsense" does not exist' in written[2].reason
    assert rows[others[4]].values[PARTNERS] == "C"


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
