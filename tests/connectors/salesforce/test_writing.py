"""Writing rows: against the imitated org, and against what real orgs answered."""

import json

import httpx
import pytest

from hub.connectors.base import Write
from hub.connectors.salesforce.writing import WRITING
from hub.errors import Forbidden, Lost, UnexpectedPayload
from hub.model import WriteOutcome
from hub.sandbox.world import Fate

from .sandbox import Sandbox
from .wire import FIXTURES, answer, opened

ACCOUNTS = WRITING["accounts"]
FIELD, PARTNERS = "Hub_Account_Id__c", "Hub_Overlapping_Partners__c"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(accounts=60)


def live(sandbox: Sandbox, count: int) -> list[str]:
    return [each.id for each in sandbox.world.salesforce.accounts if each.fate is Fate.LIVE][:count]


async def test_what_describe_says_decides_where_text_can_be_written(sandbox):
    async with sandbox.opened() as org:
        targets = await ACCOUNTS.targets(org)

    assert (targets[FIELD].obstacle, targets[FIELD].longest) == (None, 255)
    assert (targets[PARTNERS].obstacle, targets[PARTNERS].longest) == (None, 32_768)
    assert targets[FIELD].key_obstacle is None
    assert targets[PARTNERS].key_obstacle == "can create no rows: it is no External ID"
    assert targets["Revenue_In_USD__c"].obstacle == "is a formula"
    assert targets["SystemModstamp"].obstacle == "cannot be edited by the user that the hub signs in as"
    assert targets["NumberOfEmployees"].obstacle == "is of the type int, not text"


async def test_rows_are_made_by_a_field_only_that_takes_each_value_once(sandbox):
    sandbox.state.org.unique.clear()
    async with sandbox.opened() as org:
        assert (await ACCOUNTS.targets(org))[FIELD].key_obstacle == "can create no rows: it is not Unique"


