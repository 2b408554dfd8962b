"""A vendor on trial."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.sandbox.chaos import Life, Vendor
from hub.sandbox.clock import HISTORY_ENDS, Clock
from tests.chaos.post import Post
from tests.chaos.truth import Table, Ties


class Hand(Clock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.time = HISTORY_ENDS

    def now(self) -> datetime:
        return self.time

    def pass_on(self, **passed: float) -> None:
        self.time += timedelta(**passed)


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A person's, as far as a hub may lose it."""

    takes: Callable[[Mapping[str, str]], bool]
    """Whether these secrets still let somebody in."""
    anew: Callable[[], Mapping[str, str]]
    """What the person gets who consents again."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A vendor with its rows, and how a hub gets in."""

    vendor: Vendor
    app: Any
    clock: Hand
    life: Life
    source: Any
    """The connector's own way to open it, which takes a transport."""
    config: Mapping[str, Any]
    secrets: Mapping[str, str]
    truth: Callable[[], Iterable[Table | Ties]]
    consent: Consent | None = None
    """Where using the secrets replaces them."""
    post: Post | None = None
    """Where the vendor tells what happens."""
