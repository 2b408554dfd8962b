"""Faults that any vendor has: refusals, pages for people, answers that end too early or too late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from hub.sandbox.chaos.turn import Act, Answer, Ending, Headers, Turn

ANYWHERE = ""
AFTER_SIGN_IN = "(?<!/token)$"
"""Not where tokens are granted: what such an answer says is said once, and with it a connection would be lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, where it strikes and how often beside the others."""

    act: Act
    at: str = ANYWHERE
    """A regular expression, searched in the method and the path."""
    weight: int = 10
    refuses: bool = True
    """Whether the request failed for its sender, who has a limited patience."""


def told(status: int, body: Any, **headers: str) -> Answer:
    """An answer of JSON."""
    return _of(status, "application/json;charset=UTF-8", orjson.dumps(body), headers)


def page(status: int, title: str, **headers: str) -> Answer:
    """An answer for people."""
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return _of(status, "text/html;charset=UTF-8", html.encode(), headers)


def _of(status: int, media_type: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    given = {"content-type": media_type, "content-length": str(len(body)), **headers}
    named: Headers = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in given.items())
    return Answer(status=status, headers=named, body=body)


def one_of(*answers: Answer) -> Act:
    """One of these instead of the vendor's."""

    async def act(turn: Turn) -> Answer:
        return turn.rng.choice(answers)

    return act


UNAVAILABLE: Sequence[Answer] = (
    page(200, "Down for maintenance"),
    page(500, "Internal Server Error"),
    page(502, "Bad Gateway"),
    page(503, "Service Unavailable"),
    page(503, "Service Unavailable", retry_after="2"),
    page(504, "Gateway Timeout"),
)


async def cut(turn: Turn) -> Answer:
    """The connection closes in the middle of the body."""
    return replace(await turn.answer(), ending=Ending.CUT)


async def stalled(turn: Turn) -> Answer:
    """The body pauses, and then goes on or not."""
    return replace(await turn.answer(), ending=turn.rng.choice((Ending.STALLED, Ending.HUNG)))


async def short(turn: Turn) -> Answer | None:
    """The body ends too early, and no length tells: a proxy closed it."""
    answer = await turn.answer()
    if len(answer.body) < len(b"[{}]"):
        return None
    end = turn.rng.randrange(1, len(answer.body))
    return replace(answer, body=answer.body[:end], headers=answer.without(b"content-length"))


BREAKING: tuple[Fault, ...] = (
    Fault(act=one_of(*UNAVAILABLE), weight=20),
    Fault(act=cut, at=AFTER_SIGN_IN, weight=10),
    Fault(act=stalled, at=AFTER_SIGN_IN, weight=5),
    Fault(act=short, at=AFTER_SIGN_IN, weight=5),
)
