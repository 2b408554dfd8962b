import csv
import gzip
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors.files import CONNECTOR, preview
from hub.connectors.files.text import Text
from hub.errors import InputError
from tests.connectors.files.lists import bad_rows, config, pages, payloads, rows

HEADER = "Id,Name,Website,Country\n"
ACME = "1,Acme,https://acme.example,DE\n"


@pytest.fixture
def written(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


async def test_a_row_is_kept_as_its_cells_are(written):
    (payload,) = await payloads(written(HEADER + '1," Acme ","a\r\n""b""",\n'))
    assert payload["row"] == {"Id": "1", "Name": " Acme ", "Website": 'a\r\n"b"', "Country": ""}
    assert payload["columns"] == {"id": "Id", "name": "Name", "website": "Website", "country": "Country"}
    assert payload["key"] == "1"


WORDS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"]), max_size=12)
CELLS = st.one_of(WORDS, st.sampled_from(['"', 'a"b', "a\nb", "a\r\nb", "a,b;c\td|e", " ", "sep=,"]))
TABLES = st.lists(st.tuples(st.from_regex(r"[a-zäé€]{3,9}", fullmatch=True), CELLS, CELLS), min_size=1, max_size=20)


@given(
    TABLES,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from([("\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_MINIMAL), ("\r", csv.QUOTE_ALL)]),
)
def test_what_was_written_is_read(tmp_path_factory, table, delimiter, encoding, dialect):
    path = tmp_path_factory.mktemp("list") / "list.csv"
    end, quoting = dialect
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerows([("name", "note", "more"), *table])
    _, *found = Text(path, encoding, delimiter).rows()
    assert [tuple(row.cells) for row in found] == table


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("ascii", "utf-8"),
    ],
)
async def test_the_encoding_is_found(written, encoding, found):
    name = "Acme" if encoding == "ascii" else "Müller €"
    path = written(HEADER + f"1,{name},,\n" * 3, encoding)
    assert found in preview(path).layout
    assert (await rows(path))[0]["Name"] == name


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1251", "Северный ветер общество ограниченной ответственности"),
        ("cp932", "株式会社日本電気通信システム開発"),
    ],
)
async def test_an_encoding_beyond_latin_is_found(written, encoding, name):
    path = written(HEADER + "".join(f"{number},{name},,\n" for number in range(30)), encoding)
    assert (await rows(path))[0]["Name"] == name


async def test_the_encoding_of_a_large_file_is_found(written):
    path = written(HEADER + "".join(f"{number},{'Müller' * 20},,\n" for number in range(1000)), "cp1252")
    assert "cp1252" in preview(path).layout


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_the_delimiter_is_found(written, delimiter):
    lines = ["Name,Website,Notes", "Acme,acme.example,one", "Bolt,bolt.example,two or three"]
    path = written("\n".join(line.replace(",", delimiter) for line in lines) + "\n")
    assert f"delimiter {delimiter!r}" in preview(path).layout


async def test_excels_own_hint_is_heeded(written):
    path = written("sep=;\nName;Website\nAcme, Inc.;acme.example\n")
    assert await rows(path) == [{"Name": "Acme, Inc.", "Website": "acme.example"}]


async def test_one_column_is_enough(written):
    assert await rows(written("Company\nAcme\nBolt\n")) == [{"Company": "Acme"}, {"Company": "Bolt"}]


async def test_a_title_above_the_header_is_passed_over(written):
    path = written("Our customers,,\n,,\nFirma,Webseite,\nAcme,acme.example,\n")
    assert await rows(path) == [{"Firma": "Acme", "Webseite": "acme.example"}]


async def test_a_header_nobody_knows_is_the_first_row(written):
    path = written("x,y\nAcme,https://acme.example\nBolt,https://bolt.example\n")
    assert preview(path).choices == {"x": "name", "y": "website"}


async def test_headers_get_names_of_their_own(written):
    assert preview(written("Name,,Name,Id\na,b,c,d\n")).headers == ["Name", "Column 2", "Name (2)", "Id"]
    assert preview(written("Na\u200bme,\x1b[2JNote\na,b\n")).headers == ["Name", "[2JNote"]


def test_a_preview_shows_what_was_found(written):
    path = written(HEADER + ACME + "2,Bolt,,\n3,,,\n\n")
    found = preview(path)
    assert (found.layout, found.sheet) == ("utf-8, delimiter ','", None)
    assert found.rows[0] == ["1", "Acme", "https://acme.example", "DE"]
    assert (found.row_count, found.bad_rows) == (2, 1)
    assert found.choices == {"Id": "id", "Name": "name", "Website": "website", "Country": "country"}


async def test_columns_can_be_told(written):
    path = written("Name,Trading as,Notes\nAcme,Skyward,secret\n")
    (payload,) = await payloads(path, {"Trading as": "name", "Notes": "-"})
    assert payload["columns"] == {"name": "Trading as"}
    assert payload["row"] == {"Name": "Acme", "Trading as": "Skyward"}


async def test_bad_rows_are_reported_by_line_and_the_rest_is_taken(written):
    path = written(
        (HEADER + ACME + '2,"two\nlines",,\n3,too,few\n4,too,many,cells,here\n5,,x.example,\n').encode()
        + b"6,\xff\xfe,,\n7,nu\0l,,\n"
        + b'8,"quotes" do,not,match\n1,again,,\n'
        + "9,Grüße,,\n".encode()
    )
    assert await bad_rows(path) == {
        "line 5": "It has 3 cells where the header has 4.",
        "line 6": "It has 5 cells where the header has 4.",
        "line 7": "It names no company.",
        "line 8": "It holds bytes that the file's encoding does not know.",
        "line 9": "It holds a NUL character.",
        "line 10": "Its quotes do not match.",
        "line 11": "It repeats the id of an earlier row.",
    }
    assert [row["Id"] for row in await rows(path)] == ["1", "2", "9"]


