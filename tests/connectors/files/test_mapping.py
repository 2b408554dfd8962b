import pytest

from hub.connectors.files.mapping import account, account_key, whole_number

COLUMNS = {"id": "Nr", "name": "Firma", "website": "Web", "employees": "Größe"}


def an_account(**cells):
    row = {"Nr": "7", "Firma": "Acme", "Web": "acme.example", "Größe": "", "Notiz": ""} | cells
    (record,) = account({"key": "7", "columns": COLUMNS, "row": row})
    return record


def test_recognized_columns_fill_the_model():
    record = an_account(Firma=" Acme\n GmbH ")
    assert (record.external_id, record.name, record.website) == ("7", "Acme GmbH", "acme.example")
    assert record.employees is None
    assert record.country is None


def test_other_columns_are_custom_and_empty_cells_say_nothing():
    assert an_account(Notiz="call first").custom == {"Notiz": "call first"}
    assert an_account().custom == {}


def test_an_odd_number_of_employees_is_kept_as_written():
    record = an_account(Größe="1.200+")
    assert (record.employees, record.custom) == (1200, {"Größe": "1.200+"})
    assert an_account(Größe="80").custom == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("80", 80),
        ("1,200", 1200),
        ("1.200.000", 1_200_000),
        ("1 200", 1200),
        ("1'200", 1200),
        ("about 500", 500),
        ("500-999", 500),
        ("120.5", 120),
        ("many", None),
        ("99999999999", None),
        (None, None),
    ],
)
def test_employees_are_read_leniently(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("payload", [{}, {"key": ""}, {"key": 7}])
def test_a_payload_without_key_is_refused(payload):
    with pytest.raises((KeyError, ValueError)):
        account_key(payload)
