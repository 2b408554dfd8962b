"""The running org: its rows and what it remembers of its clients. Tests turn its knobs."""

from dataclasses import dataclass, field

from starlette.requests import Request

from hub.sandbox.salesforce.bulk.jobs import Jobs
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sessions import Locators, Quota, Sessions


@dataclass(slots=True)
class State:
    """Found at `app.state.salesforce`."""

    org: Org
    sessions: Sessions
    jobs: Jobs
    locators: Locators = field(default_factory=Locators)
    quota: Quota = field(default_factory=Quota)


def state(request: Request) -> State:
    """The org that a request speaks to."""
    held: State = request.app.state.salesforce
    return held


def bearer(request: Request) -> str:
    """The token that a request shows; empty without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""
