"""One reading by dlt's REST source into PostgreSQL, in a process and an environment of its own."""

import json
import os
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "NORMALIZE__WORKERS": "2",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
}

import dlt
from dlt.sources.rest_api import rest_api_source

OBJECTS = {
    "salesforce": {"accounts": "Account", "contacts": "Contact", "opportunities": "Opportunity"},
    "hubspot": {"accounts": "companies", "contacts": "contacts", "opportunities": "deals"},
}
UNREADABLE = {"address", "location", "base64"}
Task = Mapping[str, Any]


def salesforce(task: Task) -> dict[str, Any]:
    """Every field that describe names, page by page, as the documentation has it."""
    url = task["config"]["base_url"]
    form = {"grant_type": "client_credentials", "client_id": task["config"]["client_id"], **task["secrets"]}
    token = _answer(f"{url}/services/oauth2/token", urllib.parse.urlencode(form).encode())["access_token"]
    resources = []
    for stream in task["streams"]:
        sobject = OBJECTS["salesforce"][stream]
        described = _answer(f"{url}/services/data/v67.0/sobjects/{sobject}/describe", token=token)
        fields = ", ".join(field["name"] for field in described["fields"] if field["type"] not in UNREADABLE)
        query = f"SELECT {fields} FROM {sobject}"  # noqa: S608 - names from describe
        endpoint = {"path": "/services/data/v67.0/queryAll", "params": {"q": query}, "data_selector": "records"}
        resources.append({"name": stream, "primary_key": "Id", "endpoint": endpoint})
    return _source(url, token, {"type": "json_link", "next_url_path": "nextRecordsUrl"}, resources)


def hubspot(task: Task) -> dict[str, Any]:
    """Every property, page by page, as the documentation has it."""
    url, token = task["config"]["base_url"], task["secrets"]["access_token"]
    resources = []
    for stream in task["streams"]:
        kind = OBJECTS["hubspot"][stream]
        known = _answer(f"{url}/crm/properties/2026-03/{kind}", token=token)["results"]
        names = ",".join(each["name"] for each in known)
        params = {"limit": 100, "properties": names}
        endpoint = {"path": f"/crm/objects/2026-03/{kind}", "params": params, "data_selector": "results"}
        resources.append({"name": stream, "primary_key": "id", "endpoint": endpoint})
    paginator = {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"}
    return _source(url, token, paginator, resources)


def _source(url: str, token: str, paginator: Task, resources: list[dict[str, Any]]) -> dict[str, Any]:
    client = {"base_url": url, "auth": {"type": "bearer", "token": token}, "paginator": paginator}
    return {"client": client, "resources": resources}


def _answer(url: str, form: bytes | None = None, token: str | None = None) -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(url, form, headers)) as response:  # noqa: S310 - this machine
        return json.load(response)


def _credentials(url: str) -> dict[str, Any]:
    """The parts of the address, as dlt wants them: a password, too, where the server asks for none."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "host": urllib.parse.quote(query.get("host") or str(parts.hostname), safe=""),
        "port": int(query.get("port") or parts.port or 5432),
        "username": parts.username,
        "password": parts.password or "none",
        "database": parts.path.strip("/"),
    }


def main() -> None:
    task = json.loads(sys.argv[1])
    configuration = {"salesforce": salesforce, "hubspot": hubspot}[task["vendor"]](task)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            pipeline_name="bench",
            destination=dlt.destinations.postgres(_credentials(task["database_url"])),
            dataset_name="bench",
            pipelines_dir=folder,
        )
        started = time.perf_counter()
        pipeline.run(rest_api_source(configuration), loader_file_format="csv")
        seconds = time.perf_counter() - started
        with pipeline.sql_client() as client:
            counts = [client.execute_sql(f"select count(*) from {stream}")[0][0] for stream in task["streams"]]  # noqa: S608 - names of ours
    print(json.dumps({"records": sum(counts), "seconds": seconds}))


if __name__ == "__main__":
    main()
