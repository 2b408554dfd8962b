"""HubSpot, imitated on the wire: the date-versioned CRM API of one portal."""

from hub.sandbox.hubspot.app import hubspot_app
from hub.sandbox.hubspot.delivery import Delivered, Receiver, deliver
from hub.sandbox.hubspot.limits import Limits, RetryAfter
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.quirks import Quirks
from hub.sandbox.hubspot.staff import Staff
from hub.sandbox.hubspot.tokens import LEADS_SCOPE, SCOPES, HubSpotCredentials, credentials
from hub.sandbox.hubspot.truth import Truth

__all__ = [
    "LEADS_SCOPE",
    "SCOPES",
    "Delivered",
    "HubSpotCredentials",
    "Limits",
    "Portal",
    "Quirks",
    "Receiver",
    "RetryAfter",
    "Staff",
    "Truth",
    "credentials",
    "deliver",
    "hubspot_app",
]
