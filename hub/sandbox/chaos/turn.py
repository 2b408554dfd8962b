"""A request, the answer to it, and what a fault may do between the two."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

import orjson

Headers = tuple[tuple[bytes, bytes], ...]
MOST_REMEMBERED = 256


class Ending(StrEnum):
    """How an answer ends on the wire."""

    WHOLE = "WHOLE"
    CUT = "CUT"
    """The connection closes in the middle of the body."""
    STALLED = "STALLED"
    """Nothing comes for a while in the middle of the body, then the rest of it."""
    HUNG = "HUNG"
    """Nothing comes for a while in the middle of the body, then the connection closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, read whole."""

    method: str
    path: str
    query: bytes
    body: bytes
    token: str

    @property
    def place(self) -> str:
        """What tables of faults are matched with."""
        return f"{self.method} {self.path}"

    @property
    def param(self) -> dict[str, str]:
        return dict(parse_qsl(self.query.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def digest(self) -> bytes:
        """The same for the same request, sent again."""
        parts = (self.method.encode(), self.path.encode(), self.query, self.body)
        return blake2b(b"\n".join(parts), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, before it is sent."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    ending: Ending = Ending.WHOLE

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)

    def saying(self, body: Any) -> "Answer":
        """The same answer with another body of JSON."""
        return self.carrying(orjson.dumps(body))

    def carrying(self, body: bytes) -> "Answer":
        """The same answer with other bytes, told as long as they are."""
        length = (b"content-length", str(len(body)).encode())
        return replace(self, body=body, headers=(*self.without(b"content-length"), length))

    def without(self, *names: bytes) -> Headers:
        return tuple(pair for pair in self.headers if pair[0] not in names)


@dataclass(slots=True)
class Memory:
    """What faults did for good: what they ended stays ended, and pages they held back are sent when asked for."""

    ended: dict[str, Answer] = field(default_factory=dict)
    """By a token, or a part of a path or a query."""
    held: dict[str, Answer] = field(default_factory=dict)
    """By path."""
    served: dict[str, int] = field(default_factory=dict)
    """How many requests came with a token."""

    def end(self, mark: str, answer: Answer) -> Answer:
        """Answer so whenever the mark is met, from now on."""
        _remember(self.ended, mark, answer)
        return answer

    def hold(self, path: str, answer: Answer) -> None:
        """Keep a page for the request of that path."""
        _remember(self.held, path, answer)

    def count(self, token: str) -> int:
        """How many requests came with this token, this one included."""
        seen = self.served.pop(token, 0) + 1
        _remember(self.served, token, seen)
        return seen

    def known(self, asked: Asked) -> Answer | None:
        """What earlier faults left to answer."""
        for mark, answer in self.ended.items():
            if mark == asked.token or mark in asked.path or mark.encode() in asked.query:
                return answer
        return self.held.get(asked.path)


def _remember(kept: dict[str, Any], key: str, value: Any) -> None:
    while len(kept) >= MOST_REMEMBERED:
        del kept[next(iter(kept))]
    kept[key] = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request that a fault befalls."""

    rng: random.Random
    asked: Asked
    memory: Memory
    app: Callable[[Asked], Awaitable[Answer]]
    """The vendor's own answer, not compressed."""

    async def answer(self) -> Answer:
        """What the vendor answers to the request as it came."""
        return await self.app(self.asked)


Act = Callable[[Turn], Awaitable[Answer | None]]
"""What is answered instead; None where the fault has no place here, and the vendor answers."""
