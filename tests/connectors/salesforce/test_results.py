import asyncio
import csv
import io
from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors import LONGEST_CELL
from hub.connectors.salesforce.results import LARGEST_ROW, Cells, Spelling, rows
from hub.errors import Unavailable, UnexpectedPayload

TRAPS = "\n\r\t,\"'\x00\x0b\x0c\x1c\x85\u2028\u2029\ufeffaé漢😀;"
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.text(TRAPS, max_size=8), min_size=width, max_size=width), max_size=8)
)


def text_of(table: list[list[str]]) -> bytes:
    """As Salesforce writes it: every cell in quotes, rows end with a line feed."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    return text.getvalue().encode()


async def pieces(text: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def read(text: bytes, size: int) -> list[list[str]]:
    async def found() -> list[list[str]]:
        return [row async for _, some in rows(pieces(text, size)) for row in some]

    return asyncio.run(found())


@given(table=TABLES, size=st.integers(1, 40))
def test_every_character_survives_however_the_bytes_are_cut(table, size):
    header = [str(number) for number in range(len(table[0]) if table else 1)]
    assert read(text_of([header, *table]), size) == table


def test_a_header_alone_is_no_row():
    assert read(b'"Id","Name"\n', 5) == []


def test_a_last_row_needs_no_line_feed():
    assert read(b'"Id"\n"001"', 3) == [["001"]]


@pytest.mark.parametrize(
    "text",
    [b'"Id"\n"001', b'"Id"\n"\xff"\n', b'"Id"\n"a"b\n', b'"Id","Name"\n"001"\n', b'"Id"\n"\xe6\xbc'],
)
def test_a_garbled_text_is_a_failure_for_now(text):
    with pytest.raises(Unavailable):
        read(text, 4)


def test_a_row_without_end_is_refused():
    cells = Cells()
    with pytest.raises(UnexpectedPayload, match="more than 16,777,216 characters"):
        cells.rows(b'"' + b"a" * LARGEST_ROW)


TYPES = {
    "Id": "id",
    "Name": "string",
    "IsDeleted": "boolean",
    "Amount": "currency",
    "Count": "int",
    "SystemModstamp": "datetime",
    "CloseDate": "date",
    "Tags": "multipicklist",
}


def spelled(**cells: str) -> bytes:
    row = {"Id": "001AAA", **cells}
    (payload,) = Spelling("Account", "67.0", TYPES, list(row)).payloads([list(row.values())])
    return payload


def test_a_row_reads_as_a_query_would_send_it():
    payload = spelled(
        Name="N/A",
        IsDeleted="false",
        Amount="1.0E7",
        Count="12",
        SystemModstamp="2026-05-01T07:25:37.000Z",
        CloseDate="2026-05-01",
        Tags="a;b",
    )
    assert payload == (
        b'{"attributes":{"type":"Account","url":"/services/data/v67.0/sobjects/Account/001AAA"},'
        b'"Id":"001AAA","Name":"N/A","IsDeleted":false,"Amount":1.0E7,"Count":12,'
        b'"SystemModstamp":"2026-05-01T07:25:37.000+0000","CloseDate":"2026-05-01","Tags":"a;b"}'
    )


def test_an_empty_cell_is_null():
    row = msgspec.json.decode(spelled(Name="", IsDeleted="", Amount="", SystemModstamp=""))
    assert row["Name"] is row["IsDeleted"] is row["Amount"] is row["SystemModstamp"] is None


@pytest.mark.parametrize("cell", ["a;b", "NaN", "1,5", "0x10", " 1", "01", "1e", "--1"])
def test_what_is_no_number_stays_a_text_for_its_mapping_to_refuse(cell):
    assert msgspec.json.decode(spelled(Amount=cell))["Amount"] == cell


def test_a_column_that_was_hidden_since_stays_a_text():
    assert msgspec.json.decode(spelled(Vanished__c="true"))["Vanished__c"] == "true"


def test_results_without_ids_are_not_believed():
    with pytest.raises(UnexpectedPayload, match="column Id"):
        Spelling("Account", "67.0", TYPES, ["Name"])


def test_files_that_are_read_beside_results_keep_their_longest_cell():
    long = "x" * LONGEST_CELL
    assert read(text_of([["Id"], [long]]), 2**20) == [[long]]
    assert csv.field_size_limit() == LONGEST_CELL
    with pytest.raises(Unavailable, match="garbled"):
        read(text_of([["Id"], [long + "x"]]), 2**20)
