from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.graph.people import Contact, people


def a_contact(number, email, first_name="Ada", last_name="Nowak"):
    return Contact(id=UUID(int=number), first_name=first_name, last_name=last_name, email=email)


def clusters(*contacts):
    return [[id_.int for id_ in cluster] for cluster in people(contacts)]


def test_one_address_is_one_person():
    assert clusters(a_contact(2, "Ada@Acme.example"), a_contact(1, " ada@acme.example ", "A.", None)) == [[1, 2]]


def test_one_name_with_two_addresses_is_two_persons():
    assert clusters(a_contact(1, "ada@acme.example"), a_contact(2, "ada@bolt.example")) == [[1], [2]]


@pytest.mark.parametrize("email", [None, "", "n/a", "ada@", "@acme.example", "a da@acme.example", "ada@acme"])
def test_without_an_address_a_record_is_alone(email):
    assert clusters(a_contact(1, email), a_contact(2, email)) == [[1], [2]]


def test_a_mailbox_of_a_role_is_nobody_alone():
    info = "info@acme.example"
    contacts = [
        a_contact(1, info),
        a_contact(2, info, "Bo", "Li"),
        a_contact(3, info.upper(), "ADA"),
        a_contact(4, info),
    ]
    assert clusters(*contacts, a_contact(5, info, None, None), a_contact(6, info, "", "")) == [[1, 3, 4], [2], [5], [6]]


@given(st.lists(st.sampled_from([None, "a@x.example", "A@X.example", "info@x.example"])), st.randoms())
def test_order_changes_nothing_and_every_record_is_in_one_cluster(emails, random):
    contacts = [a_contact(number, email) for number, email in enumerate(emails)]
    found = people(contacts)
    assert people(random.sample(contacts, len(contacts))) == found
    assert sorted(id_.int for cluster in found for id_ in cluster) == list(range(len(contacts)))
