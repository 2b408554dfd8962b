"""A partner's list of accounts: CSV, TSV, XLSX or Parquet."""

from collections.abc import AsyncIterator

from hub import model
from hub.connectors.base import Connector, Stream, StreamReport
from hub.connectors.files import mapping
from hub.connectors.files.choices import CUSTOM, IGNORED, Choices, told
from hub.connectors.files.reader import FilePreview, account_pages, preview
from hub.connectors.files.source import FileSource, ListMode, opened

__all__ = ["CONNECTOR", "CUSTOM", "IGNORED", "Choices", "FilePreview", "ListMode", "preview", "told"]


def _is_whole(source: FileSource) -> bool:
    return source.mode == ListMode.REPLACE


_ACCOUNTS = Stream(
    name="accounts",
    record=model.AccountRecord,
    key=mapping.account_key,
    pages=account_pages,
    to_records=mapping.account,
    fields=mapping.PAYLOAD_FIELDS,
    fields_in="row",
    whole=_is_whole,
)


async def _report(source: FileSource) -> AsyncIterator[StreamReport]:
    columns = ", ".join(f"{field} from {header!r}" for field, header in source.columns.items())
    yield StreamReport(stream=_ACCOUNTS.name, readable=True, detail=columns)


CONNECTOR = Connector(
    name="file",
    streams=(_ACCOUNTS,),
    secrets=frozenset(),
    source=opened,
    report=_report,
)
