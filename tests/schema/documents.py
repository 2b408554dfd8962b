"""Documents that ask for something: valid in the schema, about rows that are there, and awkward wherever they may be.

All chance comes from one Random, so that a seed says the document.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)

from hub.schema.schema import CORE
from tests.schema.world import DAYS, INSTANTS, NUMBERS, World, words

Kind = GraphQLObjectType | GraphQLInterfaceType

KEYS = (
    "r", "row", "place", "position", "start", "name", "id", "key", "value", "asked", "total", "count", "page", "cursor",
    "edges", "nodes", "node", "select", "SELECT", "from", "null", "true", "on", "fragment", "_", "__key", "anon_1", "t",
    "ordinality", "viewer_organization_id", "v0", "v0_0", "param_1", "data", "errors", "Row", "rOW", "hasNextPage",
    "a" * 63,
)  # fmt: skip
"""Legal names of fields in an answer that a compiler may have names of its own against."""
TOO_LONG = ("b" * 64, "c" * 64 + "d", "c" * 64 + "e")
"""Longer than a name in PostgreSQL may be."""
HOSTILE = (
    "%",
    "_",
    "/",
    "\\",
    "'",
    '"',
    "\x00",
    "a\x00b",
    "x" * 5_000,
    "\u202e",
    "🎉",
    "/%",
    "//",
    "\\%",
    "\n",
    "ﬀ",
    "K",
)
NO_IDS = (
    "account_00000000-0000-7000-8000-000000000000", "account_record_00000000-0000-7000-8000-000000000000", "account_",
    "", "00000000-0000-7000-8000-000000000000", "nothing_00000000-0000-7000-8000-000000000000", "🎉",
    "stream_state_00000000-0000-7000-8000-000000000000", "account_00000000-0000-7000-8000-00000000000A",
)  # fmt: skip
NO_CURSORS = ("", "x", "🎉", "AAAA", "A" * 400, "_-_-", "====")
MOST_FIELDS = 45
MOST_LISTS = 9

NOT_COMPILED = ("changes", "url", "organizationId", "ruleMeasure")
"""Fields that the hub computes: the feed of changes, links of exports, ids in the audit log, counts of verdicts."""


@dataclass(frozen=True, slots=True)
class Enum:
    """A value of an enum."""

    name: str


@dataclass(slots=True)
class Paged:
    """A list in a document: the variables that say where its page begins and ends, and where its cursors are found."""

    after: str
    before: str
    cursors: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """What is asked."""

    text: str
    variables: dict[str, Any]
    operation_name: str | None
    lists: list[Paged]

    def paged(self, data: Any, random: Random) -> "Document":
        """The same, from places that an answer's cursors say, sometimes those of another list."""
        known = {id(each): [cursor for way in each.cursors for cursor in _found(data, way)] for each in self.lists}
        every = [cursor for own in known.values() for cursor in own]
        given = dict(self.variables)
        for each in self.lists:
            own = known[id(each)] if random.random() < 0.97 else every
            for name in (each.after, each.before):
                if own and random.random() < 0.6:
                    given[name] = random.choice(own)
        return Document(self.text, given, self.operation_name, self.lists)


def _found(data: Any, way: tuple[str, ...]) -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _found(each, way)
    elif not way:
        if data is not None:
            yield data
    elif data is not None and way[0] in data:
        yield from _found(data[way[0]], way[1:])


def document(random: Random, world: World) -> Document:
    """A document that is valid, but for limits now and then."""
    return _Author(random, world).document()


Keys = dict[str, tuple[Any, "Keys"]]
"""What stands under the keys of an object so far: what it is, and the keys of that."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a selection stands."""

    kind: Kind
    keys: Keys
    way: tuple[str, ...]
    depth: int = 0
    paged: Paged | None = None
    mixed: bool = False
    """Whether rows of several types are shown, so that fields of one type must not be called as those of another."""


