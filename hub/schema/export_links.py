"""Links that let whoever holds them download one export for some minutes, without any other credential."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hub.model import Export

VALID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ExportLinks:
    """Makes links and knows its own again."""

    secret: bytes = field(repr=False)

    def link(self, export_id: UUID, organization_id: UUID, until: datetime) -> str:
        """A link, relative to the hub's address, that is good for VALID, but no longer than `until`."""
        expires = int(min(datetime.now(UTC) + VALID, until).timestamp())
        return (
            f"/exports/{export_id}?expires={expires}&signature={self._signature(export_id, organization_id, expires)}"
        )

    def holds(self, export: Export, expires: int, signature: str) -> bool:
        """Whether a link to the export was made here and is still good."""
        right = self._signature(export.id, export.organization_id, expires)
        is_right = hmac.compare_digest(right.encode(), signature.encode())
        return is_right and expires >= datetime.now(UTC).timestamp()

    def _signature(self, export_id: UUID, organization_id: UUID, expires: int) -> str:
        message = f"{export_id}\n{organization_id}\n{expires}".encode()
        return urlsafe_b64encode(hmac.digest(self.secret, message, hashlib.sha256)).rstrip(b"=").decode()
