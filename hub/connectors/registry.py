"""All connectors, by name."""

from collections.abc import Mapping
from typing import Any

from hub.connectors import files, hubspot, salesforce
from hub.connectors.base import Connector

CONNECTORS: Mapping[str, Connector[Any]] = {
    connector.name: connector for connector in (salesforce.CONNECTOR, hubspot.CONNECTOR, files.CONNECTOR)
}
