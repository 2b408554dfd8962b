"""Which contact records are the same person: those with the same e-mail address of their own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from hub.graph.text import folded

_ROLES = frozenset(
    (
        *("abuse", "accounting", "accounts", "admin", "administrator", "ap", "billing", "buchhaltung", "careers"),
        *("compras", "contact", "contacto", "customerservice", "einkauf", "enquiries", "facturation", "finance"),
        *("hello", "help", "helpdesk", "hi", "hostmaster", "hr", "info", "invoice", "invoices", "it", "jobs"),
        *("kontakt", "legal", "mail", "marketing", "media", "no-reply", "noreply", "office", "orders", "partner"),
        *("partners", "postmaster", "press", "privacy", "purchasing", "recruiting", "root", "sales", "security"),
        *("service", "support", "team", "vendas", "ventas", "verkauf", "vertrieb", "webmaster", "welcome"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact record, as its source says it. `id` is the record's."""

    id: UUID
    first_name: str | None
    last_name: str | None
    email: str | None


def people(contacts: Iterable[Contact]) -> list[tuple[UUID, ...]]:
    """Every record in one cluster, ids ascending, clusters by their first id. Without an address a record is alone."""
    records: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    alone: list[tuple[UUID, ...]] = []
    for contact in contacts:
        key = tuple(_key(contact))
        if key:
            records[key].append(contact.id)
        else:
            alone.append((contact.id,))
    return sorted([*alone, *(tuple(sorted(ids)) for ids in records.values())])


def email_address(text: str | None) -> str | None:
    """The address as a key, or None where `text` is none."""
    address = text.strip().removeprefix("mailto:").casefold() if text else ""
    mailbox, _, host = address.rpartition("@")
    return address if mailbox and "." in host and not any(map(str.isspace, address)) else None


def _key(contact: Contact) -> Iterator[str]:
    """A role's mailbox is read by several people, so there the name must be the same too."""
    address = email_address(contact.email)
    if address is None:
        return
    mailbox = address.partition("@")[0].partition("+")[0]
    if mailbox not in _ROLES:
        yield address
        return
    name = folded(f"{contact.first_name or ''} {contact.last_name or ''}")
    if name:
        yield from (address, name)
