"""What is asked, in each server's own words, and how the answers are made comparable.

Aliases give PostGraphile's fields the hub's names. What remains is in `canonical`: a list stands for a page of nodes,
ids lose the hub's prefixes, an amount and its currency stand side by side, instants and numbers are compared by value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import orjson

RECORD = "externalId name domain industry employees city country"
RECORD_LONG = "externalId name website domain industry employees city country observedAt"


class Words(Enum):
    """In whose words a server is asked."""

    HUB = auto()
    POSTGRAPHILE = auto()
    POSTGRAPHILE_OPEN = auto()
    """Where nobody says whose profiles of accounts are seen, a view does."""


OPEN = {
    "allAccountProfiles": "allHomeAccounts",
    "accountProfileBy": "homeAccountBy",
    "[NAME_ASC, ROW_ID_ASC]": "[NAME_ASC]",
}
"""What the view is called where PostGraphile names the table."""


@dataclass(frozen=True, slots=True)
class Query:
    """One of the queries; its name is the operation's."""

    name: str
    title: str
    hub: str
    postgraphile: str
    first: int | None
    """How many rows are asked for at the top, where it is a variable."""
    prefix: str | None
    """What the hub's ids of the thing asked for begin with, where one thing is asked for."""
    faster: float
    """How many times PostGraphile's rate the hub must reach."""

    def body(self, subject: str | None, words: Words) -> bytes:
        """The request's body; `subject` is the id of the one thing asked for."""
        variables: dict[str, Any] = {} if self.first is None else {"first": self.first}
        if subject:
            variables["id"] = f"{self.prefix}{subject}" if words is Words.HUB else subject
        document = self.hub if words is Words.HUB else self.postgraphile
        if words is Words.POSTGRAPHILE_OPEN:
            for mine, everybodys in OPEN.items():
                document = document.replace(mine, everybodys)
        return orjson.dumps({"query": document, "variables": variables, "operationName": self.name})


def queries(rows: int) -> tuple[Query, ...]:
    """All of them; `rows` is the size of the long list."""
    return (
        Query(
            "Q1",
            "one account record by id, 8 fields",
            f"query Q1($id: ID!) {{ record: node(id: $id) {{ ... on AccountRecord {{ id {RECORD} }} }} }}",
            f"query Q1($id: UUID!) {{ record: accountRecordByRowId(rowId: $id) {{ id: rowId {RECORD} }} }}",
            None,
            "account_record_",
            2,
        ),
        Query(
            "Q2", "first 50 accounts by name, with 5 records and 5 opportunities each", HUB_Q2, GRAPHILE_Q2, 50, None, 3
        ),
        Query(
            "Q3",
            "connection → 100 account records → account → 3 opportunities",
            HUB_Q3,
            GRAPHILE_Q3,
            100,
            "connection_",
            2.5,
        ),
        Query(
            "Q4",
            f"{rows:,} account records by name, 10 fields",
            HUB_Q4,
            GRAPHILE_Q4,
            rows,
            None,
            3,
        ),
    )


HUB_Q4 = f"query Q4($first: Int!) {{ records: accountRecords(first: $first) {{ nodes {{ id {RECORD_LONG} }} }} }}"
GRAPHILE_Q4 = f"""query Q4($first: Int!) {{
  records: allAccountRecords(first: $first, orderBy: [NAME_ASC]) {{ nodes {{ id: rowId {RECORD_LONG} }} }}
}}"""
HUB_Q2 = """query Q2($first: Int!) {
  accounts(first: $first) {
    nodes {
      id name domain
      records(first: 5) { nodes { id name domain website } }
      opportunities(first: 5) { nodes { id name closeDate amount { amount currency } } }
    }
  }
}"""
GRAPHILE_Q2 = """query Q2($first: Int!) {
  accounts: allAccountProfiles(first: $first, orderBy: [NAME_ASC, ROW_ID_ASC]) {
    nodes {
      id: rowId name domain
      records: accountRecordsByAccountId(first: 5, orderBy: [NAME_ASC]) { nodes { id: rowId name domain website } }
      opportunities(first: 5) { nodes { id: rowId name closeDate amount currency } }
    }
  }
}"""
HUB_Q3 = """query Q3($id: ID!, $first: Int!) {
  connection: node(id: $id) {
    ... on Connection {
      id name
      records(first: $first) {
        nodes {
          id name
          account { id name opportunities(first: 3) { nodes { id name closeDate amount { amount currency } } } }
        }
      }
    }
  }
}"""
GRAPHILE_Q3 = """query Q3($id: UUID!, $first: Int!) {
  connection: connectionByRowId(rowId: $id) {
    id: rowId name
    records: accountRecordsByConnectionId(first: $first, orderBy: [NAME_ASC]) {
      nodes {
        id: rowId name
        account: accountProfileByAccountId {
          id: rowId name
          opportunities(first: 3) { nodes { id: rowId name closeDate amount currency } }
        }
      }
    }
  }
}"""


def canonical(value: Any, name: str = "") -> Any:
    """An answer's value in the form that all servers share."""
    match value:
        case {"nodes": list(nodes)}:
            return [canonical(each) for each in nodes]
        case Mapping():
            told = {key: canonical(each, key) for key, each in value.items()}
            money = told.get("amount")
            if "currency" in told or "closeDate" in told:
                held = money if isinstance(money, dict) else {"amount": money, "currency": told.get("currency")}
                told |= {"amount": held["amount"], "currency": held["currency"]}
            return told
        case str():
            return _CANONICAL.get(name, str)(value)
    return value


_CANONICAL = {
    "id": lambda text: text[-36:],
    "amount": Decimal,
    "observedAt": datetime.fromisoformat,
}
