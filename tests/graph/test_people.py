from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.graph.people import Contact, judged, people
from hub.model import Verdict

ACME, BOLT = UUID(int=1001), UUID(int=1002)
SAME, UNSURE, DIFFERENT = Verdict.SAME, Verdict.UNSURE, Verdict.DIFFERENT


def a_contact(number=1, name="Ada|Nowak", email=None, phone=None, at=(), country=None):
    first, _, last = (name or "|").partition("|")
    return Contact(
        id=UUID(int=number),
        first_name=first or None,
        last_name=last or None,
        email=email,
        phone=phone,
        accounts=(at,) if isinstance(at, UUID) else at,
        countries=(country,) if country else (),
    )


def clusters(*contacts):
    return [[id_.int for id_ in cluster] for cluster in people(contacts)]


def verdict_of(left, right, among=()):
    return judged(a_contact(1, **left), a_contact(2, **right), among).verdict


def test_one_address_is_one_person():
    assert clusters(a_contact(2, email="Ada@Acme.example"), a_contact(1, "A.|", " ada@acme.example ")) == [[1, 2]]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ada.nowak@acme.com", "mailto:Ada.Nowak+news@ACME.com"),
        ("ada.nowak@gmail.com", "adanowak@googlemail.com"),
        ("ada@pm.me", "ada@proton.me"),
        ("ada@müller.de", "ada@xn--mller-kva.de"),
        ("Ada Nowak <ada@acme.com>", "ada@acme.com."),
    ],
)
def test_an_address_is_one_however_it_is_written(left, right):
    assert clusters(a_contact(1, None, left), a_contact(2, None, right)) == [[1, 2]]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ada@a..com", "ada@b..com"),
        ("ada.nowak@outlook.com", "adanowak@outlook.com"),
        ("ada@me.com", "ada@gmx.de"),
        ("ada@acme.com", "bo@acme.com"),
    ],
)
def test_what_hosts_tell_apart_is_apart(left, right):
    assert clusters(a_contact(1, None, left), a_contact(2, None, right)) == [[1], [2]]


@pytest.mark.parametrize("email", [None, "", "n/a", "ada@", "@acme.example", "a da@acme.example", "ada@acme"])
def test_without_an_address_and_a_company_a_name_is_not_enough(email):
    assert clusters(a_contact(1, email=email), a_contact(2, email=email)) == [[1], [2]]


def test_a_mailbox_of_a_role_is_nobody_alone():
    info = "info@acme.example"
    contacts = [
        a_contact(1, email=info),
        a_contact(2, "Bo|Li", info),
        a_contact(3, "ADA|Nowak", info.upper()),
        a_contact(4, email=info),
    ]
    assert clusters(*contacts, a_contact(5, None, info), a_contact(6, None, info)) == [[1, 3, 4], [2], [5], [6]]


def test_an_address_that_several_names_use_is_nobody_alone_either():
    names = ("Ada|Nowak", "Bo|Li", "Cy|Abel", "Dee|Roth")
    contacts = [a_contact(number, name, "shop.east@acme.com") for number, name in enumerate(names, 1)]
    assert clusters(*contacts, a_contact(5, None, "shop.east@acme.com")) == [[1], [2], [3], [4], [5]]


