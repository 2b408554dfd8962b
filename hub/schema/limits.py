"""What one operation may be, by who asks; docs/limits.md has the same numbers for readers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLError

from hub.schema.measure import Measure

MOST_ERRORS = 10
"""Told of one operation."""
MOST_COMPARISONS = 30_000
"""How much graphql-core may compare to find fields that conflict; it counts in units of its own."""

DEEPEST_VALUES = 30
"""How far input objects and lists may be nested, written in the document or sent as variables."""
MOST_VALUES = 5_000
"""In all variables together."""
MOST_OBJECTS = 1_000
"""In all variables together: reading one takes as long as fifty numbers, and the largest filter has a few hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an operation of a role may be, and how much the role's clients may spend."""

    tokens: int = 5_000
    """Comments among them."""
    definitions: int = 50
    """Operations and fragments of a document."""
    depth: int = 15
    """Four lists by way of edges and nodes, two single relations, and a field."""
    levels: int = 60
    """Each level of fields may come by way of three fragments: what works on a document descends with it."""
    lists: int = 4
    """Within one another."""
    fields: int = 2_000
    """Counted as often as fragments spread them."""
    root_fields: int = 20
    aliases: int = 30
    directives: int = 50
    directives_together: int = 5
    """At one place."""
    variables: int = 100
    values: int = 1_000
    """Written in the document; a longer list belongs into a variable."""
    values_depth: int = DEEPEST_VALUES
    introspected: int = 75_000
    """Things of the schema; what GraphiQL asks for tells about 66,000."""
    cost: int = 10_000
    budget: int = 5_000_000
    """What a client has to spend when it has not asked for a while."""
    restored: int = 500_000
    """How much of that comes back each second."""
    suggestions: bool = True
    """Whether a mistake is answered with the names that were perhaps meant."""
    always_told: bool = False
    """Whether every answer says what it cost."""


OWN = Limits()
LIMITS: Mapping[str, Limits] = {
    "FRONTEND": OWN,
    "ACCOUNT_MAPPER": OWN,
    "ADMIN": OWN,
    "PARTNER_TOOL": Limits(tokens=2_000, cost=2_000, budget=20_000, restored=500, suggestions=False, always_told=True),
}
"""By role. People and programs of the house are trusted with more than those of partners."""


def scaled(limits: Limits, scale: float) -> Limits:
    """The limits with `scale` times the budget, which is enough for one operation in any case."""
    budget = max(limits.cost, round(limits.budget * scale))
    return replace(limits, budget=budget, restored=max(1, round(limits.restored * scale)))


WORDS = {
    "tokens": "The document has {} tokens; {} are allowed.",
    "definitions": "The document has {} operations and fragments; {} are allowed.",
    "depth": "The operation is {} levels deep; {} are allowed.",
    "levels": "The operation has selections nested {} deep, those of fragments among them; {} are allowed.",
    "lists": "The operation has lists within one another {} deep; {} are allowed.",
    "fields": "The operation selects {} fields; {} are allowed.",
    "root_fields": "The operation selects {} fields at its root; {} are allowed.",
    "aliases": "The operation has {} aliases; {} are allowed.",
    "directives": "The operation has {} directives; {} are allowed.",
    "directives_together": "One place of the operation has {} directives; {} are allowed.",
    "variables": "The operation has {} variables; {} are allowed.",
    "values": "The operation has {} values written in it; {} are allowed. Send long lists as variables.",
    "values_depth": "The operation has values nested {} deep; {} is allowed.",
    "introspected": "The operation tells about {} things of the schema; {} are allowed.",
}


def refusals(measure: Measure, limits: Limits) -> list[GraphQLError]:
    """Why an operation is too large, whatever its variables; empty where it is not."""
    pairs = ((name, getattr(measure, name), getattr(limits, name)) for name in WORDS)
    return [limit(WORDS[name].format(_written(has), _written(may))) for name, has, may in pairs if has > may]


def too_costly(cost: int, limits: Limits) -> GraphQLError | None:
    """Why an operation of this cost is refused, if it is."""
    if cost <= limits.cost:
        return None
    return GraphQLError(
        f"The operation costs {_written(cost)}; {_written(limits.cost)} is allowed. "
        "Ask for fewer rows, for fewer lists within lists, or for fewer totals.",
        extensions={"code": "COST_EXCEEDED", "cost": {"requested": min(cost, _TOLD), "limit": limits.cost}},
    )


def too_many_values(variables: Mapping[str, Any]) -> GraphQLError | None:
    """Why variables are refused before they are looked at: too deep or too many."""
    level, seen, objects = [*variables.values()], 0, 0
    for _ in range(DEEPEST_VALUES):
        if not level:
            return None
        seen += len(level)
        if seen > MOST_VALUES:
            return limit(f"The variables have more than {MOST_VALUES:,} values.")
        nested = [value for value in level if type(value) in NESTED]
        if not nested:
            return None
        objects += sum([type(value) is dict for value in nested])
        if objects > MOST_OBJECTS:
            return limit(f"The variables have more than {MOST_OBJECTS:,} objects.")
        level = [each for value in nested for each in _inside(value)]
    return limit(f"The variables are nested more than {DEEPEST_VALUES} deep.") if level else None


def limit(message: str) -> GraphQLError:
    """The error that tells of a limit."""
    return GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})


_TOLD = 2**31 - 1
"""More than this is not told exactly: programs read it as an integer of 32 bits."""


NESTED = (dict, list)


def _inside(value: Any) -> Any:
    return value.values() if type(value) is dict else value


def _written(number: int) -> str:
    return f"{number:,}" if number <= _TOLD else f"more than {_TOLD:,}"
