import pytest

from hub.connectors.files.choices import Difference, chosen, closest, difference, kept, told
from hub.errors import InputError

HEADERS = ["Firma", "Land", "Notizen"]
ROWS = [["Acme", "DE", "call first"]]


def test_a_column_is_told_by_its_header():
    assert told(["Firma=name", " a = b = - ", "Old  notes=custom"]) == {
        "Firma": "name",
        "a = b": "-",
        "Old notes": "custom",
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["Firma"], "A column is told as HEADER=FIELD"),
        (["=name"], "A column is told as HEADER=FIELD"),
        (["Firma=title"], "There is no field 'title' for the column 'Firma'. A column is: id, name"),
        (["Firma=name", "Firma=-"], "The column 'Firma' is told twice"),
        (["Firma=name", "Kunde=name"], "Only one column can be the name: 'Firma' or 'Kunde'?"),
    ],
)
def test_what_makes_no_sense_is_refused(options, said):
    with pytest.raises(InputError, match=said):
        told(options)


def test_what_is_told_beats_what_was_saved_and_that_beats_a_guess():
    saved = {"Firma": "custom", "Land": "-", "Notizen": "kind"}
    assert chosen(HEADERS, ROWS, {}, {}) == {"Firma": "name", "Land": "country", "Notizen": "custom"}
    assert chosen(HEADERS, ROWS, {}, saved) == saved
    assert chosen(HEADERS, ROWS, {"Land": "region"}, saved) == saved | {"Land": "region"}


def test_no_two_columns_hold_the_same_field():
    headers = ["Firma", "Company"]
    assert chosen(headers, [], {"Company": "name"}, {"Firma": "name"}) == {"Company": "name", "Firma": "custom"}
    assert chosen(headers, [], {}, {"Company": "name"}) == {"Company": "name", "Firma": "custom"}


def test_a_column_told_must_be_there():
    with pytest.raises(InputError, match=r"The file has no column 'Kunde'\. Its columns: Firma, Land, Notizen"):
        chosen(HEADERS, ROWS, {"Kunde": "name"}, {})


def test_a_later_version_may_lack_columns_that_hold_no_field_and_have_new_ones():
    choices = {"Firma": "name", "Alt": "custom", "Geheim": "-", "Notizen": "-"}
    assert kept(HEADERS, choices) == {"Firma": "name", "Land": "custom", "Notizen": "-"}
    with pytest.raises(InputError, match="The file has no column 'Ort'"):
        kept(HEADERS, choices | {"Ort": "city"})


def test_of_saved_mappings_the_closest_is_used_and_the_latest_of_equals():
    exact = dict.fromkeys(HEADERS, "custom")
    near, far = {"Firma": "name", "Land": "country"}, {"Name": "name"}
    assert closest(HEADERS, [far, near, exact]) is exact
    assert closest(HEADERS, [far, near]) is near
    assert closest(HEADERS, [near, dict(near)]) is near
    assert closest(HEADERS, [far]) is None


def test_headers_that_differ_from_a_saved_mapping_are_named():
    assert difference(HEADERS, {"Firma": "name", "Land": "country", "Ort": "city"}) == Difference(["Notizen"], ["Ort"])
