"""Which faults each vendor has."""

from dataclasses import dataclass

from hub.sandbox.chaos import hubspot, salesforce
from hub.sandbox.chaos.faults import BREAKING, Fault
from hub.sandbox.chaos.turn import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A vendor, as its bad days show it."""

    name: str
    faults: tuple[Fault, ...]
    ends_token: Act
    """The fault among them after which a client has to sign in again."""


SALESFORCE = Vendor(name="salesforce", faults=(*BREAKING, *salesforce.FAULTS), ends_token=salesforce.session_ended)
HUBSPOT = Vendor(name="hubspot", faults=(*BREAKING, *hubspot.FAULTS), ends_token=hubspot.token_expired)