AT_ACME = [
    ("Ada|Nowak", "ADA|NOWAK", SAME, "case"),
    ("José|García", "Jose|Garcia", SAME, "accents"),
    ("Jürgen|Müller", "Juergen|Mueller", SAME, "umlauts"),
    ("Алексей|Иванов", "Aleksei|Ivanov", SAME, "another script"),
    ("伟|王", "|王伟", SAME, "no spaces"),
    ("Ada|Nowak", "|Nowak, Ada", SAME, "the catalog's order"),
    ("Ada|Nowak", "Nowak|Ada", SAME, "fields mixed up"),
    ("Ada|Nowak", "|Ada Nowak", SAME, "one field"),
    ("Ana|García López", "|Ana Garcia Lopez", SAME, "two family names in one field"),
    ("Dr. Ada|Nowak", "Ada|Nowak, PhD", SAME, "titles"),
    ("Hans-Peter|Kern", "Hans Peter|Kern", SAME, "hyphens"),
    ("Ada|van der Berg", "Ada|Vanderberg", SAME, "particles"),
    ("Ada|van der Berg", "Ada|Berg", SAME, "particles left out"),
    ("Ada|Nowak", "Ada Maria|Nowak", SAME, "a middle name"),
    ("Robert|Nowak", "Bob|Nowak", SAME, "a nickname"),
    ("Ada|Nowak", "A.|Nowak", SAME, "an initial"),
    ("Katarzyna|Nowak", "Katrazyna|Nowak", SAME, "a slip of the pen"),
    ("Guillermo|Nowak", "Guill|Nowak", UNSURE, "a beginning"),
    ("Aleksey|Nowak", "Alexei|Nowak", UNSURE, "what sounds alike"),
    ("Ana|García", "Ana|García López", SAME, "one of two family names"),
    ("Ada|N.", "Ada|Nowak", SAME, "the initial of a family name"),
    ("Ada|Kowalsk", "Ada|Kowalski", UNSURE, "a family name cut off"),
    ("Ada|Meier", "Ada|Meierhofer", DIFFERENT, "two families"),
    ("Ada|", "|Nowak", DIFFERENT, "nothing in common"),
    ("Martin|Nowak", "Martina|Nowak", UNSURE, "a brother or a slip"),
    ("Ada|Nowak", "|Nowak", DIFFERENT, "any of the family"),
    ("Ada A.|Nowak", "Ada B.|Nowak", DIFFERENT, "two middle initials"),
    ("Ada|Nowak", "Bea|Nowak", DIFFERENT, "another given name"),
    ("Ada|Nowak", "Ada|Kowalski", DIFFERENT, "another family name: a marriage is not guessed"),
    ("John|Nowak Jr.", "John|Nowak Sr.", DIFFERENT, "a son"),
    ("Sales|Team", "Sales|Team", DIFFERENT, "nobody's name"),
    ("|Unknown", "|Unknown", DIFFERENT, "nobody's name"),
    ("|ada@acme.com", "|ada@acme.com", DIFFERENT, "an address is no name"),
]


@pytest.mark.parametrize(("left", "right", "verdict", "why"), AT_ACME, ids=[why for *_, why in AT_ACME])
def test_names_at_one_company(left, right, verdict, why):
    assert verdict_of({"name": left, "at": ACME}, {"name": right, "at": ACME}) is verdict


NUMBERS = [
    ("+49 228 5550100", "0228/555-0100", "de", SAME),
    ("+49 (0)228 5550100", "0049 228 5550100", "de", SAME),
    ("(212) 555-0100", "+1 212 555 0100", "us", SAME),
    ("0228 5550100", "0228 555 0100", None, SAME),
    ("+44 07911 123456", "+44 7911 123456", "gb", SAME),
    ("+49 228 5550100 ext. 12", "0228 5550100 x12", "de", SAME),
    ("+49 228 5550100 ext. 12", "+49 228 5550100 ext. 13", "de", UNSURE),
    ("+49 228 5550100 ext. 12", "+49 228 5550100", "de", UNSURE),
    ("+49 228 5550100", "+1 228 5550100", "de", UNSURE),
    ("110", "110", "de", UNSURE),
]


@pytest.mark.parametrize(("left", "right", "country", "verdict"), NUMBERS)
def test_a_name_and_a_number(left, right, country, verdict):
    there = {"country": country}
    assert verdict_of({"phone": left, **there}, {"phone": right, **there}) is verdict


