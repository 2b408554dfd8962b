"""A wire: one vendor, answering from fixtures. A connector's tests have it as wire.py; this is what it holds.

`payloads(stream)` are the objects recorded, as the vendor sends them.
`opened(answer, sleep)` is a source whose every request `answer` answers, and whose every pause is `sleep`.
`answer(request)` answers from the fixtures; httpx.Request to httpx.Response.
`CONFIG` is what `opened` opens it with, secrets included.
`OTHER_WAYS_IN`, where the vendor has more: pairs of another config, and of what opens a source by it as `opened` does.
`delivery()`, where the vendor posts to us: a genuine one, with the config and the instant it fits.

A connector that reads no network has `payloads` and an `opened()` without arguments.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from hub.connectors.base import Config, Delivery, Payload
from hub.connectors.rate import Sleep
from hub.connectors.registry import FAULTS
from hub.errors import InputError

Answer = Callable[[httpx.Request], httpx.Response]
Opened = Callable[..., AbstractAsyncContextManager[Any]]
Posted = tuple[Config, Delivery, datetime]
"""A delivery, the connection it is for, and when it came."""


async def at_once(_: float) -> None:
    """Waiting, without the wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a wire.py holds."""

    payloads: Callable[[str], Sequence[Payload]]
    opened: Opened
    answer: Answer | None = None
    """None: the connector reads no network."""
    config: Config = field(default_factory=dict)
    delivery: Callable[[], Posted] | None = None
    other_ways_in: Sequence[tuple[Config, Opened]] = ()

    @classmethod
    def of(cls, module: ModuleType) -> "Wire":
        """The wire that a module is; raises InputError where it lacks what every wire has."""
        there: Mapping[str, Any] = vars(module)
        missing = [name for name in ("payloads", "opened") if name not in there]
        if missing:
            raise InputError(f"{module.__file__} lacks {' and '.join(missing)}.")
        return cls(
            payloads=there["payloads"],
            opened=there["opened"],
            answer=there.get("answer"),
            config=there.get("CONFIG", {}),
            delivery=there.get("delivery"),
            other_ways_in=there.get("OTHER_WAYS_IN", ()),
        )

    def by_every_way_in(self) -> "list[Wire]":
        """The same, once for each config."""
        return [self, *(replace(self, config=config, opened=opened) for config, opened in self.other_ways_in)]

    def source(self, answer: Answer | None = None, sleep: Sleep = at_once) -> AbstractAsyncContextManager[Any]:
        """A source that `answer` answers, or the fixtures where it is left out."""
        if self.answer is None:
            return self.opened()
        return self.opened(answer or self.answer, sleep)


def wire_in(path: Path) -> Wire:
    """The wire that a file holds; raises InputError where it cannot be imported."""
    spec = spec_from_file_location(f"wire_of_{path.parent.name}_{path.parent.parent.name}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is no Python file.")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except FAULTS as error:
        raise InputError(f"{path} cannot be imported ({type(error).__name__}: {error}).") from error
    return Wire.of(module)
