import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sandbox.companies import PARTNER_DOMAINS, bare_name, known_companies

SIZES = (10, 1_000, 50_000)


@pytest.fixture(scope="module", params=SIZES)
def known(request):
    return known_companies(request.param, random.Random(1))  # noqa: S311 - repeatable on purpose


def test_there_are_about_as_many_companies_as_asked_for(known):
    assert any(size <= len(known) <= size + 2 for size in SIZES)


def test_the_partners_come_first(known):
    assert tuple(known[key].company.domain for key in (1, 2, 3)) == PARTNER_DOMAINS


def test_a_parent_has_a_smaller_key_than_its_children(known):
    assert all(c.company.parent is None or c.company.parent < key for key, c in known.items())


def test_keys_and_names_are_distinct(known):
    assert all(key == company.company.key for key, company in known.items())
    assert len({company.company.name for company in known.values()}) >= 0.995 * len(known)


def test_companies_share_a_domain_only_within_a_family(known):
    owner: dict[str, int] = {}
    for key, company in known.items():
        domain = company.company.domain
        if domain is not None:
            first = owner.setdefault(domain, key)
            assert first in (key, company.company.parent) or company.company.parent is not None


@given(
    st.sampled_from(["Inc.", "GmbH", "AG", "N.V.", "Co., Ltd.", "Corporation", "plc", "S.A.", "Public Company Limited"])
)
def test_a_bare_name_has_no_legal_form(form):
    assert bare_name(f"Acme Widgets {form}") == "Acme Widgets"
