import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.graph.countries import country_code, is_country
from hub.graph.names import is_telling, normal_name, similarity

NAMES = [
    ("Siemens Aktiengesellschaft", "siemens"),
    ("Siemens AG", "siemens"),
    ("AT&T Inc.", "at t"),
    ("株式会社東芝", "東芝"),
    ("Toshiba K.K.", "toshiba"),
    ("ПАО «Сбербанк»", "sberbank"),
    ("OAO Gazprom", "gazprom"),
    ("ALDI GmbH & Co. KG", "aldi"),
    ("Johnson & Johnson", "johnson johnson"),
    ("Johnson and Johnson", "johnson johnson"),
    ("The Acme Company, Ltd.", "acme"),
    ("Software Mind sp. z o.o.", "software mind"),
    ("Novo Nordisk A/S", "novo nordisk"),
    ("Société Générale S.A.", "societe generale"),
    ("三星電子株式会社", "三星電子"),
    ("سامسونج", "سامسونج"),
    ("AB Volvo", "volvo"),
    ("GmbH", "gmbh"),
    ("The The", "the the"),
    ("株式会社", "株式会社"),
    ("!!!", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_loses_what_does_not_tell(text, name):
    assert normal_name(text) == name


@given(st.text())
def test_any_text_has_a_name_or_none(text):
    name = normal_name(text)
    assert name is None or (name == name.strip() != "")


@pytest.mark.parametrize(
    "text", ["Group", "Test", "n/a", "GmbH", "Global Solutions Ltd.", "xx", "42", "aaaa", "!", "-"]
)
def test_a_name_of_anybody_tells_nothing(text):
    assert not is_telling(normal_name(text))


@pytest.mark.parametrize("text", ["Acme", "IBM", "東芝", "Test Rite"])
def test_a_name_of_somebody_tells(text):
    assert is_telling(normal_name(text))


def test_names_with_other_numbers_are_not_similar():
    assert similarity("studio54media", "studio55media") == 0
    assert similarity("studiomedia", "studiomedai") > 0.8
    assert similarity("acme", "acne") == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "de"),
        ("Deutschland", "de"),
        ("DEU", "de"),
        ("UK", "gb"),
        ("", None),
        (None, None),
        ("Atlantis", None),
    ],
)
def test_a_country_has_one_code_however_it_is_spelled(text, code):
    assert country_code(text) == code


def test_a_part_of_a_country_is_no_country():
    assert is_country("brasil")
    assert not is_country("beijing")
