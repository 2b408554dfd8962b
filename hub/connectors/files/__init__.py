"""A partner's list of accounts: CSV or XLSX."""

from collections.abc import AsyncIterator

from hub import model
from hub.connectors.base import Connector, Stream, StreamReport, always
from hub.connectors.files import mapping
from hub.connectors.files.reader import FilePreview, FileSource, account_pages, opened, preview

__all__ = ["CONNECTOR", "FilePreview", "preview"]

_ACCOUNTS = Stream(
    name="accounts",
    record=model.AccountRecord,
    key=mapping.account_key,
    pages=account_pages,
    to_records=mapping.account,
    fields=mapping.PAYLOAD_FIELDS,
    whole=always,
)


async def _report(source: FileSource) -> AsyncIterator[StreamReport]:
    columns = ", ".join(f"{field} from {header!r}" for field, header in source.columns.items())
    yield StreamReport(stream=_ACCOUNTS.name, readable=True, detail=columns)


CONNECTOR = Connector(
    name="csv",
    streams=(_ACCOUNTS,),
    secrets=frozenset(),
    source=opened,
    report=_report,
)
