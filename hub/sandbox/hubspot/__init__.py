"""HubSpot, imitated on the wire: the date-versioned CRM API of one portal."""

from hub.sandbox.hubspot.app import hubspot_app
from hub.sandbox.hubspot.limits import Limits
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.tokens import LEADS_SCOPE, SCOPES, HubSpotCredentials, credentials

__all__ = ["LEADS_SCOPE", "SCOPES", "HubSpotCredentials", "Limits", "Portal", "credentials", "hubspot_app"]
