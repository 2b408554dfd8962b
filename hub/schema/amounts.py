"""Costs that may depend on variables: a number, and some number of times the value of earlier steps.

An amount is kept in the form it is evaluated in, so that a cost takes microseconds for each request, and linear time
however often a fragment is spread.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

Variables = Mapping[str, Any]


class Step(Protocol):
    """What depends on variables: its value is known once they are, and those of the steps before it."""

    def value(self, variables: Variables, values: Sequence[int]) -> int: ...


@dataclass(frozen=True, slots=True)
class Amount:
    """`constant`, and of each step in `terms` so many times its value."""

    constant: int = 0
    terms: tuple[tuple[int, int], ...] = ()

    def value(self, values: Sequence[int]) -> int:
        """The number that it comes to, given the values of the steps."""
        return self.constant + sum(times * values[step] for step, times in self.terms)

    def times(self, number: int) -> "Amount":
        """So many times this."""
        return Amount(self.constant * number, tuple((step, times * number) for step, times in self.terms if number))


NOTHING = Amount()


def total(amounts: Iterable[Amount]) -> Amount:
    """All of them together."""
    constant, terms = 0, dict[int, int]()
    for amount in amounts:
        constant += amount.constant
        for step, times in amount.terms:
            terms[step] = terms.get(step, 0) + times
    return Amount(constant, tuple(terms.items()))


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a list is asked for: the largest of what is written out and of what variables say."""

    written: int = 0
    variables: tuple[str, ...] = ()
    assumed: int = 1
    """Where variables are not given."""

    def of(self, variables: Variables) -> int:
        """The number of rows."""
        return max((self.written, *(_rows(variables.get(name), self.assumed) for name in self.variables)))


def _rows(given: Any, assumed: int) -> int:
    """What a slicing argument asks for: that many, or as many as are listed."""
    if isinstance(given, list):
        return len(given)
    # JSON has one kind of numbers, and graphql-core takes 1e3 for an Int.
    return max(0, ceil(given)) if isinstance(given, int | float) else assumed


@dataclass(frozen=True, slots=True)
class Rows:
    """So much for each row of a list."""

    size: Size
    each: Amount

    def value(self, variables: Variables, values: Sequence[int]) -> int:
        return self.size.of(variables) * self.each.value(values)
