"""What refusals of the data API mean."""

import re
from collections.abc import Mapping

import httpx
import msgspec

from hub.connectors.response import described, refusal_by_status
from hub.errors import (
    AuthError,
    BookmarkExpired,
    Forbidden,
    QuotaExhausted,
    SourceError,
    TooMuch,
    TooSlow,
    Unavailable,
)

TOO_LONG = (httpx.codes.REQUEST_URI_TOO_LONG, httpx.codes.REQUEST_HEADER_FIELDS_TOO_LARGE)
BULK_QUOTA = "Max bulk v2 query"
"""How both messages begin: on the jobs of a day, and on the bytes of their results."""
UNKNOWN_FIELD = re.compile(r"No such column '(\w+)' on ")
"""A message shows the query around a mistake, and so perhaps a value; a field's name is none."""


class _Complaint(msgspec.Struct, frozen=True, rename="camel"):
    error_code: str
    message: str = ""


COMPLAINTS: Mapping[str, type[SourceError]] = {
    "INVALID_SESSION_ID": AuthError,
    "INVALID_AUTH_HEADER": AuthError,
    "INVALID_TYPE": Forbidden,
    "NOT_FOUND": Forbidden,
    "INSUFFICIENT_ACCESS": Forbidden,
    "INSUFFICIENT_ACCESS_OR_READONLY": Forbidden,
    "API_DISABLED_FOR_ORG": Forbidden,
    "API_CURRENTLY_DISABLED": Forbidden,
    "FUNCTIONALITY_NOT_ENABLED": Forbidden,
    "TXN_SECURITY_METERING_ERROR": Forbidden,
    # Of the Bulk API: it does not read this object, or not these fields.
    "INVALIDENTITY": Forbidden,
    "API_ERROR": Forbidden,
    "INVALIDJOBSTATE": Forbidden,
    "QUERY_TOO_COMPLICATED": TooMuch,
    "OPERATION_TOO_LARGE": TooMuch,
    "EXCEEDED_ID_LIMIT": TooMuch,
    # A locator dies with its session; a field may be hidden after it was described. Both: ask anew.
    "INVALID_QUERY_LOCATOR": BookmarkExpired,
    "INVALID_FIELD": BookmarkExpired,
    # The org is younger than that, or its list of deleted ids was purged since.
    "INVALID_REPLICATION_DATE": BookmarkExpired,
    "QUERY_TIMEOUT": TooSlow,
    "SERVER_UNAVAILABLE": Unavailable,
    "UNABLE_TO_LOCK_ROW": Unavailable,
    "UNKNOWN_EXCEPTION": Unavailable,
    "LIMIT_EXCEEDED": Unavailable,
}


# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
def refusal(response: httpx.Response) -> SourceError | None:
    """What a refusal means; its body is a list of complaints, or a page for people."""
    if response.status_code in TOO_LONG:
        return TooMuch(f"{described(response)}: too many fields for one query")
    try:
        complaints = msgspec.json.decode(response.content, type=list[_Complaint])
    except msgspec.DecodeError:
        complaints = []
    if not complaints:
        return refusal_by_status(response)
    return _consequence(complaints[0], response)


def _consequence(complaint: _Complaint, response: httpx.Response) -> SourceError | None:
    code = complaint.error_code
    field = UNKNOWN_FIELD.search(complaint.message)
    reason = code if field is None else f"{code} {field[1]}"
    message = f"{described(response)} {reason}"
    if code == "REQUEST_LIMIT_EXCEEDED":
        # One code for two limits: the one on requests at once passes in seconds, the daily one does not.
        is_passing = "Concurrent" in complaint.message
        return Unavailable(message, retry_after=10) if is_passing else QuotaExhausted(message)
    if complaint.message.startswith(BULK_QUOTA):
        return QuotaExhausted(f"{message}: {complaint.message}")
    consequence = COMPLAINTS.get(code)
    return refusal_by_status(response, reason) if consequence is None else consequence(message)
