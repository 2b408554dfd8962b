from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from hub.connectors.files import preview
from hub.errors import InputError
from tests.connectors.files.lists import bad_rows, pages, rows


@pytest.fixture
def saved(tmp_path):
    def save(table, **options):
        path = tmp_path / "list.parquet"
        parquet.write_table(pa.table(table), path, **options)
        return path

    return save


async def test_values_become_text(saved):
    path = saved(
        {
            "Name": ["Acme", "Bolt"],
            "Raw": [b"M\xc3\xbcller", None],
            "Employees": pa.array([120, None], pa.int32()),
            "Score": pa.array([0.1, 7], pa.float32()),
            "Revenue": [Decimal("1200.50"), None],
            "Active": [True, False],
            "Since": [date(2026, 11, 1), None],
            "Seen": pa.array([datetime(2026, 11, 1, tzinfo=UTC), None], pa.timestamp("ns", "Europe/Berlin")),
            "Tags": [["a", "b"], None],
        }
    )
    assert preview(path).layout == "Parquet"
    assert await rows(path) == [
        {
            "Name": "Acme",
            "Raw": "Müller",
            "Employees": "120",
            "Score": "0.1",
            "Revenue": "1200.50",
            "Active": "true",
            "Since": "2026-11-01",
            "Seen": "2026-11-01T00:00:00+00:00",
            "Tags": '["a","b"]',
        },
        dict.fromkeys(["Raw", "Employees", "Revenue", "Since", "Seen", "Tags"], "")
        | {"Name": "Bolt", "Score": "7", "Active": "false"},
    ]


async def test_rows_come_in_pages_across_row_groups(saved):
    path = saved({"Name": [f"Acme {number}" for number in range(2500)]}, row_group_size=700)
    assert [len(page.payloads) for page in await pages(path)] == [1000, 1000, 500]
    assert (await rows(path))[-1] == {"Name": "Acme 2499"}


async def test_the_schema_is_the_header_whatever_the_rows_say(saved):
    path = saved({"x": ["Name", "Acme"], "y": ["Country", "DE"]})
    assert await rows(path) == [{"x": "Name", "y": "Country"}, {"x": "Acme", "y": "DE"}]


async def test_a_text_repeated_in_a_short_file_is_held_once(saved):
    path = saved({"Name": [f"Acme {number}" for number in range(40)], "Note": ["n" * 1_000_000] * 40})
    assert path.stat().st_size < 1_000_000
    assert [len(page.payloads) for page in await pages(path)] == [9, 9, 9, 9, 4]


async def test_bytes_that_are_no_text_are_a_bad_row(saved):
    assert list(await bad_rows(saved({"Name": [b"Acme", b"\xff\xfe"]}))) == ["row 2"]


async def test_a_cell_too_long_is_refused(saved):
    with pytest.raises(InputError, match="holds a cell of more than 1048576 characters"):
        await rows(saved({"Name": ["Acme"], "Note": ["n" * 5_000_000]}))


async def test_too_many_columns_are_refused(saved):
    with pytest.raises(InputError, match="has 5,000 columns; a list of accounts may have 1,000"):
        await rows(saved({f"c{number}": ["x"] for number in range(5000)}))


@pytest.mark.parametrize("kept", [-1, -200, 300])
async def test_a_cut_off_file_is_refused(saved, kept):
    path = saved({"Name": [f"Acme {number}" for number in range(2500)]})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="is no readable Parquet file"):
        await rows(path)


async def test_a_damaged_page_is_refused(saved):
    path = saved({"Name": [f"Acme {number}" for number in range(2500)]}, write_page_checksum=True)
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no readable Parquet file"):
        await rows(path)
