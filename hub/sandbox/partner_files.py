"""The partners' lists as they arrive by mail: three files, three ways to write a table, some lines broken."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from hub.sandbox.clock import HISTORY_ENDS
from hub.sandbox.world import AccountEntry, Partner, World

Cell = Callable[[AccountEntry], str | None]


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """Where a partner's list was written."""

    partner: Partner
    path: Path


@dataclass(frozen=True, slots=True)
class _Layout:
    file: str
    columns: tuple[tuple[str, Cell], ...]
    content: Callable[["_Layout", World, Partner], bytes]


def write_partner_files(world: World, folder: Path) -> list[PartnerFile]:
    """Write each partner's list into the folder; the same world gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for partner, layout in zip(world.partners, _LAYOUTS, strict=True):
        path = folder / layout.file
        path.write_bytes(layout.content(layout, world, partner))
        written.append(PartnerFile(partner, path))
    return written


def _german_csv(layout: _Layout, world: World, partner: Partner) -> bytes:
    """Windows-1252 with semicolons, as a German spreadsheet saves it."""
    rows = [
        [_fitting(cell(entry), _plain(header, entry, world)) for header, cell in layout.columns]
        for entry in partner.accounts
    ]
    return _csv(layout, rows, delimiter=";").encode("cp1252")


def _english_csv(layout: _Layout, world: World, partner: Partner) -> bytes:
    """UTF-8 with commas."""
    rows = [[cell(entry) or "" for _, cell in layout.columns] for entry in partner.accounts]
    return _csv(layout, rows, delimiter=",").encode()


def _xlsx(layout: _Layout, world: World, partner: Partner) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator = partner.name
    book.properties.created = HISTORY_ENDS.replace(tzinfo=None)
    sheet = book.create_sheet("Accounts")
    sheet.append([header for header, _ in layout.columns])
    for entry in partner.accounts:
        sheet.append([cell(entry) or None for _, cell in layout.columns])
    saved = BytesIO()
    book.save(saved)
    return _timeless(saved)


def _csv(layout: _Layout, rows: Sequence[Sequence[str]], delimiter: str) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([header for header, _ in layout.columns])
    writer.writerows(_with_broken_lines(rows))
    return text.getvalue()


def _with_broken_lines(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The rows, and now and then one cut short, one with a cell too many, one without a name."""
    broken: dict[int, Callable[[Sequence[str]], Sequence[str]]] = {
        3: lambda row: row[:2],
        11: lambda row: [*row, "x"],
        17: lambda row: [f"{row[0]}-b", "", *row[2:]],
        29: lambda row: ["total"],
    }
    for place, row in enumerate(rows):
        if place in broken:
            yield broken[place](row)
        yield row


def _fitting(text: str | None, plain: str) -> str:
    """The text in the characters of Windows-1252; something plain where little of it fits."""
    if text is None:
        return ""
    composed = unicodedata.normalize("NFC", text)
    fitting = "".join(char if _fits(char) else unicodedata.normalize("NFKD", char)[0] for char in composed)
    return fitting if all(_fits(char) for char in fitting) else plain


def _fits(char: str) -> bool:
    return bool(char.encode("cp1252", "ignore"))


def _plain(header: str, entry: AccountEntry, world: World) -> str:
    company = world.companies[entry.truth]
    plain = {"Firma": company.name, "Land": company.country}.get(header, "")
    return unicodedata.normalize("NFKD", plain).encode("cp1252", "ignore").decode("cp1252")


def _timeless(saved: BytesIO) -> bytes:
    """The same archive without the time it was saved at."""
    rewritten = BytesIO()
    then = HISTORY_ENDS.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with ZipFile(saved) as source, ZipFile(rewritten, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + then, source.read(name))
            target.writestr(ZipInfo(name, HISTORY_ENDS.timetuple()[:6]), content, ZIP_DEFLATED)
    return rewritten.getvalue()


_LAYOUTS = (
    _Layout(
        "bechtle-kunden.csv",
        (
            ("Kundennummer", lambda entry: entry.id),
            ("Firma", lambda entry: entry.name),
            ("Webseite", lambda entry: entry.website),
            ("Straße", lambda entry: entry.street),
            ("PLZ", lambda entry: entry.postal_code),
            ("Ort", lambda entry: entry.city),
            ("Land", lambda entry: entry.country),
            ("Telefon", lambda entry: entry.phone),
            ("Mitarbeiter", lambda entry: entry.employees),
            ("Status", lambda entry: entry.kind),
        ),
        _german_csv,
    ),
    _Layout(
        "capgemini-accounts.csv",
        (
            ("Account ID", lambda entry: entry.id),
            ("Account Name", lambda entry: entry.name),
            ("Website", lambda entry: entry.website),
            ("Industry", lambda entry: entry.industry),
            ("Billing City", lambda entry: entry.city),
            ("Billing Country", lambda entry: entry.country),
            ("Type", lambda entry: entry.kind),
        ),
        _english_csv,
    ),
    _Layout(
        "elastic-customers.xlsx",
        (
            ("Company", lambda entry: entry.name),
            ("Domain", lambda entry: entry.website),
            ("Country", lambda entry: entry.country),
            ("# Employees", lambda entry: entry.employees),
        ),
        _xlsx,
    ),
)
