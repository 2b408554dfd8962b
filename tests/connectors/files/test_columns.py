import pytest

from hub.connectors.files.columns import field_of, guessed_columns


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Account Name", "name"),
        ("AccountName", "name"),
        ("FIRMA", "name"),
        ("Raison sociale", "name"),
        ("Razón social", "name"),
        ("会社名", "name"),
        ("Web-Site", "website"),
        ("Webseite", "website"),
        ("Company Domain Name", "domain"),
        ("Land", "country"),
        ("País", "country"),
        ("billing_country", "country"),
        ("PLZ", "postal_code"),
        ("Anzahl Mitarbeiter", "employees"),
        ("D-U-N-S®", "duns"),
        ("D-U-N-S Number", "duns"),
        ("Account ID", "id"),
        ("Notes", None),
        ("", None),
    ],
)
def test_headers_are_known_in_several_languages(header, field):
    assert field_of(header) == field


def test_the_first_column_of_a_kind_is_taken():
    assert guessed_columns(["Company", "Customer"], []) == {"name": "Company"}


def test_cells_tell_what_a_header_does_not():
    headers = ["a", "b", "c", "d", "e"]
    rows = [
        ["7", "https://acme.example/x", "12-345-6789", "Acme", "x@acme.example"],
        ["8", "www.bolt.example", "98-765-4321", "Bolt", "y@bolt.example"],
        ["9", "", "", "Cedar"],
    ]
    assert guessed_columns(headers, rows) == {"name": "d", "website": "b", "duns": "c"}


def test_a_list_of_domains_needs_no_names():
    assert guessed_columns(["a", "b"], [["acme.example", "some words"], ["bolt.example", "more words"]]) == {
        "domain": "a"
    }


def test_nothing_recognized_is_nothing_guessed():
    assert guessed_columns(["a", "b"], [["1", ""], ["2", ""]]) == {}
