"""What a connection to HubSpot is set to, checked before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hub.connectors.http import LOOPBACK
from hub.connectors.hubspot.limits import RESERVE
from hub.errors import ConfigurationError

VERSIONS = ("2026-03", "2026-09")
BASE_URL = "https://api.hubapi.com"
SECRETS = frozenset(("access_token", "refresh_token", "client_secret"))
MOST_RESERVED = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A config that can work: a key, or an app and what it was granted."""

    base_url: str
    version: str
    access_token: str | None = field(repr=False)
    client_id: str | None
    portal_id: int | None
    """The account it was connected to."""
    partner_labels: tuple[str, ...] | None
    quota_reserve: float


def settings(config: Mapping[str, Any]) -> Settings:
    """What a config says. Raises ConfigurationError."""
    by_app = "refresh_token" in config
    if by_app:
        for name in ("refresh_token", "client_secret"):
            _text(config, name, "what the app was given when it was installed is needed")
    return Settings(
        base_url=_base_url(config),
        version=_version(config),
        access_token=None if by_app else _header_text(config),
        client_id=_text(config, "client_id", "the id of the app is needed") if by_app else None,
        portal_id=_portal_id(config),
        partner_labels=_labels(config),
        quota_reserve=_reserve(config),
    )


def _base_url(config: Mapping[str, Any]) -> str:
    base_url = str(config.get("base_url") or BASE_URL)
    parts = urlsplit(base_url)
    if parts.scheme == "https" and parts.hostname:
        return base_url
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return base_url
    raise ConfigurationError("base_url: an https:// address; http:// is for this machine only.")


def _version(config: Mapping[str, Any]) -> str:
    version = str(config.get("version") or VERSIONS[0])
    if version not in VERSIONS:
        raise ConfigurationError(f"version: {version} is none of {', '.join(VERSIONS)}.")
    return version


def _header_text(config: Mapping[str, Any]) -> str:
    token = _text(config, "access_token", "a service key of the HubSpot account is needed")
    # Anything else cannot stand in a header.
    if not token.isascii() or not token.isprintable():
        raise ConfigurationError("access_token: a service key of the HubSpot account is needed.")
    return token


def _text(config: Mapping[str, Any], name: str, otherwise: str) -> str:
    value = config.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{name}: {otherwise}.")
    return value.strip()


def _portal_id(config: Mapping[str, Any]) -> int | None:
    portal_id = config.get("portal_id")
    if portal_id is None or (isinstance(portal_id, int) and not isinstance(portal_id, bool)):
        return portal_id
    raise ConfigurationError("portal_id: the number of a HubSpot account.")


def _labels(config: Mapping[str, Any]) -> tuple[str, ...] | None:
    labels = config.get("partner_labels")
    if labels is None:
        return None
    if not isinstance(labels, (list, tuple)) or not all(isinstance(label, str) and label for label in labels):
        raise ConfigurationError("partner_labels: a list of association labels is needed.")
    return tuple(labels)


def _reserve(config: Mapping[str, Any]) -> float:
    reserve = config.get("quota_reserve", RESERVE)
    if not isinstance(reserve, (int, float)) or isinstance(reserve, bool) or not 0 <= reserve <= MOST_RESERVED:
        raise ConfigurationError(f"quota_reserve: a number from 0 to {MOST_RESERVED}.")
    return float(reserve)
