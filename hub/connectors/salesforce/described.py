"""What an org says of an object: its fields, and how many of them one query can ask for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote_plus

import msgspec

from hub.errors import Forbidden, TooMuch

UNREADABLE_TYPES = frozenset({"address", "location", "base64"})
"""The compound ones repeat what other fields say; the last are files."""
CURSORS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
"""The best first: SystemModstamp also moves where the system changes a row, and nobody can backdate it."""
LONGEST_LIST = 8_000
"""Encoded characters of a query's field list. Address and headers together may have 16,384 bytes."""
SHORTEST_LIST = 250


class Field(msgspec.Struct, frozen=True):
    """A field of an object, as far as a query depends on it."""

    name: str
    type: str
    filterable: bool
    calculated: bool = False


class Described(msgspec.Struct, frozen=True):
    """An object, as this user may see it."""

    name: str
    queryable: bool
    replicateable: bool
    fields: tuple[Field, ...]

    def cursor(self) -> str:
        """The field that tells when a row changed."""
        filterable = {field.name for field in self.fields if field.filterable}
        for name in CURSORS:
            if name in filterable:
                return name
        raise Forbidden(f"{self.name} has no field that tells when a row changed")

    @property
    def readable(self) -> tuple[Field, ...]:
        """The fields that queries ask for."""
        return tuple(field for field in self.fields if field.type not in UNREADABLE_TYPES)

    @property
    def types(self) -> Mapping[str, str]:
        """The same, each with Salesforce's word for its type."""
        return {field.name: field.type for field in self.readable}

    @property
    def has_formulas(self) -> bool:
        """Whether a row may change without being stamped."""
        return any(field.calculated for field in self.readable)


@dataclass(frozen=True, slots=True)
class Cut:
    """How a row's fields are shared out among queries, where one cannot ask for all."""

    longest: int = LONGEST_LIST
    formulas_apart: bool = False
    """Formulas are what makes a query too complicated."""

    def groups(self, described: Described, always: Sequence[str]) -> Iterator[Sequence[str]]:
        """The fields of each query, in the order described; all ask for those in `always`."""
        others = [field for field in described.readable if field.name not in always]
        kinds = [[f for f in others if f.calculated is formula] for formula in (False, True)]
        lists = kinds if self.formulas_apart else [others]
        is_first = True
        for fields in lists:
            for names in _portions([field.name for field in fields], self.longest):
                asked = {*names, *always} if is_first else {*names, "Id"}
                is_first = False
                yield [field.name for field in described.readable if field.name in asked]
        if is_first:
            yield list(always)

    def finer(self, described: Described, error: TooMuch) -> Self:
        """The next attempt, once a query was too much. Raises the error where nothing is left to cut."""
        if described.has_formulas and not self.formulas_apart:
            return type(self)(self.longest, formulas_apart=True)
        if self.longest < SHORTEST_LIST:
            raise error
        return type(self)(self.longest // 2, self.formulas_apart)


def _portions(names: Sequence[str], longest: int) -> Iterator[Sequence[str]]:
    portion: list[str] = []
    length = 0
    for name in names:
        length += len(quote_plus(f"{name}, "))
        if portion and length > longest:
            yield portion
            portion, length = [], len(quote_plus(f"{name}, "))
        portion.append(name)
    if portion:
        yield portion
