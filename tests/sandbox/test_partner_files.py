import csv
from contextlib import closing
from io import StringIO

import pytest
from openpyxl import load_workbook

from hub.sandbox.partner_files import write_partner_files


@pytest.fixture(scope="module")
def files(ecosystem, tmp_path_factory):
    return write_partner_files(ecosystem, tmp_path_factory.mktemp("lists") / "new")


def table(file, encoding, delimiter):
    return list(csv.reader(StringIO(file.path.read_bytes().decode(encoding), newline=""), delimiter=delimiter))


def test_the_same_ecosystem_gives_the_same_bytes(ecosystem, files, tmp_path):
    again = write_partner_files(ecosystem, tmp_path)
    assert [file.path.read_bytes() for file in files] == [file.path.read_bytes() for file in again]


@pytest.mark.parametrize(("place", "encoding", "delimiter"), [(0, "cp1252", ";"), (1, "utf-8", ",")])
def test_a_csv_holds_every_account_and_a_handful_of_broken_lines(files, place, encoding, delimiter):
    header, *lines = table(files[place], encoding, delimiter)
    whole = [line for line in lines if len(line) == len(header) and line[1] != ""]
    assert [line[0] for line in whole] == [account.id for account in files[place].partner.accounts]
    assert len(lines) - len(whole) == 4
    assert {len(line) - len(header) for line in lines} > {0, 1}


def test_the_german_list_is_not_utf8_and_has_no_empty_name_but_the_broken_one(files):
    with pytest.raises(UnicodeDecodeError):
        files[0].path.read_bytes().decode()
    header, *lines = table(files[0], "cp1252", ";")
    assert header[:3] == ["Kundennummer", "Firma", "Webseite"]
    assert sum(len(line) > 1 and line[1].strip() == "" for line in lines) == 1


def test_the_workbook_has_no_ids_and_every_account(ecosystem, files):
    with closing(load_workbook(files[2].path, read_only=True)) as book:
        header, *rows = book["Accounts"].iter_rows(values_only=True)
    assert header[0] == "Company"
    assert [row[0] for row in rows] == [account.name for account in ecosystem.partners[2].accounts]
