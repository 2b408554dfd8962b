"""SOQL text read into the nouns of soql.py, by recursive descent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from hub.sandbox.salesforce.refusal import Refusal, at
from hub.sandbox.salesforce.soql import (
    Aggregate,
    AllFields,
    Combination,
    Comparison,
    Condition,
    DateLiteral,
    Literal,
    Negation,
    Ordering,
    Path,
    Query,
)
from hub.sandbox.salesforce.tokens import Token, TokenKind, tokens, unquoted

T = TypeVar("T")

AGGREGATES = ("COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG")
COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=", "LIKE")
_CLAUSES = ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "WITH", "USING")
_CONSTANTS: dict[str, Literal] = {"TRUE": True, "FALSE": False, "NULL": None}


def parsed(soql: str) -> Query:
    """The query that `soql` says; raises MALFORMED_QUERY."""
    reader = _Reader(soql, tokens(soql))
    query = reader.query()
    if reader.next.kind is not TokenKind.END:
        raise reader.unexpected()
    return query


@dataclass(slots=True)
class _Reader:
    soql: str
    tokens: list[Token]
    position: int = field(default=0)

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def unexpected(self) -> Refusal:
        return at(self.soql, self.next.at, "MALFORMED_QUERY", f"unexpected token: '{self.next.text}'")

    def take(self) -> Token:
        token = self.next
        self.position += 1
        return token

    def takes(self, *words: str) -> bool:
        """Whether the next token is one of `words`, which is then read."""
        if not self.next.says(*words):
            return False
        self.position += 1
        return True

    def expect(self, word: str) -> None:
        if not self.takes(word):
            raise self.unexpected()

    def word(self) -> Token:
        if self.next.kind is not TokenKind.NAME:
            raise self.unexpected()
        return self.take()

    def path(self) -> Path:
        token = self.word()
        return Path(tuple(token.text.split(".")), token.at)

    def number(self) -> int:
        if self.next.kind is not TokenKind.NUMBER or not self.next.text.isdigit():
            raise self.unexpected()
        return int(self.take().text)

    def query(self) -> Query:
        self.expect("SELECT")
        columns = self.listed(self.column)
        self.expect("FROM")
        entity = self.word()
        if not self.next.says(*_CLAUSES) and self.next.kind is TokenKind.NAME:
            raise self.unexpected()
        return Query(
            soql=self.soql,
            columns=tuple(columns),
            entity=entity.text,
            entity_at=entity.at,
            where=self.condition() if self.takes("WHERE") else None,
            groups=self.groups(),
            order=self.order(),
            limit=self.number() if self.takes("LIMIT") else None,
            offset=self.number() if self.takes("OFFSET") else 0,
        )

    def listed(self, item: Callable[[], T]) -> list[T]:
        items = [item()]
        while self.takes(","):
            items.append(item())
        return items

    def column(self) -> Path | AllFields | Aggregate | Query:
        if self.takes("("):
            query = self.query()
            self.expect(")")
            return query
        if self.next.says(*_CLAUSES):
            raise self.unexpected()
        if self.tokens[self.position + 1].says("("):
            return self.function()
        return self.path()

    def function(self) -> AllFields | Aggregate:
        name = self.take()
        self.expect("(")
        if name.says("FIELDS"):
            scope = self.word().text.upper()
            self.expect(")")
            return AllFields(scope, name.at)
        if not name.says(*AGGREGATES):
            self.position -= 2
            raise self.unexpected()
        path = None if self.next.says(")") else self.path()
        self.expect(")")
        alias = self.take().text if self.next.kind is TokenKind.NAME and not self.next.says(*_CLAUSES) else None
        return Aggregate(name.text.upper(), path, alias, name.at)

    def groups(self) -> tuple[Path, ...]:
        if not self.takes("GROUP"):
            return ()
        self.expect("BY")
        return tuple(self.listed(self.path))

    def order(self) -> tuple[Ordering, ...]:
        if not self.takes("ORDER"):
            return ()
        self.expect("BY")
        return tuple(self.listed(self.ordering))

    def ordering(self) -> Ordering:
        path = self.path()
        descending = self.next.says("DESC")
        self.takes("ASC", "DESC")
        if not self.takes("NULLS"):
            return Ordering(path, descending, nulls_first=True)
        nulls_first = self.takes("FIRST")
        if not nulls_first:
            self.expect("LAST")
        return Ordering(path, descending, nulls_first)

    def condition(self) -> Condition:
        """Salesforce refuses AND beside OR without parentheses, so no precedence is needed."""
        first = self.term()
        joint = self.next.text.upper()
        terms = [first]
        while joint in ("AND", "OR") and self.takes(joint):
            terms.append(self.term())
        if self.next.says("AND", "OR"):
            raise self.unexpected()
        return Combination(joint, tuple(terms)) if len(terms) > 1 else first

    def term(self) -> Condition:
        if self.takes("NOT"):
            return Negation(self.term())
        if self.takes("("):
            condition = self.condition()
            self.expect(")")
            return condition
        return self.comparison()

    def comparison(self) -> Comparison:
        path = self.path()
        if self.takes("NOT"):
            self.expect("IN")
            return Comparison(path, "NOT IN", self.literals())
        if self.takes("IN"):
            return Comparison(path, "IN", self.literals())
        if not self.next.says(*COMPARISONS):
            raise self.unexpected()
        operator = self.take().text.upper()
        return Comparison(path, "!=" if operator == "<>" else operator, (self.literal(),))

    def literals(self) -> tuple[Literal, ...]:
        self.expect("(")
        found = tuple(self.listed(self.literal))
        self.expect(")")
        return found

    def literal(self) -> Literal:
        if self.next.kind is TokenKind.STRING:
            return unquoted(self.take(), self.soql)
        if self.next.says(*_CONSTANTS):
            return _CONSTANTS[self.take().text.upper()]
        if self.next.kind is TokenKind.NUMBER:
            return Decimal(self.take().text)
        if self.next.kind in (TokenKind.DATETIME, TokenKind.DATE):
            return self.day_or_instant()
        token = self.word()
        return DateLiteral(token.text.upper(), self.number() if self.takes(":") else None, token.at)

    def day_or_instant(self) -> date | datetime:
        token = self.next
        try:
            value = (
                date.fromisoformat(token.text)
                if token.kind is TokenKind.DATE
                else datetime.fromisoformat(token.text.upper())
            )
        except ValueError as error:
            raise self.unexpected() from error
        self.position += 1
        return value
