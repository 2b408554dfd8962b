"""What a job is not made of: the queries, the objects and the forms that Bulk API 2.0 turns down."""

import re
from collections.abc import Mapping
from typing import Any

from hub.sandbox.salesforce.bulk.table import DELIMITERS, LINE_ENDINGS
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import reached
from hub.sandbox.salesforce.query import entity
from hub.sandbox.salesforce.refusal import Refusal
from hub.sandbox.salesforce.sobject import Kind, SObject
from hub.sandbox.salesforce.soql import Aggregate, Path, Query

NOT_IN_BULK = frozenset(("PartnerRole",))
"""Objects that only the REST API reads."""
_TYPEOF = re.compile(r"[^']*\bTYPEOF\b", re.IGNORECASE)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "operation": ("query", "queryAll"),
    "contentType": ("CSV",),
    "columnDelimiter": tuple(DELIMITERS),
    "lineEnding": tuple(LINE_ENDINGS),
}
_DEFAULTS: Mapping[str, str] = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}


def wanted(body: Mapping[str, Any]) -> Mapping[str, str]:
    """What a client asks for, with what goes without saying; raises where that is not offered."""
    asked = {**_DEFAULTS, **body}
    for name, choices in _CHOICES.items():
        if asked.get(name) not in choices:
            raise Refusal(400, "API_ERROR", f"Invalid value for {name}: {asked.get(name)}")
    unknown = sorted(asked.keys() - _CHOICES.keys() - {"query"})
    if unknown:
        raise Refusal(400, "JSON_PARSER_ERROR", f'Unrecognized field "{unknown[0]}"')
    soql = asked.get("query")
    if not isinstance(soql, str) or not soql:
        raise Refusal(400, "API_ERROR", "Query cannot be empty")
    if _TYPEOF.match(soql):
        raise Refusal(400, "API_ERROR", "TYPEOF clause not supported in Bulk Query")
    return asked


def checked(org: Org, query: Query) -> SObject[Any]:
    """The object that a query reads; raises what Bulk API 2.0 says to those that it does not take."""
    sobject = entity(org, query)
    if sobject.name in NOT_IN_BULK:
        raise Refusal(400, "INVALIDENTITY", f"Entity '{sobject.name}' is not supported by the Bulk API.")
    if query.groups or any(isinstance(column, Aggregate) for column in query.columns):
        raise Refusal(400, "API_ERROR", "Aggregate Relationships not supported in Bulk Query")
    if query.offset:
        raise Refusal(400, "API_ERROR", "OFFSET is not supported in Bulk Query")
    for column in query.columns:
        _check_column(org, sobject, column, query)
    return sobject


def _check_column(org: Org, sobject: SObject[Any], column: object, query: Query) -> None:
    if isinstance(column, Query):
        raise Refusal(400, "API_ERROR", "Nested queries are not supported in Bulk Query")
    if not isinstance(column, Path):
        raise Refusal(400, "API_ERROR", "The SOQL FIELDS function is not supported in Bulk Query")
    if reached(org, sobject, column, query.soql).field.kind is Kind.ADDRESS:
        raise Refusal(400, "API_ERROR", "Selecting compound data not supported in Bulk Query")
