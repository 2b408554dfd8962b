import zipfile
from datetime import datetime

import msgspec
import pytest
from openpyxl import Workbook

from hub.connectors.files import CONNECTOR, preview
from hub.errors import InputError


@pytest.fixture
def saved(tmp_path):
    def save(*rows, title="Accounts"):
        path = tmp_path / "list.xlsx"
        book = Workbook()
        book.active.title = title
        for row in rows:
            book.active.append(row)
        other = book.create_sheet("Other")
        other.append(["Firma"])
        other.append(["Bolt"])
        book.save(path)
        return path

    return save


async def rows(path, **config):
    async with CONNECTOR.source({"path": str(path), **config}) as source:
        found = [page async for page in CONNECTOR.streams[0].pages(source, None)]
    return [msgspec.json.decode(payload)["row"] for page in found for payload in page.payloads]


async def test_cells_become_text(saved):
    path = saved(["Name", "a", "b", "c", "d"], ["Acme", 7, 1e20, True, datetime(2026, 11, 1)], ["Bolt", 1.5])  # noqa: DTZ001
    assert await rows(path) == [
        {"Name": "Acme", "a": "7", "b": "100000000000000000000", "c": "true", "d": "2026-11-01T00:00:00"},
        {"Name": "Bolt", "a": "1.5", "b": "", "c": "", "d": ""},
    ]


async def test_a_title_and_empty_rows_are_passed_over(saved):
    assert await rows(saved(["Customers"], [], ["Firma", "Land"], [], ["Acme", "DE"])) == [
        {"Firma": "Acme", "Land": "DE"}
    ]


async def test_a_sheet_can_be_chosen(saved):
    path = saved(["Name"], ["Acme"])
    assert await rows(path, sheet="Other") == [{"Firma": "Bolt"}]
    with pytest.raises(InputError, match=r"has no sheet 'None such'. It has: Accounts, Other."):
        await rows(path, sheet="None such")


def test_a_preview_names_the_sheet_and_reports_bad_rows(saved):
    found = preview(saved(["Id", "Name"], [1, "Acme"], [2, None]))
    assert (found.sheet, found.encoding, found.delimiter) == ("Accounts", None, None)
    assert (found.row_count, found.bad_rows) == (1, 1)
    assert found.rows == [["1", "Acme"], ["2", ""]]


async def test_a_cut_off_workbook_is_refused(saved):
    path = saved(["Name"], ["Acme"])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="is no readable workbook"):
        await rows(path)


def rewritten(path, name, content):
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, old in (parts | {name: content(parts.get(name))}).items():
            archive.writestr(part, old)
    return path


async def test_a_damaged_sheet_is_refused(saved):
    path = rewritten(saved(["Name"], ["Acme"]), "xl/worksheets/sheet1.xml", lambda old: old[:-40])
    with pytest.raises(InputError, match="is damaged"):
        await rows(path)


async def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "Name")
    with pytest.raises(InputError, match="is no readable workbook"):
        await rows(path)


async def test_a_bomb_is_refused_before_it_is_unpacked(saved):
    path = rewritten(saved(["Name"], ["Acme"]), "xl/sharedStrings.xml", lambda _: bytes(129 * 1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(InputError, match="is too large to be read as a workbook"):
        await rows(path)
