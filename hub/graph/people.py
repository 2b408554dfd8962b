"""Which contact records are the same person: by e-mail address first, else by name, company and telephone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from hub.graph.countries import country_code
from hub.graph.people_addresses import Address, address_of
from hub.graph.people_clusters import clusters_of
from hub.graph.people_knowledge import Traits, learned
from hub.graph.people_names import name_of, told
from hub.graph.people_phones import phone_of, tail
from hub.graph.people_scoring import SAME, UNSURE, VERSION, Comparison, comparisons, score
from hub.model import Evidence, Verdict

Cluster = tuple[UUID, ...]

_COMPANIES_OF_A_PROVIDER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact record, as its source says it. `id` is the record's."""

    id: UUID
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None = None
    accounts: tuple[UUID, ...] = ()
    """Those that the records of its companies belong to."""
    countries: tuple[str, ...] = ()
    """Where these are, as their sources say it: in one country, its numbers are dialed from there."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """What the rules say of two contact records, and why."""

    bits: float
    verdict: Verdict
    evidence: list[Evidence]
    """Each comparison that counts; their bits sum up to `bits`."""
    decided_by: str = VERSION


def people(contacts: Iterable[Contact]) -> list[Cluster]:
    """Every record in one cluster, ids ascending, clusters by their first id."""
    contacts = list(contacts)
    records: dict[Traits, list[UUID]] = defaultdict(list)
    for contact, traits in zip(contacts, _traits(contacts), strict=True):
        records[traits].append(contact.id)
    known = learned(records.keys())
    alone: list[Cluster] = []
    ones: list[tuple[Cluster, Traits]] = []
    for traits, alike in records.items():
        if len(alike) == 1 or score(traits, traits, known) >= SAME:
            ones.append((tuple(sorted(alike)), traits))
        else:  # a million of "Smith" are a million people
            alone += [(id_,) for id_ in alike]
    # By ids, so that the order of records is no part of what follows.
    ones.sort(key=lambda one: one[0][0].int)
    found = clusters_of([traits for _, traits in ones], known)
    return sorted([*alone, *(_joined([ones[each][0] for each in cluster]) for cluster in found)], key=_first)


def _joined(parts: Sequence[Cluster]) -> Cluster:
    return parts[0] if len(parts) == 1 else tuple(sorted(id_ for part in parts for id_ in part))


def _first(cluster: Cluster) -> int:
    return cluster[0].int


def judged(left: Contact, right: Contact, among: Iterable[Contact] = ()) -> Judgment:
    """What the rules say of two records by themselves, whatever others tie them together or keep them apart.

    Others teach how common a name is, and who shares an address or a number: of all contacts, `among` are those with a
    name, address, number or company of the two. Mapping says the same where it has all of them.
    """
    one, other, *others = _traits([left, right, *among])
    found = comparisons(one, other, learned({one, other, *others}))
    bits = sum(each.bits for each in found)
    told_of = [_evidence(each, (left, one), (right, other)) for each in found if each.bits]
    return Judgment(bits, verdict(bits), told_of)


def verdict(bits: float) -> Verdict:
    """What a score says."""
    if bits >= SAME:
        return Verdict.SAME
    return Verdict.UNSURE if bits >= UNSURE else Verdict.DIFFERENT


def _traits(contacts: Sequence[Contact]) -> Iterator[Traits]:
    """What is compared of each. Reading a number takes longest, and one whose end nobody shares decides nothing."""
    addresses = [address_of(each.email) for each in contacts]
    tails = [tail(each.phone) for each in contacts]
    crowd, accounts = Counter(tails), _accounts(contacts, addresses)
    # Remembered as long as this runs: most names and numbers are there more than once, and none should stay.
    name_in, phone_in = cache(name_of), cache(phone_of)
    for each, address, end in zip(contacts, addresses, tails, strict=True):
        told_of = accounts.get(address.company, frozenset()) if address is not None else frozenset()
        if address is not None and len(told_of) >= _COMPANIES_OF_A_PROVIDER:
            address = address._replace(company=None)  # noqa: PLW2901 - what it is in the light of all others
        name = name_in(each.first_name, each.last_name)
        named = _named(each.accounts or (told_of if len(told_of) == 1 else ()))
        yield Traits(
            name=told(name, address.mailbox) if name is not None and address is not None else name,
            address=address,
            phone=phone_in(each.phone or "", _country(each)) if end is not None and crowd[end] > 1 else None,
            accounts=named,
            companies=named if address is None or address.company is None else (*named, address.company),
        )


def _accounts(
    contacts: Iterable[Contact], addresses: Iterable[Address | None]
) -> Mapping[str | None, Collection[UUID]]:
    """The accounts of those who have addresses at a domain: one, at a company's; many, at a provider's."""
    found: dict[str | None, set[UUID]] = defaultdict(set)
    for contact, address in zip(contacts, addresses, strict=True):
        if contact.accounts and address is not None and address.company is not None:
            found[address.company].add(min(contact.accounts))
    return found


def _named(accounts: Iterable[UUID]) -> tuple[str, ...]:
    named = [f"account_{account}" for account in accounts]
    return tuple(sorted(named)) if len(named) > 1 else tuple(named)


def _country(contact: Contact) -> str | None:
    """Where its numbers are dialed; None where its companies are in several countries."""
    countries = {country_code(each) for each in contact.countries} - {None}
    return countries.pop() if len(countries) == 1 else None


def _evidence(found: Comparison, left: tuple[Contact, Traits], right: tuple[Contact, Traits]) -> Evidence:
    return Evidence(
        feature=found.feature, left=_shown(found.feature, *left), right=_shown(found.feature, *right), bits=found.bits
    )


def _shown(feature: str, contact: Contact, traits: Traits) -> str:
    match feature:
        case "email" | "colleagues":
            return contact.email or ""
        case "phone":
            return str(traits.phone)
        case "company":
            return ", ".join(traits.companies)
        case _:
            return " ".join(filter(None, (contact.first_name, contact.last_name)))