async def test_empty_cells_beyond_the_header_do_no_harm(written):
    assert await rows(written("Name,Website\nAcme,acme.example,,\n")) == [{"Name": "Acme", "Website": "acme.example"}]


async def test_a_domain_can_be_the_only_key(written):
    found = await payloads(written("Domain\nacme.example\n"))
    assert [payload["key"] for payload in found] == ["acme.example"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (HEADER, "holds no row that can be read"),
        (HEADER + "1,,,\n", "holds no row that can be read"),
        ("\n\n", "holds no rows"),
        (HEADER + ACME + "2,Bo", "is cut off in line 3"),
        ((HEADER + "1,Größe,,\n2,Bolt,,ä").encode()[:-1], "is cut off in line 3"),
        (HEADER + ACME + '2,"Bolt,,\n', "ends within quotes that open in line 3"),
        (HEADER + f'1,"{"x" * 1_100_000}",,\n', "holds a cell of more than 1048576 characters in line 2"),
        ("a,b\n1,2\n", "has no column of names or domains"),
        (b"\xd0\xcf\x11\xe0 and more", "is an old or locked Excel file"),
        (b"PK\x03\x04 and no more", "is no readable workbook"),
    ],
)
async def test_a_file_that_cannot_be_trusted_is_refused_in_one_line(written, content, said):
    path = written(content)
    with pytest.raises(InputError, match=said) as refused:
        await pages(path)
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


async def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        await pages(tmp_path / "none.csv")


async def test_a_file_that_changes_while_it_is_read_is_refused(written):
    path = written(HEADER + ACME)
    async with CONNECTOR.source(config(path), None) as source:
        reading = CONNECTOR.streams[0].pages(source, None)
        await anext(reading)
        os.truncate(path, 3)
        with pytest.raises(InputError, match="changed while it was read"):
            await anext(reading)


async def test_a_file_that_vanishes_while_it_is_read_is_refused(written):
    path = written(HEADER + ACME)
    async with CONNECTOR.source(config(path), None) as source:
        reading = CONNECTOR.streams[0].pages(source, None)
        await anext(reading)
        path.unlink()
        with pytest.raises(InputError, match="cannot be read"):
            await anext(reading)


async def test_a_large_file_comes_in_pages_and_little_memory(written):
    path = written(HEADER + "".join(f"{number},{'Acme ' * 90}{number},,\n" for number in range(5000)))
    tracemalloc.start()
    async with CONNECTOR.source(config(path), None) as source:
        sizes = [len(page.payloads) async for page in CONNECTOR.streams[0].pages(source, None)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sizes == [1000] * 5
    assert peak < path.stat().st_size * 2


async def test_a_report_names_the_columns(written):
    async with CONNECTOR.source(config(written("Firma\nAcme\n")), None) as source:
        (report,) = [report async for report in CONNECTOR.report(source)]
    assert (report.readable, report.detail) == (True, "name from 'Firma'")


async def test_two_readings_are_equal(written):
    path = written("Name\nAcme\nBolt\nAcme\n")
    assert await pages(path) == await pages(path)


async def test_a_packed_list_is_read_and_one_cut_off_refused(written):
    path = written(gzip.compress((HEADER + ACME).encode()))
    assert [row["Name"] for row in await rows(path)] == ["Acme"]
    for cut in (-1, -9):
        whole = path.read_bytes()
        path.write_bytes(whole[:cut])
        with pytest.raises(InputError, match="is cut off: its last packed part is not whole"):
            await pages(path)
    path.write_bytes(gzip.compress((HEADER + ACME * 99).encode())[:-8] + bytes(8))
    with pytest.raises(InputError, match="is damaged: CRC check failed"):
        await pages(path)


async def test_a_row_that_never_ends_is_refused(written):
    with pytest.raises(InputError, match="holds a row of more than 4194304 characters"):
        await pages(written(HEADER + ACME + '2,"' + ('x\n","' * 1_000_000)))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Name,nul\0l", "has a header with bytes that are no text, in column 2"),
        (f"Name,{'x' * 501}", "has a header of more than 500 characters, in column 2"),
        (",".join(["Name", *map(str, range(5000))]), "has 5,001 columns; a list of accounts may have 1,000"),
    ],
)
async def test_a_header_that_cannot_be_one_is_refused(written, header, said):
    with pytest.raises(InputError, match=said):
        await pages(written(f"{header}\n"))


async def test_why_no_row_can_be_read_is_told(written):
    with pytest.raises(InputError, match=r"holds no row that can be read. Line 2: It names no company"):
        await pages(written("Name,Website\n,a.example\n,b.example\n"))


async def test_what_a_formula_could_not_find_is_no_name(written):
    assert await bad_rows(written("Name\nAcme\n#N/A\n")) == {"line 3": "Its id, name or website is a formula's error."}


async def test_a_column_left_out_has_not_vanished(written):
    (page,) = await pages(written(HEADER + ACME), {"Website": "-"})
    assert page.fields == dict.fromkeys(["Id", "Name", "Website", "Country"], "text")
    assert b"acme.example" not in page.payloads[0]
