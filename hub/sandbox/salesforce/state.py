"""The running org: its rows, what it remembers of its clients, and what its users do. Tests turn its knobs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from hub.sandbox.salesforce import editing, lifecycle
from hub.sandbox.salesforce.bulk.jobs import Jobs
from hub.sandbox.salesforce.editing import Values
from hub.sandbox.salesforce.grants import Grants
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import not_found
from hub.sandbox.salesforce.sessions import Locators, Quota, Sessions
from hub.sandbox.salesforce.sobject import SObject


@dataclass(slots=True)
class State:
    """Found at `app.state.salesforce`. Objects are named as in the API; refusals are raised as they are answered."""

    org: Org
    sessions: Sessions
    jobs: Jobs
    grants: Grants = field(init=False)
    locators: Locators = field(default_factory=Locators)
    quota: Quota = field(default_factory=Quota)

    def __post_init__(self) -> None:
        self.grants = Grants(self.sessions)

    def sobject(self, name: str) -> SObject[Any]:
        """The object of that name; raises NOT_FOUND."""
        self.org.settle()
        sobject = self.org.sobject(name)
        if sobject is None:
            raise not_found()
        return sobject

    def create(self, sobject: str, values: Values) -> str:
        """A user makes a row; its id."""
        return editing.create(self.org, self.sobject(sobject), values)

    def edit(self, sobject: str, external_id: str, values: Values) -> None:
        """A user changes a row."""
        editing.edit(self.org, self.sobject(sobject), external_id, values)

    def remove(self, sobject: str, external_id: str) -> None:
        """A user throws a row away, and with it what cannot be without it."""
        lifecycle.remove(self.org, self.sobject(sobject), external_id)

    def undelete(self, sobject: str, external_id: str) -> None:
        """A user takes a row out of the recycle bin again, and what went with it."""
        lifecycle.undelete(self.org, self.sobject(sobject), external_id)

    def purge(self, sobject: str, external_id: str) -> None:
        """A row goes for good: hard deleted, or out of the emptied recycle bin."""
        lifecycle.purge(self.org, self.sobject(sobject), external_id)

    def merge(self, sobject: str, winner: str, losers: Sequence[str]) -> None:
        """A user merges one or two rows into another."""
        lifecycle.merge(self.org, self.sobject(sobject), winner, losers)

    def convert(self, lead: str, account: str | None = None, contact: str | None = None) -> None:
        """A user converts a lead, into a new account and contact unless told, and a new deal."""
        self.org.settle()
        lifecycle.convert(self.org, lead, account, contact)


def state(request: Request) -> State:
    """The org that a request speaks to."""
    held: State = request.app.state.salesforce
    return held


def bearer(request: Request) -> str:
    """The token that a request shows; empty without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""
