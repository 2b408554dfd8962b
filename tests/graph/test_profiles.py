"""What a company is called: chosen from what its records say."""

from uuid import UUID

from hub.graph.mapping import mapping
from tests.graph.worlds import companies

OURS, THEIRS = UUID(int=10), UUID(int=11)


def profiles(*several):
    """Name and domain of companies, each of some records that are tied together by a D-U-N-S number."""
    facts = [each | {"duns": f"{number}23456780"} for number, records in enumerate(several, 1) for each in records]
    found = mapping(companies(*facts)).profiles.to_pylist()
    return [(each["name"], each["domain"]) for each in found]


def test_a_company_is_called_by_the_most_frequent_spelling_of_a_telling_name():
    assert profiles(
        [{"name": "ACME"}, {"name": "Acme  Inc."}, {"name": " Acme Inc."}],
        [{"name": "Bolt Inc."}, {"name": "Colt"}, {"name": "Bolt"}],
        [{"name": "Test"}, {"name": "Test"}, {"name": "Dune"}],
        [{"name": "Test"}, {"name": None}, {"name": " "}],
        [{"name": '"Ember  Inc."'}],
        [{"name": '"Fjord" and "Gale"'}],
        [{"name": None, "domain": "hale.example"}],
    ) == [
        ("Acme Inc.", None),
        ("Bolt", None),
        ("Dune", None),
        ("Test", None),
        ("Ember Inc.", None),
        ('"Fjord" and "Gale"', None),
        ("hale.example", "hale.example"),
    ]


def test_the_domain_of_a_company_is_never_a_shared_one():
    assert profiles(
        [
            {"name": "Acme", "website": "https://gmail.com"},
            {"name": "Acme", "domain": "junk", "website": "www.acme.example"},
            {"name": "Acme", "domain": "gmail.com"},
        ]
    ) == [("Acme", "acme.example")]


def test_each_owner_calls_a_company_as_its_own_records_do():
    ours, theirs = {"name": "ACME", "owner_id": OURS}, {"name": "Acme Inc.", "owner_id": THEIRS}
    found = mapping(companies(theirs, theirs, ours)).profiles.to_pylist()
    assert {each["owner"]: each["name"] for each in found} == {str(OURS): "ACME", str(THEIRS): "Acme Inc."}
