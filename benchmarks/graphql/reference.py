"""The right answers, by plain statements one after the other: what every answer must equal before it is timed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from queries import Query

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """Answers as one organization sees things; as everybody does where `viewer` is None."""

    connection: psycopg.Connection
    home: str
    viewer: str | None

    def answer(self, query: Query, subject: str | None) -> Row:
        match query.name:
            case "Q1":
                return {"record": self._record(subject)}
            case "Q2":
                return {"accounts": [self._account(row) for row in self._accounts(query.first)]}
            case "Q3":
                return {"connection": self._connection(subject, query.first)}
        rows = self._rows(f"select * from account_record where {self._seen} order by name, id limit %s", query.first)
        return {"records": [_shown(row, RECORD_LONG) for row in rows]}

    def _record(self, subject: str | None) -> Row | None:
        rows = self._rows(f"select * from account_record where {self._seen} and id = %s", subject)
        return _shown(rows[0], RECORD) if rows else None

    def _accounts(self, first: int | None) -> list[Row]:
        living = "" if self.viewer is None else "and not is_removed"
        statement = f"select * from account_profile where owner_id = %s {living} order by name, id limit %s"
        return self._rows(statement, self.home, first)

    def _account(self, row: Row) -> Row:
        records = self._rows(
            f"select * from account_record where account_id = %s and {self._seen} order by name, id limit 5", row["id"]
        )
        told = [_shown(each, ("id", "name", "domain", "website")) for each in records]
        return _shown(row, ("id", "name", "domain")) | {"records": told, "opportunities": self._deals(row["id"], 5)}

    def _connection(self, subject: str | None, first: int | None) -> Row:
        (row,) = self._rows("select * from connection where id = %s", subject)
        records = self._rows(
            f"select * from account_record where connection_id = %s and {self._seen} order by name, id limit %s",
            subject,
            first,
        )
        return _shown(row, ("id", "name")) | {"records": [self._with_account(each) for each in records]}

    def _with_account(self, record: Row) -> Row:
        (account,) = self._rows(
            "select * from account_profile where id = %s and owner_id = %s", record["account_id"], self.home
        )
        told = _shown(account, ("id", "name")) | {"opportunities": self._deals(account["id"], 3)}
        return _shown(record, ("id", "name")) | {"account": told}

    def _deals(self, account: UUID, first: int) -> list[Row]:
        """By way of the account's records, although links know the account as well."""
        living = "" if self.viewer is None else "and link.removal is null and opportunity.removal is null"
        visible = "" if self.viewer is None else f"and {self._seen}"
        rows = self._rows(
            f"""
            select distinct opportunity.id, opportunity.name, close_date, amount, currency
            from (select connection_id, external_id from account_record
                  where account_id = %s and removal is null {visible}) record
            join opportunity_account link
              on link.connection_id = record.connection_id and account_external_id = record.external_id
            join opportunity on opportunity.connection_id = link.connection_id
              and opportunity.external_id = opportunity_external_id {living}
            order by opportunity.name, opportunity.id limit %s
            """,
            account,
            first,
        )
        return [_shown(row, ("id", "name", "close_date", "amount", "currency")) for row in rows]

    @property
    def _seen(self) -> str:
        if self.viewer is None:
            return "true"
        own = f"select id from connection where owner_id = '{UUID(self.viewer)}'"
        return f"removal is null and connection_id in ({own})"

    def _rows(self, statement: str, *values: Any) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, values).fetchall()


RECORD = ("id", "external_id", "name", "domain", "industry", "employees", "city", "country")
RECORD_LONG = (
    "id", "external_id", "name", "website", "domain", "industry", "employees", "city", "country", "observed_at"
)  # fmt: skip


def _shown(row: Row, columns: tuple[str, ...]) -> Row:
    return {_camel(column): _plain(row[column]) for column in columns}


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(map(str.capitalize, rest))


def _plain(value: Any) -> Any:
    """As `canonical` leaves it."""
    if isinstance(value, UUID):
        return str(value)
    return value if isinstance(value, (int, str, Decimal)) or not hasattr(value, "isoformat") else _time(value)


def _time(value: Any) -> Any:
    """An instant stays one; a day is told as text."""
    return value if hasattr(value, "hour") else value.isoformat()