@pytest.mark.parametrize(
    ("left", "right", "verdict", "why"),
    [
        ({"at": ACME}, {"at": BOLT}, UNSURE, "two companies"),
        ({"at": ACME, "phone": "+4915112345678"}, {"at": BOLT, "phone": "+4915112345678"}, SAME, "a change of jobs"),
        (
            {"at": ACME, "email": "ada@gmail.com"},
            {"at": ACME, "email": "ada.nowak@acme.com"},
            SAME,
            "a private address",
        ),
        ({"email": "ada.nowak@acme.com"}, {"email": "ada@acme.com"}, SAME, "two mailboxes"),
        ({"email": "ada.nowak@acme.com"}, {"email": "ada.nowack@acme.com"}, SAME, "a slip in an address"),
        ({"email": "ada.nowak@acme.com"}, {"email": "ada.nowak2@acme.com"}, DIFFERENT, "the second of that name"),
        ({"email": "ada.nowak@acme.com"}, {"email": "ada.nowak@bolt.com"}, DIFFERENT, "a name is a mailbox anywhere"),
        ({"email": "rocketgirl@gmx.de"}, {"email": "rocketgirl@web.de"}, SAME, "a mailbox of her own"),
        ({"name": "|Nowak", "email": "ada.nowak@acme.com"}, {"at": ACME}, UNSURE, "an address tells the given name"),
        ({"email": "x@acme.com"}, {"name": "Ada|Kowalski", "email": "x@acme.com"}, SAME, "a marriage, at one address"),
        ({"email": "x@acme.com"}, {"name": "Bea|Nowak", "email": "x@acme.com"}, UNSURE, "one mailbox for a family"),
        ({"email": "x@acme.com"}, {"name": "Bea|Roth", "email": "x@acme.com"}, DIFFERENT, "two people, one address"),
        (
            {"name": None, "at": ACME, "phone": "+4915112345678"},
            {"at": ACME, "phone": "+4915112345678"},
            UNSURE,
            "a line",
        ),
    ],
)
def test_addresses_companies_and_numbers_together(left, right, verdict, why):
    assert verdict_of(left, right) is verdict


def test_colleagues_with_mailboxes_and_names_of_their_own_are_never_one():
    phone = "+4922855500"
    left = a_contact(1, "Ada|Nowak", "ada@acme.com", phone, ACME)
    judgment = judged(left, a_contact(2, "Bea|Nowak", "bea@acme.com", phone, ACME))
    assert judgment.verdict is DIFFERENT
    assert judgment.bits < -90


def test_why_two_are_one_is_told_with_both_values_and_sums_up():
    left = a_contact(1, "Robert|Nowak", "bob@acme.com", "0228 5550100", ACME, "Germany")
    judgment = judged(left, a_contact(2, "Bob|Nowak", None, "+49 228 5550100", ACME))
    assert [(each["feature"], each["left"], each["right"]) for each in judgment.evidence] == [
        ("name", "Robert Nowak", "Bob Nowak"),
        ("company", f"account_{ACME}, acme.com", f"account_{ACME}"),
        ("phone", "+492285550100", "+492285550100"),
    ]
    assert judgment.bits == sum(each["bits"] for each in judgment.evidence)


def test_a_family_with_one_telephone_stays_a_family():
    family = [a_contact(number, f"{name}|Nowak", None, "+492285550100") for number, name in enumerate(("Ada", "Bo"), 1)]
    assert clusters(*family, a_contact(3, "|Nowak", None, "+492285550100")) == [[1], [2], [3]]


def test_the_number_of_a_switchboard_says_nothing():
    phone = "+492285550100"
    crowd = [a_contact(number, f"{name}|Roth", None, phone) for number, name in enumerate(("Cy", "Dee", "Eva"), 10)]
    left, right = a_contact(1, at=ACME, phone=phone), a_contact(2, at=BOLT, phone=phone)
    assert judged(left, right).verdict is SAME
    assert judged(left, right, crowd).verdict is UNSURE


def test_a_name_that_many_bear_says_less():
    crowd = [a_contact(number, at=UUID(int=2000 + number)) for number in range(10, 30)]
    assert verdict_of({"at": ACME}, {"at": ACME}, crowd) is UNSURE
    assert verdict_of({"email": "ada@acme.com"}, {"email": "ada@acme.com"}, crowd) is SAME


@pytest.mark.parametrize(("size", "bits"), [(100, 15), (600, 13), (6000, 10)])
def test_a_large_company_says_less(size, bits):
    crowd = [a_contact(number, f"Bo|Li{number}", at=ACME) for number in range(10, size)]
    assert judged(a_contact(1, at=ACME), a_contact(2, at=ACME), crowd).bits == bits


def test_an_initial_of_two_colleagues_stands_for_neither():
    ada, bea = a_contact(1, "Ada|Nowak", at=ACME), a_contact(2, "Anna|Nowak", at=ACME)
    assert clusters(ada, bea, a_contact(3, "A.|Nowak", at=ACME)) == [[1], [2], [3]]
    assert clusters(ada, bea, a_contact(3, "A.|Nowak", "ada.nowak@acme.com", at=ACME)) == [[1, 3], [2]]


