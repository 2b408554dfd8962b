import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from hub.connectors.files import preview
from hub.errors import InputError
from tests.connectors.files.lists import bad_rows, rows


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
    assert (found.sheet, found.layout) == ("Accounts", "sheet 'Accounts'")
    assert (found.row_count, found.bad_rows) == (1, 1)
    assert found.rows == [["1", "Acme"], ["2"]]


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


SHEET = "xl/worksheets/sheet1.xml"


def sheet(rows):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<x:worksheet xmlns:x="{space}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'


HEADER = '<x:row><x:c t="str"><x:v>Name</x:v></x:c></x:row>'


async def test_cells_of_other_programs_are_read(saved):
    content = HEADER + (
        '<x:row r="4"><x:c r="A4" t="inlineStr"><x:is><x:r><x:t>Ac</x:t></x:r><x:r><x:t>me</x:t></x:r>'
        "<x:rPh><x:t>reading aid</x:t></x:rPh></x:is></x:c></x:row>"
        '<x:row><x:c t="str"><x:v>Bolt_x000A_GmbH _xD83D__xDE00_</x:v></x:c></x:row>'
    )
    path = rewritten(saved(["Name"]), SHEET, lambda _: sheet(content))
    assert await rows(path) == [{"Name": "Acme"}, {"Name": "Bolt\nGmbH 😀"}]
    assert preview(path).bad_rows == 0


async def test_a_formula_is_its_saved_value_and_never_calculated(saved):
    content = HEADER + (
        '<x:row><x:c t="str"><x:f>"Ac"&amp;"me"</x:f><x:v>Acme</x:v></x:c></x:row>'
        "<x:row><x:c><x:f>A2</x:f><x:v/></x:c></x:row>"
        '<x:row><x:c t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>=HYPERLINK("http://x.example")</x:v></x:c></x:row>'
    )
    path = rewritten(saved(["Name"]), SHEET, lambda _: sheet(content))
    assert await rows(path) == [{"Name": "Acme"}, {"Name": '=HYPERLINK("http://x.example")'}]
    assert await bad_rows(path) == {
        "row 3": "It holds a formula without a value: open the file in a spreadsheet, and save it again.",
        "row 4": "Its id, name or website is a formula's error.",
    }


async def test_merged_cells_hold_their_value_once(saved, tmp_path):
    book = Workbook()
    book.active.append(["Customers"])
    book.active.append(["Name", "Address", None])
    book.active.append(["Acme", "Main St", "Springfield"])
    book.active.merge_cells("A1:C1")
    book.active.merge_cells("B2:C2")
    book.save(tmp_path / "merged.xlsx")
    assert await rows(tmp_path / "merged.xlsx") == [{"Name": "Acme", "Address": "Main St", "Column 3": "Springfield"}]


async def test_a_hidden_sheet_is_not_taken_for_the_list(tmp_path):
    book = Workbook()
    book.active.append(["DE", "AT"])
    book.active.sheet_state = "hidden"
    book.create_sheet("List").append(["Name"])
    book["List"].append(["Acme"])
    book.save(tmp_path / "list.xlsx")
    assert preview(tmp_path / "list.xlsx").sheet == "List"


async def test_more_texts_than_fit_in_memory_are_read(saved):
    notes = [f"{number} {'call first ' * 200}" for number in range(2500)]
    found = await rows(saved(["Name", "Note"], *([f"Acme {number}", note] for number, note in enumerate(notes))))
    assert [row["Note"] for row in found] == notes


BOMBS = {
    "cell": ("<x:row><x:c><x:v>" + "7" * 2_000_000, "Row 2 holds a cell of more than 1048576 characters"),
    "tag": ('<x:row><x:c r="' + "A" * 2_000_000, "holds a tag without end"),
    "row": (
        "<x:row>" + "".join(f'<x:c t="str"><x:v>{"x" * 1_000_000}</x:v></x:c>' for _ in range(5)),
        "Row 2 holds more than 4194304 characters",
    ),
    "columns": ("<x:row>" + '<x:c t="str"><x:v>x</x:v></x:c>' * 5000 + "</x:row>", "has 5,000 columns"),
    "place": ('<x:row><x:c r="ABCDE1"><x:v>1</x:v></x:c></x:row>', "is damaged"),
    "text": ('<x:row><x:c t="s"><x:v>999</x:v></x:c></x:row>', "is damaged"),
    "unended": ("<x:row>", "is damaged"),
}


@pytest.mark.parametrize(("content", "said"), BOMBS.values(), ids=BOMBS)
async def test_a_hostile_sheet_is_refused_before_it_fills_the_memory(saved, content, said):
    header = "" if "columns" in said else HEADER
    path = rewritten(saved(["Name"]), SHEET, lambda _: sheet(header + content))
    with pytest.raises(InputError, match=said):
        await rows(path)


async def test_entities_which_blow_up_are_refused(saved):
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]>' + sheet(HEADER + "<x:row><x:c><x:v>&b;</x:v></x:c></x:row>")
    with pytest.raises(InputError, match="declares a document type"):
        await rows(rewritten(saved(["Name"]), SHEET, lambda _: bomb))


async def test_an_archive_that_says_it_is_huge_is_refused(saved):
    path = saved(["Name"], ["Acme"])
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = b"\xff\xff\xff\xfe"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is too large to be read as a workbook"):
        await rows(path)
