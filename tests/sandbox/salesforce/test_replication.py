from datetime import timedelta

import pytest

from hub.sandbox.clock import HISTORY_ENDS
from hub.sandbox.salesforce.ids import record_id
from tests.sandbox.salesforce.builders import DEAL, HOOLI, INITECH, JANE, RECENTLY, UMBRELLA

SOBJECTS = "/services/data/v67.0/sobjects"


async def told(client, what: str, start, end, sobject: str = "Account"):
    params = {"start": start.isoformat(), "end": end.isoformat()}
    return await client.get(f"{SOBJECTS}/{sobject}/{what}/", params=params)


async def test_updated_tells_live_rows_only(client):
    body = (await told(client, "updated", RECENTLY, RECENTLY + timedelta(minutes=1))).json()
    assert body == {"ids": [INITECH], "latestDateCovered": "2026-10-29T12:01:00.000+0000"}


async def test_deleted_tells_binned_merged_and_purged_rows(client):
    body = (await told(client, "deleted", RECENTLY, RECENTLY + timedelta(minutes=1))).json()
    assert body["deletedRecords"] == [
        {"deletedDate": "2026-10-29T12:00:00.000+0000", "id": external_id}
        for external_id in (UMBRELLA, HOOLI, record_id("001", 6))
    ]
    assert body["earliestDateAvailable"] == "2026-10-17T12:00:00.000+0000"


async def test_what_hangs_on_a_row_goes_with_it(client):
    role = f"{SOBJECTS}/OpportunityContactRole/{record_id('00K', 1)}"
    assert (await client.get(role)).json()["ContactId"] == JANE
    await client.delete(f"{SOBJECTS}/Opportunity/{DEAL}")
    assert (await client.get(role)).json()[0]["errorCode"] == "ENTITY_IS_DELETED"
    start, end = HISTORY_ENDS - timedelta(minutes=1), HISTORY_ENDS + timedelta(minutes=1)
    gone = (await told(client, "deleted", start, end, "OpportunityContactRole")).json()["deletedRecords"]
    assert [one["id"] for one in gone] == [record_id("00K", 1), record_id("00K", 2)]


async def test_seconds_are_ignored_and_the_end_is_left_out(client):
    before = (await told(client, "deleted", RECENTLY - timedelta(minutes=9), RECENTLY + timedelta(seconds=59))).json()
    after = (await told(client, "deleted", RECENTLY + timedelta(seconds=59), HISTORY_ENDS)).json()
    assert before["deletedRecords"] == []
    assert len(after["deletedRecords"]) == 3


async def test_deletes_of_more_than_fifteen_days_ago_are_forgotten(client):
    body = (await told(client, "deleted", HISTORY_ENDS - timedelta(days=29), HISTORY_ENDS)).json()
    assert record_id("001", 7) not in {gone["id"] for gone in body["deletedRecords"]}


async def test_what_a_purged_log_forgot_is_not_to_be_asked_for(app, client):
    purged = app.state.salesforce.org.log_purged_until = HISTORY_ENDS - timedelta(days=1)
    refused = await told(client, "deleted", RECENTLY, HISTORY_ENDS)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")
    body = (await told(client, "deleted", purged, HISTORY_ENDS)).json()
    assert body["deletedRecords"] == []
    assert body["earliestDateAvailable"] == "2026-10-31T12:00:00.000+0000"


async def test_nothing_is_told_of_the_time_before_the_org(app, client):
    app.state.salesforce.org.created_at = HISTORY_ENDS - timedelta(days=1)
    for kind in ("updated", "deleted"):
        (complaint,) = (await told(client, kind, RECENTLY, HISTORY_ENDS)).json()
        assert complaint == {
            "message": "startDate before org replication enabled date",
            "errorCode": "INVALID_REPLICATION_DATE",
        }


async def test_nothing_later_than_now_is_covered(client, clock):
    clock.time += timedelta(seconds=30)
    body = (await told(client, "updated", RECENTLY, HISTORY_ENDS + timedelta(days=1))).json()
    assert body["latestDateCovered"] == "2026-11-01T12:00:00.000+0000"


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-10-29T12:00:00Z", "2026-10-29T12:00:59Z", "INVALID_REPLICATION_DATE"),
        ("2026-09-01T12:00:00Z", "2026-10-29T12:00:59Z", "INVALID_REPLICATION_DATE"),
        ("yesterday", "2026-10-29T12:00:59Z", "INVALID_ARGUMENT"),
        ("2026-10-29T12:00:00", "2026-10-30T12:00:00Z", "INVALID_ARGUMENT"),
    ],
)
async def test_a_wrong_stretch_of_time_is_refused(client, start, end, code):
    response = await client.get(f"{SOBJECTS}/Account/deleted", params={"start": start, "end": end})
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, code)


async def test_both_ends_are_needed(client):
    assert (await client.get(f"{SOBJECTS}/Account/updated")).status_code == 400


async def test_objects_without_a_log_are_refused(client):
    response = await told(client, "deleted", RECENTLY, HISTORY_ENDS, "OpportunityPartner")
    assert response.json()[0]["errorCode"] == "INVALID_TYPE_FOR_OPERATION"
