import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.graph.countries import country_code
from hub.graph.names import cleared_name, initials, institution, is_telling, standard_name
from hub.graph.rarity import penalty, rarity

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
    ("Johnson and Johnson", "johnson and johnson"),
    ("The Acme Company, Ltd.", "acme"),
    ("Software Mind sp. z o.o.", "software mind"),
    ("Novo Nordisk A/S", "novo nordisk"),
    ("Société Générale S.A.", "societe generale"),
    ("三星電子株式会社", "三星電子"),
    ("سامسونج", "سامسونج"),
    ("AB Volvo", "volvo"),
    ("GmbH", "gmbh"),
    ("The The", "the"),
    ("A.C.M.E. Rockets", "acme rockets"),
    ("Forty-Four Labs", "fortyfour labs"),
    ("Acme bv utrecht", "acme"),
    ("Trade in Space", "trade in space"),
    ("MüllerGmbH", "muller"),
    ("株式会社", "株式会社"),
    ("!!!", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_loses_what_does_not_tell(text, name):
    found = standard_name(text)
    assert (found and found.text) == name


@given(st.text())
def test_any_text_has_a_name_or_none(text):
    name = standard_name(text)
    assert name is None or (name.text == name.text.strip() and name.letters == name.text.replace(" ", ""))


@pytest.mark.parametrize(
    "text", ["Group", "Test", "n/a", "GmbH", "Global Solutions Ltd.", "xx", "42", "aaaa", "!", "-"]
)
def test_a_name_of_anybody_tells_nothing(text):
    assert not is_telling(standard_name(text))


@pytest.mark.parametrize("text", ["Acme", "IBM", "東芝", "Test Rite"])
def test_a_name_of_somebody_tells(text):
    assert is_telling(standard_name(text))


def test_the_words_of_a_name_mean_the_same_in_any_language():
    names = ("Banco do Brasil", "Bank of Brazil", "Banque du Brésil")
    meant = [{word for word in standard_name(name).words if word[0] != "-"} for name in names]
    assert meant == [{"~bank", "@br"}] * 3
    assert standard_name("Forty-Four Labs").words == standard_name("44 Laboratory").words


@pytest.mark.parametrize(
    ("text", "form"),
    [("Acme GmbH", "LLC"), ("Acme Ltd.", "LLC"), ("Acme AG", "JSC"), ("ПАО Акме", "JSC"), ("Acme", "")],
)
def test_legal_forms_are_of_a_few_kinds(text, form):
    assert standard_name(text).form == form


def test_a_name_says_what_institutions_it_is():
    assert institution(standard_name("University Hospital Bonn").words) == "hospital university"
    assert institution(standard_name("Bonn Rockets").words) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("National Association of Acme Owners", ["naa", "naao", "naoa", "naoao"]),
        ("Software Mind Labs GmbH", ["sml", "smlg"]),
        ("IBM", ["ibm"]),
        ("Siemens", []),
    ],
)
def test_initials_may_leave_out_small_words_and_the_legal_form(text, expected):
    assert set(expected) <= set(initials(cleared_name(text), standard_name(text)))


def test_a_rare_word_tells_more_than_a_common_one_and_is_missed_more():
    assert rarity(".vexolia") > rarity("~bank") > rarity("-of")
    assert penalty(".vexolia") > penalty("~bank") > penalty("-of") == 0


def test_a_word_that_anybody_may_leave_out_tells_next_to_nothing():
    assert rarity("~holding") == penalty("~holding") == 1


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


def test_a_note_beside_a_name_is_no_part_of_it() -> None:
    plain = standard_name("Acme Tools GmbH")
    assert (
        plain
        == standard_name("Acme Tools GmbH \N{EN DASH} “key account”")
        == standard_name("Acme Tools GmbH\n(do not call)")
    )


def test_a_university_is_one_in_any_language() -> None:
    names = ("Kocaeli Üniversitesi", "Université Kocaeli", "Uniwersytet Kocaeli", "Kocaeli University")
    assert {institution(name.words) for each in names if (name := standard_name(each))} == {"university"}


def test_a_form_that_is_written_twice_is_one() -> None:
    twice, once = standard_name("Yatas Spain S.L. S.L."), standard_name("Yatas Spain S.L.")
    assert twice
    assert once
    assert twice.text == once.text
