"""An ASGI middleware that lets requests fail and answers come apart, as a seed decides."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.chaos.faults import Fault
from hub.sandbox.chaos.turn import Answer, Asked, Ending, Memory, Turn
from hub.sandbox.chaos.vendors import Vendor

MOST_IN_A_ROW = 2
"""How often one request fails before it is let through. With as many failures of signing in and one ended session
between them, a client that tries five times still succeeds."""
MOST_STREAKS = 1024
PATIENT_TOKENS = 5
"""Requests that a token serves at least: one that is refused at once says that the credentials are wrong."""
STALL = 2.0
"""Seconds."""
CLOCKS = tuple(timedelta(seconds=seconds) for seconds in (-45, 0, 0, 30))
"""How wrong the clocks of the servers are that share the work."""

Sleep = Callable[[float], Awaitable[None]]


class Chaos:
    """Wraps a vendor's app. The same seed and the same requests in the same order meet the same faults."""

    def __init__(
        self,
        app: ASGIApp,
        vendor: Vendor,
        seed: int,
        *,
        share: float = 0.2,
        before: Callable[[], None] = lambda: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`share` of the requests meet a fault; `before` is called ahead of each request."""
        self._app = app
        self._vendor = vendor
        self._seed = seed
        self._share = share
        self._before = before
        self._sleep = sleep
        self._count = 0
        self._memory = Memory()
        self._streaks: dict[bytes, int] = {}
        self.met: dict[str, int] = {}
        """How often each fault struck, by its name."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = await _asked(scope, receive)
        self._before()
        self._count += 1
        rng = random.Random(f"{self._vendor.name} {self._seed} {self._count}")  # noqa: S311 - repeatable on purpose

        async def app(request: Asked) -> Answer:
            return await _answer(self._app, scope, request)

        answer = await self._answered(Turn(rng=rng, asked=asked, memory=self._memory, app=app))
        await self._sent(_with_another_clock(answer, rng), rng, send)

    async def _answered(self, turn: Turn) -> Answer:
        known = self._memory.known(turn.asked)
        if known is not None:
            return known
        served = self._memory.count(turn.asked.token)
        fault = self._fault(turn, may_end_token=served > PATIENT_TOKENS)
        answer = await fault.act(turn) if fault is not None else None
        if fault is None or answer is None:
            self._streaks.pop(self._key(turn.asked), None)
            return await turn.answer()
        self._note(fault, turn.asked)
        return answer

    def _fault(self, turn: Turn, *, may_end_token: bool) -> Fault | None:
        if turn.rng.random() >= self._share:
            return None
        is_spent = self._streaks.get(self._key(turn.asked), 0) >= MOST_IN_A_ROW
        possible = [
            fault
            for fault in self._vendor.faults
            if re.search(fault.at, turn.asked.place)
            and not (is_spent and fault.refuses)
            and (may_end_token or fault.act is not self._vendor.ends_token)
        ]
        return turn.rng.choices(possible, [fault.weight for fault in possible])[0] if possible else None

    def _note(self, fault: Fault, asked: Asked) -> None:
        name = getattr(fault.act, "__name__", "act")
        self.met[name] = self.met.get(name, 0) + 1
        key = self._key(asked)
        streak = self._streaks.pop(key, 0) + 1 if fault.refuses else 0
        while len(self._streaks) >= MOST_STREAKS:
            del self._streaks[next(iter(self._streaks))]
        self._streaks[key] = streak

    def _key(self, asked: Asked) -> bytes:
        # A request for a token is never the same twice: it is signed, or shows what the last one brought.
        return b"token" if asked.path.endswith("/token") else asked.digest()

    async def _sent(self, answer: Answer, rng: random.Random, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
        if answer.ending is Ending.WHOLE:
            await send({"type": "http.response.body", "body": answer.body})
            return
        half = rng.randrange(len(answer.body)) if answer.body else 0
        await send({"type": "http.response.body", "body": answer.body[:half], "more_body": True})
        if answer.ending is not Ending.CUT:
            await self._sleep(STALL)
        if answer.ending is Ending.STALLED:
            await send({"type": "http.response.body", "body": answer.body[half:]})
        # A server that is given no end of a body closes the connection.


async def _asked(scope: Scope, receive: Receive) -> Asked:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    headers = dict(scope["headers"])
    _, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return Asked(
        method=scope["method"], path=scope["path"], query=scope["query_string"], body=body, token=token.strip()
    )


async def _answer(app: ASGIApp, scope: Scope, asked: Asked) -> Answer:
    """What the app answers, not compressed."""
    head: list[Message] = []
    parts: list[bytes] = []

    waiting: list[Message] = [{"type": "http.request", "body": asked.body, "more_body": False}]

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        # Apps that stream wait here for their client to leave, which it does not before it is answered.
        await asyncio.get_running_loop().create_future()
        return {"type": "http.disconnect"}  # pragma: no cover - nothing ends the future

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            head.append(message)
        else:
            parts.append(message.get("body", b""))

    headers = [pair for pair in scope["headers"] if pair[0] not in (b"accept-encoding", b"content-length")]
    length = (b"content-length", str(len(asked.body)).encode())
    await app({**scope, "headers": [*headers, length], "query_string": asked.query}, receive, send)
    return Answer(status=head[0]["status"], headers=tuple(map(tuple, head[0]["headers"])), body=b"".join(parts))


def _with_another_clock(answer: Answer, rng: random.Random) -> Answer:
    date = answer.header(b"date")
    if date is None:
        return answer
    told = parsedate_to_datetime(date.decode()) + rng.choice(CLOCKS)
    return replace(answer, headers=(*answer.without(b"date"), (b"date", format_datetime(told, usegmt=True).encode())))