def test_who_fits_two_persons_equally_well_comes_to_neither():
    one, two = a_contact(1, email="ada.nowak1@acme.com", at=ACME), a_contact(2, email="ada.nowak2@acme.com", at=ACME)
    assert clusters(one, two, a_contact(3, at=ACME)) == [[1], [2], [3]]


def test_a_chain_does_not_bring_together_what_is_apart():
    ada, anna = a_contact(1, "Ada|Nowak", "x@acme.com"), a_contact(3, "Anna|Nowak", "x@bolt.com", "+4915112345678")
    between = a_contact(2, "A.|Nowak", "x@acme.com", "+4915112345678")
    assert clusters(ada, between, anna) == [[1, 2], [3]]


def test_slips_of_the_pen_on_both_sides_of_a_name_do_not_tear_it_apart():
    names = ("Katarzyna|Kowalski", "Katrazyna|Kowalski", "Katarzyyna|Kowalski")
    assert clusters(*(a_contact(number, name, at=ACME) for number, name in enumerate(names, 1))) == [[1, 2, 3]]


def test_a_domain_stands_for_the_account_of_those_who_write_from_it_and_a_provider_for_none():
    known = a_contact(1, "Bo|Li", "bo@acme.com", at=ACME)
    assert clusters(known, a_contact(2, email="ada@acme.com"), a_contact(3, at=ACME)) == [[1], [2, 3]]

    customers = [a_contact(n, f"Bo|Li{n}", f"bo{n}@post-for-all.com", at=UUID(int=5000 + n)) for n in range(10, 40)]
    strangers = a_contact(1, email="ada@post-for-all.com"), a_contact(2, email="ada.nowak@post-for-all.com")
    assert clusters(*strangers)[0] == [1, 2]
    assert clusters(*strangers, *customers)[:2] == [[1], [2]]


def test_a_crowd_costs_no_more_than_its_size():
    """One name, one number, one company and one mailbox for all: in pairs, half a million."""
    alike = [
        a_contact(number, at=ACME, email=f"a{number}@x{number}.com", phone="+4922855500") for number in range(1000)
    ]
    assert len(clusters(*alike)) == 1000
    assert len(clusters(*(a_contact(number, "|Nowak") for number in range(1000)))) == 1000


CONTACTS = st.builds(
    a_contact,
    number=st.just(0),
    name=st.sampled_from(["Ada|Nowak", "A.|Nowak", "Anna|Nowak", "|Nowak", "Nowak|Ada", "Ada|Roth", None]),
    email=st.sampled_from(
        [None, "ada.nowak@x.com", "Ada.Nowak@X.com", "ada.nowak2@x.com", "info@x.com", "a@gmail.com"]
    ),
    phone=st.sampled_from([None, "+492285550100", "0228 5550100"]),
    at=st.sampled_from([(), ACME, (ACME, BOLT)]),
    country=st.sampled_from([None, "de"]),
)


@given(st.lists(CONTACTS, max_size=12), st.randoms())
def test_order_changes_nothing_and_every_record_is_in_one_cluster(contacts, random):
    contacts = [
        Contact(**{name: getattr(each, name) for name in Contact.__slots__} | {"id": UUID(int=number)})
        for number, each in enumerate(contacts)
    ]
    found = people(contacts)
    assert people(random.sample(contacts, len(contacts))) == found
    assert sorted(id_.int for cluster in found for id_ in cluster) == list(range(len(contacts)))


@given(CONTACTS, CONTACTS)
def test_what_is_said_of_two_does_not_depend_on_who_is_named_first(left, right):
    assert judged(left, right).bits == judged(right, left).bits


TEXTS = st.one_of(st.none(), st.text(max_size=30), st.text("Aa.@+,- 0123\u0661x王é", max_size=30))


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_may_stand_in_any_field(first, last, email, phone, country):
    contact = Contact(
        id=UUID(int=1),
        first_name=first,
        last_name=last,
        email=email,
        phone=phone,
        countries=(country,) if country else (),
    )
    other = a_contact(2, email=email, phone=phone)
    assert judged(contact, other).bits == judged(other, contact).bits