async def test_a_user_who_may_not_create_rows_is_told_so():
    def no_creation(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/describe"):
            field = {"name": FIELD, "type": "string", "updateable": True, "externalId": True}
            return httpx.Response(200, json={"updateable": True, "createable": False, "fields": [field]})
        return answer(request)

    async with opened(no_creation) as org:
        (target,) = (await ACCOUNTS.targets(org)).values()

    assert target.obstacle is None
    assert target.key_obstacle == "can create no rows: the user that the hub signs in as may not create them"


async def test_rows_that_may_not_be_edited_are_forbidden():
    def read_only(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/describe"):
            return httpx.Response(200, json={"updateable": False, "fields": []})
        return answer(request)

    async with opened(read_only) as org:
        with pytest.raises(Forbidden, match="cannot be edited"):
            await ACCOUNTS.targets(org)


async def test_rows_are_written_each_by_itself_and_read_back(sandbox):
    first, second, third, gone = live(sandbox, 4)
    next(each for each in sandbox.world.salesforce.accounts if each.id == gone).fate = Fate.DELETED
    writes = [
        Write(key=first, values={FIELD: "account_1", PARTNERS: "Bolt; Corp"}),
        Write(key=gone, values={FIELD: "account_2"}),
        Write(key=second, values={FIELD: "x" * 256}),
        Write(key=third, values={FIELD: None}),
    ]
    async with sandbox.opened() as org:
        written = await ACCOUNTS.write(org, writes)
        rows = await ACCOUNTS.current(org, [first, second, third, gone], [FIELD, PARTNERS])

    assert [(each.key, each.outcome) for each in written] == [
        (first, WriteOutcome.WRITTEN),
        (gone, WriteOutcome.REFUSED),
        (second, WriteOutcome.REFUSED),
        (third, WriteOutcome.WRITTEN),
    ]
    assert "ENTITY_IS_DELETED" in written[1].reason
    assert "STRING_TOO_LONG" in written[2].reason
    assert rows[first].values == {FIELD: "account_1", PARTNERS: "Bolt; Corp"}
    assert rows[second].values == rows[third].values == {FIELD: None, PARTNERS: None}
    assert gone not in rows


async def test_a_single_row_is_written_only_where_nobody_else_was_meanwhile(sandbox):
    (key,) = live(sandbox, 1)
    async with sandbox.opened() as org:
        read = (await ACCOUNTS.current(org, [key], [FIELD]))[key].version
        (unchanged,) = await ACCOUNTS.write(org, [Write(key=key, values={FIELD: "account_1"}, version=read)])
        sandbox.later(seconds=5)
        await ACCOUNTS.write(org, [Write(key=key, values={FIELD: "theirs"})])
        (moved,) = await ACCOUNTS.write(org, [Write(key=key, values={FIELD: "account_2"}, version=read)])
        rows = await ACCOUNTS.current(org, [key], [FIELD])

    assert (unchanged.outcome, moved.outcome) == (WriteOutcome.WRITTEN, WriteOutcome.CONFLICT)
    assert rows[key].values == {FIELD: "theirs"}


async def test_a_single_row_that_is_not_there_is_refused(sandbox):
    async with sandbox.opened() as org:
        version = "2026-01-01T00:00:00.000+0000"
        (written,) = await ACCOUNTS.write(org, [Write(key="001000000000000AAA", values={}, version=version)])

    assert written.outcome is WriteOutcome.REFUSED
    assert "NOT_FOUND" in written.reason


async def test_an_external_id_finds_rows_and_makes_those_that_are_missing(sandbox):
    (key,) = live(sandbox, 1)
    async with sandbox.opened() as org:
        await ACCOUNTS.write(org, [Write(key=key, values={FIELD: "account_1"})])
        found, made, refused = await ACCOUNTS.upsert(
            org,
            FIELD,
            [
                Write(key="account_1", values={PARTNERS: "Bolt"}),
                Write(key="account_2", values={"Name": "New GmbH"}),
                Write(key="account_3", values={}),
            ],
        )
        rows = await ACCOUNTS.current(org, [key, made.external_id], ["Name", PARTNERS])
        known = await ACCOUNTS.known(org, FIELD, ["account_1", "account_2", "account_3", "it's"])

    assert (found.outcome, found.external_id) == (WriteOutcome.WRITTEN, key)
    assert rows[key].values[PARTNERS] == "Bolt"
    assert rows[made.external_id].values["Name"] == "New GmbH"
    assert refused.outcome is WriteOutcome.REFUSED
    assert "REQUIRED_FIELD_MISSING" in refused.reason
    assert known == {"account_1": key, "account_2": made.external_id}


def answering(body: object, status: int = 200):
    """An org that answers whatever is written with this."""

    def told(request: httpx.Request) -> httpx.Response:
        written = request.method == "PATCH"
        return httpx.Response(status, json=body) if written else answer(request)

    return told


WRITTEN, REFUSED, RETRY = WriteOutcome.WRITTEN, WriteOutcome.REFUSED, WriteOutcome.RETRY
LOCKED = [{"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "m", "fields": []}]}] * 2


@pytest.mark.parametrize(
    ("name", "status", "outcomes", "reason"),
    [
        ("update-contacts-success", 200, [WRITTEN, WRITTEN], None),
        ("create-contacts-success", 200, [WRITTEN, WRITTEN], None),
        ("update-contacts-err-each-no-ids", 200, [REFUSED, REFUSED], "MISSING_ARGUMENT: Id not specified"),
        ("update-contacts-partial-but-allOrNone", 200, [REFUSED, REFUSED], "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
        ("create-contacts-partial-but-allOrNone", 200, [REFUSED, REFUSED], "REQUIRED_FIELD_MISSING"),
        ("create-contacts-err-bad-request", 400, [REFUSED, REFUSED], "REQUIRED_FIELD_MISSING: At least 1 record"),
        ("invalid-field-upsert", 400, [REFUSED, REFUSED], "INVALID_FIELD_FOR_INSERT_UPDATE"),
        (LOCKED, 200, [RETRY, RETRY], "UNABLE_TO_LOCK_ROW"),
    ],
)
async def test_what_real_orgs_answered_is_understood(name, status, outcomes, reason):
    recorded = FIXTURES / "recorded" / "writing"
    body = json.loads((recorded / f"{name}.json").read_text()) if isinstance(name, str) else name
    async with opened(answering(body, status)) as org:
        written = await ACCOUNTS.write(org, [Write(key=key, values={FIELD: "v"}) for key in ("1", "2")])

    assert [each.outcome for each in written] == outcomes
    assert (written[0].reason is None) if reason is None else written[0].reason.startswith(reason)


async def test_a_single_refusal_that_came_with_its_errors_inside_is_understood():
    body = json.loads((FIXTURES / "recorded" / "writing" / "success-with-errors.json").read_text())
    async with opened(answering([body])) as org:
        (written,) = await ACCOUNTS.write(org, [Write(key="1", values={})])

    assert (written.outcome, written.reason) == (REFUSED, "MALFORMED_ID: malformed id 001RM000003oLrB000")


async def test_an_answer_of_another_length_is_not_matched_by_guessing():
    async with opened(answering([{"success": True, "id": "1"}])) as org:
        with pytest.raises(UnexpectedPayload, match="1 results for 2 rows"):
            await ACCOUNTS.write(org, [Write(key=key, values={}) for key in ("1", "2")])


async def test_a_write_that_may_have_been_done_is_not_sent_again():
    sent = []

    def broken(request: httpx.Request) -> httpx.Response:
        if request.method != "PATCH":
            return answer(request)
        sent.append(request)
        return httpx.Response(503, json=[{"errorCode": "SERVER_UNAVAILABLE", "message": "try later"}])

    async with opened(broken) as org:
        with pytest.raises(Lost):
            await ACCOUNTS.write(org, [Write(key=key, values={}) for key in ("1", "2")])

    assert len(sent) == 1


async def test_a_row_that_lacks_what_was_asked_for_is_not_believed():
    def short(request: httpx.Request) -> httpx.Response:
        if "/composite/" in request.url.path:
            return httpx.Response(200, json=[{"Id": "1", "IsDeleted": False}])
        return answer(request)

    async with opened(short) as org:
        with pytest.raises(UnexpectedPayload, match="came without"):
            await ACCOUNTS.current(org, ["1"], [FIELD])
