from uuid import UUID

from hub.graph.company import Company
from hub.graph.profile import profile


def a_record(name, **facts):
    return Company(id=UUID(int=0), name=name, **facts)


def test_the_most_frequent_spelling_wins():
    assert profile([a_record("ACME"), a_record("Acme  Inc."), a_record(" Acme Inc.")])[0] == "Acme Inc."


def test_a_tie_goes_to_the_shorter_and_then_to_the_alphabet():
    assert profile([a_record("Acme Inc."), a_record("Bcme"), a_record("Acme")])[0] == "Acme"


def test_a_telling_name_beats_a_frequent_one():
    assert profile([a_record("Test"), a_record("Test"), a_record("Acme")])[0] == "Acme"
    assert profile([a_record("Test"), a_record(None), a_record(" ")])[0] == "Test"
    assert profile([a_record(None)]) == (None, None)


def test_the_domain_is_never_a_shared_one():
    records = [
        a_record("Acme", website="https://gmail.com"),
        a_record("Acme", domain="junk", website="www.acme.example"),
        a_record("Acme", domain="gmail.com"),
    ]
    assert profile(records)[1] == "acme.example"


def test_quotes_around_a_whole_name_are_no_part_of_it():
    assert profile([a_record('"Acme  Inc."')])[0] == "Acme Inc."
    assert profile([a_record('"Acme" and "Bolt"')])[0] == '"Acme" and "Bolt"'
