"""What simple-salesforce reads of a sandbox, by REST and by Bulk API 2.0: the ids of every object, as JSON.

python read.py URL CLIENT_ID CLIENT_SECRET
"""

import csv
import io
import json
import sys
from urllib.parse import urlsplit, urlunsplit

import requests
from simple_salesforce import Salesforce

NOT_IN_BULK = ("PartnerRole",)


class ToSandbox(requests.adapters.HTTPAdapter):
    """Leads the https that simple-salesforce insists on to a server without certificate."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._authority = urlsplit(url).netloc

    def send(self, request, *args, **options):  # noqa: ANN001, ANN002, ANN003, ANN201 - as requests has it
        parts = urlsplit(str(request.url))
        request.url = urlunsplit(("http", self._authority, parts.path, parts.query, ""))
        return super().send(request, *args, **options)


def main(url: str, client_id: str, client_secret: str) -> None:
    """Prints {object: {"rest": […], "bulk": […]}}."""
    with requests.Session() as session:
        session.mount("https://", ToSandbox(url))
        org = Salesforce(
            consumer_key=client_id, consumer_secret=client_secret, domain="home.my", session=session, version="67.0"
        )
        names = [each["name"] for each in org.describe()["sobjects"]]
        print(json.dumps({name: _ids(org, name) for name in names}))


def _ids(org: Salesforce, name: str) -> dict[str, list[str]]:
    soql = f"SELECT Id FROM {name} ORDER BY Id"  # noqa: S608 - the name comes from describe
    rest = [row["Id"] for row in org.query_all_iter(soql, include_deleted=True)]
    if name in NOT_IN_BULK:
        return {"rest": rest, "bulk": []}
    pages = getattr(org.bulk2, name).query_all(soql, max_records=1000, wait=0)
    return {"rest": rest, "bulk": [row["Id"] for page in pages for row in csv.DictReader(io.StringIO(page))]}


if __name__ == "__main__":
    main(*sys.argv[1:])
