"""Faults on the wire, and a life of its own behind it: what a vendor does to its clients on bad days, repeatable."""

from hub.sandbox.chaos.hubspot_life import hubspot_life
from hub.sandbox.chaos.life import Life
from hub.sandbox.chaos.middleware import Chaos
from hub.sandbox.chaos.salesforce_life import salesforce_life
from hub.sandbox.chaos.vendors import HUBSPOT, SALESFORCE, Vendor

__all__ = ["HUBSPOT", "SALESFORCE", "Chaos", "Life", "Vendor", "hubspot_life", "salesforce_life"]
