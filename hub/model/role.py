"""What a viewer may do: roles, and the scopes that each bundles."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """A kind of thing that a viewer may do."""

    ORGANIZATION_READ = "organization:read"
    CONNECTION_READ = "connection:read"
    ACCOUNT_READ = "account:read"
    PERSON_READ = "person:read"
    OPPORTUNITY_READ = "opportunity:read"
    TICKET_READ = "ticket:read"
    SYNC_READ = "sync:read"
    SYNC_RUN = "sync:run"
    RAW_READ = "raw:read"
    MAPPING_READ = "mapping:read"
    MAPPING_WRITE = "mapping:write"
    EXPORT_RUN = "export:run"
    SOURCE_WRITE = "source:write"
    DOCUMENT_MANAGE = "document:manage"
    AUDIT_READ = "audit:read"


class Role(StrEnum):
    """What kind of viewer one is."""

    FRONTEND = "FRONTEND"
    PARTNER_TOOL = "PARTNER_TOOL"
    """The only role that another organization than the home organization can have."""
    ACCOUNT_MAPPER = "ACCOUNT_MAPPER"
    ADMIN = "ADMIN"


_PARTNER_TOOL = frozenset(
    {
        Scope.ORGANIZATION_READ,
        Scope.CONNECTION_READ,
        Scope.ACCOUNT_READ,
        Scope.PERSON_READ,
        Scope.OPPORTUNITY_READ,
        Scope.TICKET_READ,
        Scope.EXPORT_RUN,
    }
)
_FRONTEND = _PARTNER_TOOL | {Scope.SYNC_READ, Scope.MAPPING_READ}

SCOPES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.PARTNER_TOOL: _PARTNER_TOOL,
        Role.FRONTEND: _FRONTEND,
        Role.ACCOUNT_MAPPER: _FRONTEND | {Scope.RAW_READ, Scope.MAPPING_WRITE},
        Role.ADMIN: frozenset(Scope),
    }
)
"""What a role may do at most; a key or token may be narrowed to less."""