@dataclass(slots=True)
class _Author:
    random: Random
    world: World
    variables: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Their types and defaults."""
    values: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    lists: list[Paged] = field(default_factory=list)
    fields: int = 0

    def document(self) -> Document:
        root = CORE.query_type
        assert root is not None
        selection = self._selection(_Scope(root, {}, ()))
        declared = ", ".join(f"${name}: {kind}{default}" for name, (kind, default) in self.variables.items())
        operation = f"query Asked{f'({declared})' if declared else ''} {selection}"
        other = ["query Other { __typename }"] if self._chance(0.05) else []
        definitions = [*self.fragments, operation, *other]
        self.random.shuffle(definitions)
        name = "Asked" if other or self._chance(0.2) else None
        return Document("\n".join(definitions), self.values, name, self.lists)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _selection(self, scope: _Scope) -> str:
        parts = [self._part(scope) for _ in range(self.random.randint(1, 4 if scope.depth else 3))]
        return "{ " + " ".join(parts) + " }"

    def _part(self, scope: _Scope) -> str:
        if self._chance(0.1):
            return self._typename(scope)
        if self._chance(0.15 if not scope.mixed else 0.7):
            return self._fragment(scope)
        return self._field(scope)

    def _typename(self, scope: _Scope) -> str:
        key = self._key(scope, "__typename", "__typename")
        return _aliased(key, "__typename") + self._directives()

    def _fragment(self, scope: _Scope) -> str:
        kinds = [
            scope.kind,
            *_wider(scope.kind),
            *(CORE.get_possible_types(scope.kind) if _is_abstract(scope.kind) else ()),
        ]
        kind = self.random.choice(kinds)
        inner = _Scope(kind, scope.keys, scope.way, scope.depth, scope.paged, scope.mixed and _is_abstract(kind))
        selection = self._selection(inner)
        if self._chance(0.4):
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {kind.name} {selection}")
            again = f" ...{name}" if self._chance(0.2) else ""
            return f"...{name}{self._directives()}{again}"
        condition = "" if kind is scope.kind and self._chance(0.3) else f" on {kind.name}"
        return f"...{condition}{self._directives()} {selection}"

    def _field(self, scope: _Scope) -> str:
        self.fields += 1
        name, definition = self._chosen(scope)
        arguments = self._again(scope, name) if self._chance(0.2) else None
        if arguments is None:
            arguments = self._arguments(definition, name)
        shown = f"{name}{arguments[0]}"
        key = self._key(scope, name, (shown, str(definition.type)))
        written = _aliased(key, name) + arguments[0] + self._directives()
        kind = get_named_type(definition.type)
        if not is_composite_type(kind):
            if scope.paged and name in ("cursor", "startCursor", "endCursor"):
                scope.paged.cursors.append((*scope.way, key))
            return written
        assert isinstance(kind, Kind)
        scope.keys[key] = (scope.keys[key][0], keys := scope.keys[key][1])
        paged = arguments[1] or scope.paged
        inner = _Scope(kind, keys, (*scope.way, key), scope.depth + 1, paged, isinstance(kind, GraphQLInterfaceType))
        return f"{written} {self._selection(inner)}"

    def _again(self, scope: _Scope, name: str) -> tuple[str, None] | None:
        """The arguments that the field has already somewhere in this object, so that the two are merged."""
        known = [told[0][0] for told in scope.keys.values() if isinstance(told[0], tuple)]
        found = [shown.removeprefix(name) for shown in known if shown == name or shown.startswith(f"{name}(")]
        return (self.random.choice(found), None) if found else None

    def _chosen(self, scope: _Scope) -> tuple[str, GraphQLField]:
        """A field; nothing that goes deeper where that is enough."""
        fields = [(name, each) for name, each in scope.kind.fields.items() if name not in NOT_COMPILED]
        ends = [each for each in fields if is_leaf_type(get_named_type(each[1].type))]
        enough = self.fields > MOST_FIELDS or len(self.lists) > MOST_LISTS or scope.depth > 9
        if enough and ends:
            return self.random.choice(ends)
        inner = [each for each in fields if each not in ends]
        rows = "Connection" in scope.kind.name and "pageInfo" in scope.kind.fields
        deeper = inner and (not ends or self._chance(0.8 if rows else 0.45))
        return self.random.choice(inner if deeper else ends)

    def _key(self, scope: _Scope, name: str, told: Any) -> str:
        """The field's name in the answer: one that no other field of the object has."""
        told = (*told, name) if isinstance(told, tuple) else (told, "", name)
        wanted = name
        if self._chance(0.12):
            wanted = self.random.choice(TOO_LONG if self._chance(0.004) else KEYS)
        for key in (wanted, f"{wanted[:20]}_{len(scope.keys)}", f"{scope.kind.name}_{name}_{self.fields}"):
            if key not in scope.keys or scope.keys[key][0] == told:
                scope.keys.setdefault(key, (told, {}))
                return key
        raise AssertionError(name)

    def _directives(self) -> str:
        if not self._chance(0.12):
            return ""
        name, kept = self.random.choice([("include", True), ("skip", False)])
        kept = kept if self._chance(0.75) else not kept
        if self._chance(0.5):
            return f" @{name}(if: {json.dumps(kept)})"
        variable = f"flag_{len(self.variables)}"
        default = f" = {json.dumps(not kept)}" if self._chance(0.3) else ""
        if default and self._chance(0.3):
            default = f" = {json.dumps(kept)}"
        else:
            self.values[variable] = kept
        self.variables[variable] = ("Boolean!", default)
        return f" @{name}(if: ${variable})"

    def _arguments(self, definition: GraphQLField, name: str) -> tuple[str, Paged | None]:
        if "first" in definition.args:
            return self._of_list(definition, name)
        given = [
            f"{key}: {self._input(argument.type, key, name)}"
            for key, argument in definition.args.items()
            if is_required_argument(argument) or self._chance(0.5)
        ]
        return (f"({', '.join(given)})" if given else "", None)

    def _of_list(self, definition: GraphQLField, name: str) -> tuple[str, Paged | None]:
        end = "last" if self._chance(0.3) else "first"
        size: Any = self.random.choice([1, 2, 3, 5, 7, 100])
        if self._chance(0.012):
            size = self.random.choice([0, -1, 101, None])
        given = [f"{end}: {self._written(definition.args[end].type, size)}"]
        paged = None
        if self._chance(0.5):
            number = len(self.lists)
            paged = Paged(f"after_{number}", f"before_{number}")
            self.lists.append(paged)
            for key in (paged.after, paged.before):
                self.variables[key] = ("String", "")
                given.append(f"{key.partition('_')[0]}: ${key}")
            if self._chance(0.02):
                self.values[paged.after] = self.random.choice(NO_CURSORS)
        for key, share in (("filter", 0.45), ("orderBy", 0.4), ("includeRemoved", 0.3)):
            if key in definition.args and self._chance(share):
                given.append(f"{key}: {self._input(definition.args[key].type, key, name)}")
        self.random.shuffle(given)
        return f"({', '.join(given)})", paged

    def _input(self, kind: GraphQLInputType, name: str, within: str, depth: int = 0) -> str:
        """A value as the document has it, in whole or in parts as variables."""
        bare = get_nullable_type(kind)
        if self._chance(0.2):
            return self._variable(kind, self._plain(kind, name, within, depth))
        if isinstance(bare, GraphQLInputObjectType):
            parts = [
                f"{key}: {self._input(argument.type, key, _subject(bare, key, within), depth + 1)}"
                for key, argument in self._parts(bare, depth)
            ]
            return "{" + ", ".join(parts) + "}"
        return literal(self._plain(kind, name, within, depth))

    def _written(self, kind: GraphQLInputType, value: Any) -> str:
        return self._variable(kind, value) if self._chance(0.3) else literal(value)

    def _variable(self, kind: GraphQLInputType, value: Any) -> str:
        name = f"v{len(self.variables)}"
        default = ""
        if self._chance(0.2):
            default = f" = {literal(value)}"
        if not default or self._chance(0.1):
            self.values[name] = plain(value)
        self.variables[name] = (str(kind), default)
        return f"${name}"

    def _plain(self, kind: GraphQLInputType, name: str, within: str, depth: int) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._plain(kind.of_type, name, within, depth)
        if depth and self._chance(0.004):
            return None
        if isinstance(kind, GraphQLList):
            count = (
                self.random.choice([0, 1, 1, 1, 2, 2, 3, 3, 3, 4]) if name != "orderBy" else self.random.randint(0, 3)
            )
            return [self._plain(kind.of_type, name, within, depth + 1) for _ in range(count)]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                key: self._plain(argument.type, key, _subject(kind, key, within), depth + 1)
                for key, argument in self._parts(kind, depth)
            }
        if isinstance(kind, GraphQLEnumType):
            return Enum(self.random.choice(list(kind.values)))
        return self._scalar(kind.name, within, name)

    def _parts(self, kind: GraphQLInputObjectType, depth: int) -> list[tuple[str, Any]]:
        """Some parts of an input, those that must be given among them; deep down, none that go deeper."""
        fields = [
            (key, each)
            for key, each in kind.fields.items()
            if depth < 4 or (key not in ("and", "or", "not") and not _is_filter(each.type))
        ]
        needed = [(key, each) for key, each in fields if key == "field"]
        free = [each for each in fields if each not in needed]
        count = self.random.choice([0, 1, 1, 1, 1, 2, 2, 3]) if depth else self.random.choice([0, 1, 1, 2])
        return needed + self.random.sample(free, min(count, len(free)))

    def _scalar(self, kind: str, within: str, name: str) -> Any:  # noqa: PLR0911 - one line a type
        match kind:
            case "Boolean":
                return self._chance(0.5)
            case "Int":
                return self.random.randint(1, 10)
            case "ID":
                return self._id(within)
            case "Decimal":
                number = self.random.choice(NUMBERS)
                return number if self._chance(0.9) else float(number)
            case "Date":
                return self.random.choice(DAYS)
            case "DateTime":
                return self.random.choice(INSTANTS)
            case _:
                return self._text(within, contained=name == "contains")

    def _id(self, within: str) -> str:
        if self._chance(0.015):
            return self.random.choice(NO_IDS)
        ids = self.world.ids.get(within)
        if ids is None:
            # For `nodes`, mostly of one type: ids of several are not compiled.
            prefixes = list(self.world.ids)
            ids = self.world.ids[prefixes[self.fields % len(prefixes)] if self._chance(0.99) else prefixes[0]]
        return self.random.choice(ids)

    def _text(self, within: str, *, contained: bool) -> str:
        if self._chance(0.06):
            return self.random.choice(HOSTILE)
        text = self.random.choice(words(within))
        if contained and text and self._chance(0.7):
            begin = self.random.randint(0, len(text) - 1)
            text = text[begin : begin + self.random.randint(1, 4)]
        return text.swapcase() if contained and self._chance(0.3) else text


