import pytest

from hub.connectors.files.keys import Keys

BERLIN, HAMBURG = {"name": "Müller", "city": "Berlin"}, {"name": "Müller", "city": "Hamburg"}
TWO_SITES = [{"name": "Acme", "domain": "acme.example", "city": city} for city in ("Bonn", "Köln")]


def keys(*rows):
    given = Keys()
    return [given.of(row) for row in rows]


def test_an_id_is_the_key_whatever_else_changes():
    assert keys({"id": "7", "name": "Acme"}) == keys({"id": "7", "name": "Acme Holding"}) == ["7"]


def test_a_second_row_of_an_id_has_no_key():
    assert keys({"id": "7", "name": "Acme"}, {"id": "7", "name": "Bolt"}) == ["7", None]


@pytest.mark.parametrize("rows", [[BERLIN, HAMBURG], [HAMBURG, BERLIN]])
def test_companies_of_one_name_in_two_towns_keep_their_keys_in_any_order(rows):
    assert dict(zip([row["city"] for row in rows], keys(*rows), strict=True)) == {
        "Berlin": "müller berlin",
        "Hamburg": "müller hamburg",
    }


def test_rows_of_one_name_and_domain_are_numbered():
    assert keys(*TWO_SITES) == ["acme acme.example", "acme acme.example (2)"]


def test_spelling_in_letters_and_spaces_does_not_matter():
    assert keys({"name": " ACME  Inc"}) == keys({"name": "Acme inc"})


@pytest.mark.parametrize(
    "spelled",
    [
        "www.acme.example",
        "ACME.example.",
        "https://acme.example/",
        "https://www.acme.example/en?a=b#c",
        "//acme.example",
        "http://acme.example:8080/x",
        "acme.example:443",
        "acme.example?from=mail@list.example",
        "http://me@acme.example",
    ],
)
def test_a_host_is_the_same_however_its_address_is_spelled(spelled):
    assert keys({"name": "Acme", "website": spelled}) == ["acme acme.example"]


@pytest.mark.parametrize("nothing", ["n/a", "-", "none", "www.", "http://", "", " "])
def test_what_is_no_address_leaves_the_place(nothing):
    assert keys({"name": "Acme", "domain": nothing, "city": "Bonn"}) == ["acme bonn"]
    assert keys({"name": "Acme", "domain": nothing, "website": "acme.example"}) == ["acme acme.example"]


def test_subdomains_and_a_domain_called_www_are_hosts_of_their_own():
    assert keys(*({"name": "Acme", "domain": host} for host in ("eu.acme.example", "www.example"))) == [
        "acme eu.acme.example",
        "acme www.example",
    ]


def test_a_number_in_a_name_is_no_other_rows_key():
    assert keys({"name": "Acme"}, {"name": "Acme (2)"}, {"name": "Acme"}) == ["acme", "acme (2)", "acme (3)"]


def test_an_id_that_reads_like_a_name_is_another_key():
    assert keys({"id": "acme", "name": "Bolt"}, {"id": "", "name": "Acme"}) == ["acme", "acme (2)"]
