from datetime import timedelta

import pytest

from hub.sandbox.salesforce.bulk.jobs import Ending, JobState
from tests.sandbox.salesforce.builders import ANN, let_in

JOBS = "/services/data/v67.0/jobs/query"
SOQL = "SELECT Id FROM Account"


async def made(client, **asked) -> dict:
    response = await client.post(JOBS, json={"operation": "query", "query": SOQL} | asked)
    assert response.status_code == 200, response.text
    return response.json()


async def states(client, job: dict, times: int) -> list[str]:
    return [(await client.get(f"{JOBS}/{job['id']}")).json()["state"] for _ in range(times)]


async def refused(client, method: str, path: str, **options) -> tuple[int, str, str]:
    response = await client.request(method, path, **options)
    [error] = response.json()
    return response.status_code, error["errorCode"], error["message"]


async def test_a_new_job_is_told_of_whole(client):
    job = await made(client)
    assert job.pop("id").startswith("750")
    assert job == {
        "operation": "query",
        "object": "Account",
        "createdById": ANN,
        "createdDate": "2026-11-01T12:00:00.000+0000",
        "systemModstamp": "2026-11-01T12:00:00.000+0000",
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 67.0,
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }


async def test_a_job_is_in_progress_before_it_is_complete(client):
    job = await made(client)
    assert await states(client, job, 3) == ["InProgress", "JobComplete", "JobComplete"]
    done = (await client.get(f"{JOBS}/{job['id'][:15]}")).json()
    assert (done["numberRecordsProcessed"], done["retries"], done["jobType"]) == (3, 0, "V2Query")
    assert "errorMessage" not in done


async def test_a_job_takes_its_time(app, client, clock):
    app.state.salesforce.jobs.takes = timedelta(minutes=2)
    job = await made(client)
    assert await states(client, job, 3) == ["InProgress"] * 3
    clock.time += timedelta(minutes=2)
    assert await states(client, job, 1) == ["JobComplete"]
    assert (await client.get(f"{JOBS}/{job['id']}")).json()["totalProcessingTime"] == 120_000


async def test_a_job_may_fail_or_end_short(app, client):
    app.state.salesforce.jobs.polls = 0
    app.state.salesforce.jobs.endings += [
        Ending(JobState.FAILED, 2, "InternalServerError"),
        Ending(JobState.JOB_COMPLETE, 1, "QUERY_TIMEOUT"),
    ]
    failed, short = await made(client), await made(client)
    told = (await client.get(f"{JOBS}/{failed['id']}")).json()
    assert (told["state"], told["numberRecordsProcessed"], told["errorMessage"]) == ("Failed", 2, "InternalServerError")
    assert (await refused(client, "GET", f"{JOBS}/{failed['id']}/results"))[:2] == (400, "INVALIDJOBSTATE")
    told = (await client.get(f"{JOBS}/{short['id']}")).json()
    assert (told["state"], told["numberRecordsProcessed"], told["errorMessage"]) == ("JobComplete", 1, "QUERY_TIMEOUT")
    assert (await client.get(f"{JOBS}/{short['id']}/results")).headers["Sforce-NumberOfRecords"] == "1"


async def test_a_running_job_is_aborted_then_deleted(client):
    job = await made(client)
    path = f"{JOBS}/{job['id']}"
    assert (await refused(client, "DELETE", path))[1] == "INVALIDJOBSTATE"
    assert (await client.patch(path, json={"state": "Aborted"})).json()["state"] == "Aborted"
    assert await states(client, job, 1) == ["Aborted"]
    assert (await client.delete(path)).status_code == 204
    assert (await refused(client, "GET", path))[:2] == (404, "NOT_FOUND")