_FILTERED: Mapping[str, str] = {
    "AccountFilter": "account_", "AccountRecordFilter": "account_record_", "ConnectionFilter": "connection_",
    "IssueFilter": "issue_", "OpportunityFilter": "opportunity_", "OrganizationFilter": "organization_",
    "PersonFilter": "person_", "SyncRunFilter": "sync_run_",
}  # fmt: skip
"""Which ids a filter's `id` takes."""


def _subject(kind: GraphQLInputObjectType, key: str, within: str) -> str:
    """What values further in are about: the column that a filter names, or the type whose id it takes."""
    if kind.name in _FILTERED:
        return _FILTERED[kind.name] if key == "id" else key
    return within


def _is_filter(kind: GraphQLInputType) -> bool:
    name = get_named_type(kind).name
    return name.endswith(("Filter", "Related"))


def _is_abstract(kind: Kind) -> bool:
    return isinstance(kind, GraphQLInterfaceType)


def _wider(kind: Kind) -> list[Kind]:
    return [*kind.interfaces] if "pageInfo" not in kind.fields else []


def _aliased(key: str, name: str) -> str:
    return name if key == name else f"{key}: {name}"


def literal(value: Any) -> str:
    """The value as a document has it."""
    match value:
        case Enum(name):
            return name
        case dict():
            return "{" + ", ".join(f"{key}: {literal(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case _:
            return json.dumps(value)


def plain(value: Any) -> Any:
    """The value as variables have it."""
    match value:
        case Enum(name):
            return name
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value
