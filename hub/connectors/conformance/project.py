"""A connector's source tree: its package with quality.toml, and beside it the wire, the fixtures and the page.

```
hub-connector-acme/                      the hub itself
├── pyproject.toml                       ├── docs/connectors/salesforce.md
├── README.md                            ├── hub/connectors/salesforce/quality.toml
├── hub_connector_acme/quality.toml      └── tests/connectors/salesforce/wire.py
└── tests/wire.py
```
"""

import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hub.connectors.conformance.quality import Quality, quality_of
from hub.connectors.conformance.subject import Subject
from hub.connectors.conformance.wire import wire_in
from hub.connectors.registry import BUILT_IN, FAULTS, GROUP, Known, named
from hub.errors import ConfigurationError, InputError, NotFound

STEPS_UP = 3
"""From a package to the root of its tree, at most: hub/connectors/salesforce."""


@dataclass(frozen=True, slots=True)
class Project:
    """A connector, and where it is written."""

    known: Known
    folder: Path
    """That of its package."""

    def quality(self) -> Quality:
        """What its quality.toml claims; raises InputError."""
        return quality_of(self.folder)

    def subject(self) -> Subject:
        """What the kit judges. Raises ConfigurationError, InputError or NotFound."""
        connector = self.known.connector()
        wire = self._first(f"tests/connectors/{self.folder.name}/wire.py", "tests/wire.py")
        if wire is None:
            raise NotFound(
                f"There is no tests/wire.py beside {self.folder}: packages are installed without their tests. "
                f"Name the folder in which the connector is written."
            )
        docs = self._first(f"docs/connectors/{self.folder.name}.md", "README.md")
        return Subject(connector=connector, wire=wire_in(wire), docs=docs)

    def _first(self, *paths: str) -> Path | None:
        roots = self.folder.resolve().parents[:STEPS_UP]
        return next((root / path for root in roots for path in paths if (root / path).is_file()), None)


def project_of(known: Known) -> Project:
    """The project of a connector that can be imported; its own code is not run. Raises ConfigurationError."""
    try:
        spec = find_spec(known.module)
    except FAULTS as error:
        raise ConfigurationError(f"{known.module} cannot be found ({type(error).__name__}: {error}).") from error
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"{known.module}, of {known.origin}, cannot be found.")
    return Project(known, Path(spec.origin).parent)


def projects(what: str) -> list[Project]:
    """Those in a folder that has a pyproject.toml, or the one of this name. Raises InputError or NotFound."""
    folder = Path(what)
    return _written_in(folder) if (folder / "pyproject.toml").is_file() else [project_of(named(what))]


def _written_in(folder: Path) -> list[Project]:
    """The connectors that a folder's pyproject.toml declares; the folder need not be installed."""
    points = _entry_points(folder / "pyproject.toml")
    if not points:
        raise InputError(f'{folder / "pyproject.toml"} declares none: it needs [project.entry-points."{GROUP}"].')
    for root in (folder / "src", folder):
        sys.path.insert(0, str(root.resolve()))
    return [project_of(_declared(name, str(point), folder)) for name, point in points.items()]


def _entry_points(path: Path) -> dict[str, Any]:
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    found = told.get("project", {}).get("entry-points", {}).get(GROUP, {})
    return found if isinstance(found, dict) else {}


def _declared(name: str, point: str, folder: Path) -> Known:
    module, _, attribute = point.partition(":")
    return Known(
        name=name,
        module=module,
        attribute=attribute or "CONNECTOR",
        origin=f"the folder {folder}",
        refused="the hub has one of that name" if name in BUILT_IN else None,
    )