async def test_a_job_that_is_done_is_not_aborted(app, client):
    app.state.salesforce.jobs.polls = 0
    job = await made(client)
    await states(client, job, 1)
    said = await refused(client, "PATCH", f"{JOBS}/{job['id']}", json={"state": "Aborted"})
    assert said == (400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    assert (await refused(client, "PATCH", f"{JOBS}/{job['id']}", json={"state": "Done"}))[1] == "INVALIDJOBSTATE"


async def test_jobs_are_listed_so_that_orphans_are_found(client):
    jobs = [await made(client) for _ in range(2)]
    listed = (await client.get(JOBS, params={"jobType": "V2Query"})).json()
    assert [job["id"] for job in listed["records"]] == [job["id"] for job in jobs]
    assert (listed["done"], listed["nextRecordsUrl"]) == (True, None)
    assert (await client.get(JOBS, params={"jobType": "Classic"})).json()["records"] == []


async def test_a_long_list_of_jobs_goes_on(app, client):
    app.state.salesforce.jobs.list_size = 2
    jobs = [(await made(client))["id"] for _ in range(3)]
    first = (await client.get(JOBS)).json()
    more = (await client.get(first["nextRecordsUrl"])).json()
    assert (first["done"], more["done"]) == (False, True)
    assert [job["id"] for job in first["records"] + more["records"]] == jobs


async def test_jobs_are_kept_for_seven_days(client, clock):
    job = await made(client)
    clock.time += timedelta(days=7)
    assert (await client.get(JOBS)).status_code == 401
    await let_in(client)
    assert (await client.get(JOBS)).json()["records"] == []
    assert (await refused(client, "GET", f"{JOBS}/{job['id']}"))[:2] == (404, "NOT_FOUND")


async def test_no_more_jobs_than_a_day_allows(app, client, clock):
    jobs = app.state.salesforce.jobs
    jobs.daily_jobs = 1
    await made(client)
    said = await refused(client, "POST", JOBS, json={"operation": "query", "query": SOQL})
    assert said == (400, "LIMIT_EXCEEDED", "Max bulk v2 query jobs (1) per 24 hrs has been reached (1)")
    left = (await client.get("/services/data/v67.0/limits")).json()
    assert left["DailyBulkV2QueryJobs"] == {"Max": 1, "Remaining": 0}
    clock.time += timedelta(days=1)
    assert jobs.made_today() == 0


async def test_no_more_results_than_a_day_allows(app, client):
    app.state.salesforce.jobs.kilobytes = 1_000_000_000
    said = await refused(client, "POST", JOBS, json={"operation": "query", "query": SOQL})
    message = "Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded"
    assert said == (400, "LIMIT_EXCEEDED", message)
    left = (await client.get("/services/data/v67.0/limits")).json()
    assert left["DailyBulkV2QueryFileStorageMB"] == {"Max": 976_562, "Remaining": 0}


REFUSED = [
    ("SELECT Id, BillingAddress FROM Account", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
    ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", "Nested queries"),
    ("SELECT COUNT() FROM Account", "API_ERROR", "Aggregate"),
    ("SELECT Name, COUNT(Id) FROM Account GROUP BY Name", "API_ERROR", "Aggregate"),
    ("SELECT Id FROM Account LIMIT 1 OFFSET 1", "API_ERROR", "OFFSET"),
    ("SELECT TYPEOF Owner WHEN User THEN Email END FROM Lead", "API_ERROR", "TYPEOF"),
    ("SELECT FIELDS(ALL) FROM Account LIMIT 1", "API_ERROR", "FIELDS"),
    ("SELECT Id FROM PartnerRole", "INVALIDENTITY", "Entity 'PartnerRole' is not supported by the Bulk API."),
    ("SELECT Nme FROM Account", "INVALID_FIELD", "No such column 'Nme'"),
    ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
    ("", "API_ERROR", "Query cannot be empty"),
]


@pytest.mark.parametrize(("soql", "code", "message"), REFUSED)
async def test_what_bulk_does_not_take_is_refused_at_once(client, soql, code, message):
    said = await refused(client, "POST", JOBS, json={"operation": "queryAll", "query": soql})
    assert said[:2] == (400, code)
    assert message in said[2]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"operation": "insert"}, "API_ERROR"),
        ({"columnDelimiter": "DOT"}, "API_ERROR"),
        ({"pk": 1}, "JSON_PARSER_ERROR"),
    ],
)
async def test_a_job_of_another_kind_is_refused(client, asked, code):
    said = await refused(client, "POST", JOBS, json={"operation": "query", "query": SOQL} | asked)
    assert said[:2] == (400, code)
