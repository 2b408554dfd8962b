"""People: what each connection says about one, and the one human that results."""

from datetime import datetime

import strawberry

from hub import model
from hub.schema.accounts import Account, AccountRecord, Tickets
from hub.schema.fields import Node, column, one, shows
from hub.schema.filters import AccountFilter, AccountRecordFilter, PersonFilter, TicketFilter
from hub.schema.orders import AccountOrder, AccountRecordOrder, PersonOrder, TicketOrder
from hub.schema.paging import Listing, many
from hub.schema.records import SalesUser, Synced
from hub.store import paths


@shows(model.PersonProfile, "One human after matching: what all connections say about them, together.")
class Person(Node):
    """One human."""

    name: str = column(model.PersonProfile.name, 'The name, such as "Ada Example".')
    email: str | None = column(model.PersonProfile.email, 'The e-mail address, such as "ada@acme.example".')
    created_at: datetime = column(model.PersonProfile.created_at, "When the hub first knew of them.")
    contacts: Listing["ContactRecord"] = many(paths.PERSON_CONTACTS, "What each connection says about them.")
    accounts: Listing[Account] = many(
        paths.PERSON_ACCOUNTS, "The companies they belong to.", where=AccountFilter, order=AccountOrder
    )
    tickets: Tickets = many(
        paths.PERSON_TICKETS, "The tickets that they have a part in.", where=TicketFilter, order=TicketOrder
    )


@shows(model.ContactRecord, "What one connection says about one human.")
class ContactRecord(Synced):
    """What one connection says about one human."""

    first_name: str | None = column(model.ContactRecord.first_name, 'The given name, such as "Ada".')
    last_name: str | None = column(model.ContactRecord.last_name, 'The family name, such as "Example".')
    email: str | None = column(model.ContactRecord.email, 'The e-mail address, such as "ada@acme.example".')
    phone: str | None = column(
        model.ContactRecord.phone, 'The phone number as the source writes it, such as "+49 228 555 0100".'
    )
    title: str | None = column(model.ContactRecord.title, 'What they do there, such as "Head of Alliances".')
    person: Person | None = one(paths.CONTACT_PERSON, "The human it speaks of; null until it was mapped.")
    owner: SalesUser | None = one(paths.owner_of(model.ContactRecord), "Who owns it at its source.")
    account_records: Listing[AccountRecord] = many(
        paths.CONTACT_ACCOUNT_RECORDS,
        "Where they work, as the connection says.",
        where=AccountRecordFilter,
        order=AccountRecordOrder,
    )


@strawberry.type
class PersonQueries:
    """What can be asked of people."""

    people: Listing[Person] = many(
        paths.PEOPLE, "The people that the viewer's connections speak of.", where=PersonFilter, order=PersonOrder
    )
