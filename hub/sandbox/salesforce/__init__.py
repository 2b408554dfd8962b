"""Salesforce, imitated on the wire."""

from hub.sandbox.salesforce.app import salesforce_app
from hub.sandbox.salesforce.credentials import SalesforceCredentials, credentials

__all__ = ["SalesforceCredentials", "credentials", "salesforce_app"]
