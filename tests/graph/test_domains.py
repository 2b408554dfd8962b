import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from hub.graph.domains import corner, is_shared, registrable_domain

SUFFIXES = PublicSuffixList()

SHAPES = [
    ("acme.com", "acme.com", "a bare domain"),
    ("https://www.Acme.co.uk/x?y=1#z", "acme.co.uk", "a URL below a suffix of two parts"),
    ("//www.acme.com", "acme.com", "a URL without scheme"),
    ("http:/acme.com", "acme.com", "a slash too few"),
    ("https://https://acme.com/", "acme.com", "a scheme too many"),
    ("HTTPS//acme.com", "acme.com", "a colon too few"),
    ("jane@mail.acme.com", "acme.com", "an e-mail address"),
    ("mailto:jane@acme.com", "acme.com", "a link to an e-mail address"),
    ("Jane <jane@acme.com>", "acme.com", "an address with a name"),
    ("user:secret@acme.com:8080", "acme.com", "credentials and a port"),
    ("acme.com; acme.de", "acme.com", "the first of several"),
    ("Visit us: www.acme.com!", "acme.com", "prose around it"),
    ("acme.com.", "acme.com", "the final dot of DNS"),
    ("münchen.de", "xn--mnchen-3ya.de", "letters beyond ASCII"),
    ("acme。com", "acme.com", "the full stop of Chinese"),
    ("acme.github.io", "acme.github.io", "a tenant is a domain of its own"),
    ("https://sites.google.com/view/acme", "sites.google.com", "a shared host below a company's domain"),
    ("about.google.com", "google.com", "another host of that company"),
    ("www.acme.example", "acme.example", "a reserved top-level domain"),
    ("example", None, "only a top-level domain"),
    ("co.uk", None, "only a public suffix"),
    ("acme.con", None, "no such top-level domain"),
    ("n/a", None, "no domain"),
    ("localhost", None, "no dot"),
    ("192.168.0.1", None, "an address"),
    ("http://[::1]/", None, "an address of version 6"),
    ("www.acme..com", None, "an empty label"),
    ("-acme-.com", None, "a label no host may have"),
    ("ü" * 70 + ".de", None, "a label too long to encode"),
    ("a." * 200 + "com", None, "a host too long"),
    ("x" * 100_000, None, "a wall of text"),
    ("", None, "nothing"),
    (None, None, "no text"),
]


@pytest.mark.parametrize(("text", "domain", "why"), SHAPES, ids=[why for *_, why in SHAPES])
def test_a_domain_is_found_in_any_shape(text, domain, why):
    assert registrable_domain(text) == domain


@given(st.text())
def test_any_text_gives_a_domain_of_lower_case_ascii_or_none(text):
    domain = registrable_domain(text)
    assert domain is None or (domain.isascii() and domain == domain.lower() and "." in domain)


@given(st.from_regex(r"[a-z0-9]{1,20}\.(com|de|co\.uk|example)", fullmatch=True))
def test_a_registrable_domain_is_its_own(domain):
    assume(SUFFIXES.is_private(domain))  # cn.com is a suffix
    assert registrable_domain(domain) == domain
    assert registrable_domain(f"https://www.{domain}/a") == domain


@pytest.mark.parametrize(
    "text", ["gmail.com", "https://www.linkedin.com/company/acme", "mailinator.com", "todayir.com"]
)
def test_hosts_of_many_are_shared(text):
    assert is_shared(registrable_domain(text))


def test_a_company_is_not_shared():
    assert not is_shared("google.com")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("https://labs.acme.com", "labs"),
        ("acme.com/labs", "labs"),
        ("https://www.acme.com/en/labs.html?x=1#y", "labs"),
        ("https://shop.acme.co.uk/Berlin/", "shop berlin"),
        ("https://user@labs.acme.com:8080/", "labs"),
        ("acme.com", ""),
        ("https://www.acme.com/de", ""),
        ("https://www.acme.com/about-us/", ""),
        ("https://acmelabs.acme.com", ""),
        ("https://labs.other.com", ""),
        ("junk", ""),
    ],
)
def test_a_url_leads_to_a_corner_of_its_site_or_to_all_of_it(text, part):
    domain = "acme.co.uk" if "co.uk" in text else "acme.com"
    assert corner(text, domain) == part


@given(st.text())
def test_any_path_is_a_corner_or_none(text):
    assert corner(f"https://acme.com/{text}", "acme.com") == corner(f"www.acme.com/{text}", "acme.com")
