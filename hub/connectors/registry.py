"""All connectors by name: the hub's own, and those that installed packages bring."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from hub.connectors.base import Connector
from hub.errors import ConfigurationError, HubError, NotFound

GROUP = "hub.connectors"
"""A package brings a connector by an entry point of this group: `acme = "hub_connector_acme:CONNECTOR"`."""

BUILT_IN = {
    "salesforce": "hub.connectors.salesforce",
    "hubspot": "hub.connectors.hubspot",
    "file": "hub.connectors.files",
}
"""The hub's own, and the package that has each as CONNECTOR."""

FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    HubError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What code that is not ours may raise when it is imported or called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A connector that is there, imported or not."""

    name: str
    module: str
    attribute: str = "CONNECTOR"
    origin: str = "the hub"
    """The package that brings it."""
    refused: str | None = None
    """Why it is not used."""

    def connector(self) -> Connector[Any]:
        """Import it. Raises ConfigurationError, naming it and who brings it."""
        if self.refused:
            raise ConfigurationError(f"The connector {self.name!r} of {self.origin} is not used: {self.refused}.")
        try:
            found = getattr(import_module(self.module), self.attribute)
        except FAULTS as error:
            told = f"{type(error).__name__}: {error}"
            raise ConfigurationError(
                f"The connector {self.name!r} of {self.origin} cannot be imported ({told})."
            ) from error
        if not isinstance(found, Connector) or found.name != self.name:
            raise ConfigurationError(
                f"The connector {self.name!r} of {self.origin} is broken: {self.module}:{self.attribute} is not a "
                f"Connector of that name."
            )
        return found


def known() -> list[Known]:
    """Every connector: the hub's own, then packages' in the order of their names. Nothing is imported."""
    ours = [Known(name=name, module=module) for name, module in BUILT_IN.items()]
    return ours + _of_packages(tuple(sys.path))


@lru_cache(maxsize=1)
def _of_packages(path: tuple[str, ...]) -> list[Known]:
    """Those on this path. What is installed while the hub runs is seen when it starts again."""
    points = entry_points(group=GROUP)
    claimed = [point.name for point in points]
    found = [
        Known(
            name=point.name,
            module=point.module,
            attribute=point.attr or "CONNECTOR",
            origin=_origin(point),
            refused=_refused(point.name, claimed),
        )
        for point in points
    ]
    return sorted(found, key=lambda each: each.name)


def _origin(point: EntryPoint) -> str:
    return f"the package {point.dist.name}" if point.dist else f"the module {point.module}"


def _refused(name: str, claimed: list[str]) -> str | None:
    if name in BUILT_IN:
        return "the hub has one of that name"
    return "several packages bring one of that name" if claimed.count(name) > 1 else None


def named(name: str) -> Known:
    """The connector of this name; raises NotFound, naming those there are."""
    if name in BUILT_IN:
        return Known(name=name, module=BUILT_IN[name])
    every = known()
    found = next((each for each in every if each.name == name), None)
    if found is None:
        there = ", ".join(dict.fromkeys(each.name for each in every))
        raise NotFound(f"There is no connector {name!r}: is the package that brings it installed? There are: {there}.")
    return found


class _Connectors(Mapping[str, Connector[Any]]):
    """Each is imported when it is asked for, so that a broken one harms nobody who does not use it."""

    def __init__(self) -> None:
        self._tried: dict[Known, Connector[Any] | ConfigurationError] = {}

    def __getitem__(self, name: str) -> Connector[Any]:
        """The connector; raises NotFound or ConfigurationError, which say what to do."""
        each = named(name)
        if each not in self._tried:
            self._tried[each] = _imported(each)
        found = self._tried[each]
        if isinstance(found, ConfigurationError):
            raise ConfigurationError(str(found))
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The connector, or the default where there is none that works: for names that strangers send."""
        try:
            return self[name]
        except (NotFound, ConfigurationError):
            return default

    def __contains__(self, name: object) -> bool:
        return name in set(self)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(each.name for each in known()))

    def __len__(self) -> int:
        return len(set(self))


def _imported(each: Known) -> Connector[Any] | ConfigurationError:
    try:
        return each.connector()
    except ConfigurationError as error:  # kept: importing what is broken takes as long as importing what is not
        return error


CONNECTORS: Mapping[str, Connector[Any]] = _Connectors()
