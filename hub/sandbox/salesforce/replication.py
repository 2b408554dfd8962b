"""getUpdated and getDeleted: which rows changed or went between two minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import Refusal
from hub.sandbox.salesforce.sobject import SObject
from hub.sandbox.salesforce.spelling import stamp
from hub.sandbox.world import Fate

UPDATES_KEPT = timedelta(days=30)
DELETES_KEPT = timedelta(days=15)
MINUTE = timedelta(minutes=1)

Between = tuple[datetime, datetime]


def between(org: Org, sobject: SObject[Any], start: str | None, end: str | None) -> Between:
    """The whole minutes asked for; raises where Salesforce cannot tell."""
    if not sobject.replicateable:
        raise Refusal(400, "INVALID_TYPE_FOR_OPERATION", f"object {sobject.name} is not replicable")
    first, last = _minute("start", start), _minute("end", end)
    if last - first < MINUTE:
        raise Refusal(400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate")
    if first < org.now() - UPDATES_KEPT:
        raise Refusal(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
    if first < _floor(org.created_at):
        raise Refusal(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    return first, last


def _minute(name: str, text: str | None) -> datetime:
    if text is None:
        raise Refusal(400, "MISSING_ARGUMENT", f"Required parameter is missing: {name}")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, "INVALID_ARGUMENT", f"{name} is not a valid date and time") from error
    if moment.tzinfo is None:
        raise Refusal(400, "INVALID_ARGUMENT", f"{name} lacks a time zone")
    return _floor(moment.astimezone(UTC))


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _covered(org: Org, asked: Between) -> datetime:
    return min(asked[1], _floor(org.now()))


def updated(org: Org, sobject: SObject[Any], asked: Between) -> dict[str, Any]:
    """The rows that were made or changed, and still stand."""
    first, last = asked
    ids = [row.id for row in org.rows(sobject) if row.fate is Fate.LIVE and first <= row.modified_at < last]
    return {"ids": ids, "latestDateCovered": stamp(_covered(org, asked))}


def deleted(org: Org, sobject: SObject[Any], asked: Between) -> dict[str, Any]:
    """The rows that went, those that are gone for good too."""
    if asked[0] < _floor(org.log_purged_until):
        raise Refusal(400, "INVALID_REPLICATION_DATE", "startDate before the delete log was purged")
    earliest = max(_floor(org.now() - DELETES_KEPT), org.log_purged_until)
    first, last = max(asked[0], earliest), asked[1]
    gone = [
        (row.removed_at, row.id)
        for row in org.rows(sobject)
        if row.removed_at is not None and row.fate is not Fate.LIVE and first <= row.removed_at < last
    ]
    records = [{"deletedDate": stamp(at), "id": external_id} for at, external_id in sorted(gone)]
    return {
        "deletedRecords": records,
        "earliestDateAvailable": stamp(earliest),
        "latestDateCovered": stamp(_covered(org, asked)),
    }
