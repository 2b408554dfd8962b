"""Account, Contact and Lead: companies and people, as Salesforce spells them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hub.sandbox.deals import PARTNER_SOURCE
from hub.sandbox.salesforce.custom_fields import custom_fields
from hub.sandbox.salesforce.fields import (
    address,
    computed,
    constant,
    currency,
    is_deleted,
    master_record,
    no_address,
    own_currency,
    owner,
    person,
    refers,
    row_id,
    stamps,
    stored,
    unused,
)
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.programs import partner_fields
from hub.sandbox.salesforce.setup import record_type
from hub.sandbox.salesforce.sobject import Field, Kind, SObject
from hub.sandbox.world import AccountEntry, ContactEntry, LeadEntry

NO_TRUTH = -1
"""What a row speaks of that a client of the sandbox made."""
_INDUSTRIES = ("Banking", "Consulting", "Energy", "Healthcare", "Manufacturing", "Retail", "Technology")


def account(accounts: Iterable[AccountEntry], *, partner_licences: bool) -> SObject[AccountEntry]:
    """Account, with the custom fields that its rows use. Only an org with partner licences has IsPartner."""
    return SObject(
        name="Account",
        label="Account",
        plural="Accounts",
        prefix="001",
        rows=lambda org: org.copy.accounts,
        blank=_blank_account,
        fields=(
            row_id(),
            is_deleted(),
            master_record("Account"),
            *_company(),
            *_billing(),
            *_facts(),
            owner(),
            own_currency(),
            *stamps(),
            *(partner_fields() if partner_licences else ()),
            *custom_fields(accounts),
        ),
    )


def _blank_account(external_id: str, at: datetime) -> AccountEntry:
    return AccountEntry(id=external_id, created_at=at, modified_at=at, truth=NO_TRUTH, name=None)


def _company() -> tuple[Field[Any], ...]:
    return (
        stored("Name", Kind.STRING, "name", length=255, required=True),
        stored("Type", Kind.PICKLIST, "kind", picklist=("Customer", "Prospect", "Partner")),
        record_type("Account", lambda row: "Partner_Account" if row.kind == "Partner" else "Business_Account"),
        refers("ParentId", "parent", "Account", relationship="Parent", children="ChildAccounts"),
    )


def _facts() -> tuple[Field[Any], ...]:
    return (
        stored("Phone", Kind.PHONE, "phone", length=40),
        unused("AccountNumber", Kind.STRING, length=40),
        stored("Website", Kind.URL, "website", length=255),
        stored("Industry", Kind.PICKLIST, "industry", picklist=_INDUSTRIES),
        stored("AnnualRevenue", Kind.CURRENCY, "revenue"),
        _employees(),
        stored("DunsNumber", Kind.STRING, "duns", length=9),
        *(unused(name, Kind.STRING, length=80) for name in ("TickerSymbol", "Site")),
        unused("Description", Kind.TEXTAREA, length=32000),
        unused("AccountSource", Kind.PICKLIST),
    )


def _billing() -> tuple[Field[Any], ...]:
    return (
        stored("BillingStreet", Kind.TEXTAREA, "street", length=255, compound="BillingAddress"),
        stored("BillingCity", Kind.STRING, "city", length=40, compound="BillingAddress"),
        unused("BillingState", Kind.STRING, length=80, compound="BillingAddress"),
        stored("BillingPostalCode", Kind.STRING, "postal_code", length=20, compound="BillingAddress"),
        stored("BillingCountry", Kind.STRING, "country", length=80, compound="BillingAddress"),
        computed(
            "BillingAddress",
            Kind.ADDRESS,
            lambda _, row: address(street=row.street, city=row.city, code=row.postal_code, country=row.country),
        ),
    )


def _employees() -> Field[Any]:
    """An integer here, whatever was typed elsewhere."""

    def write(row: AccountEntry, value: int | None) -> None:
        row.employees = None if value is None else str(value)

    def value(_: Org, row: AccountEntry) -> int | None:
        digits = row.employees or ""
        return int(digits) if digits.isascii() and digits.isdigit() else None

    return Field(name="NumberOfEmployees", kind=Kind.INT, value=value, write=write)


def contact() -> SObject[ContactEntry]:
    """Contact."""
    return SObject(
        name="Contact",
        label="Contact",
        plural="Contacts",
        prefix="003",
        rows=lambda org: org.copy.contacts,
        blank=_blank_contact,
        fields=(
            row_id(),
            is_deleted(),
            master_record("Contact"),
            refers("AccountId", "account", "Account", children="Contacts", cascade=True),
            *person(),
            *no_address("Mailing"),
            stored("Email", Kind.EMAIL, "email", length=80),
            stored("Phone", Kind.PHONE, "phone", length=40),
            unused("MobilePhone", Kind.PHONE, length=40),
            stored("Title", Kind.STRING, "title", length=128),
            unused("Department", Kind.STRING, length=80),
            unused("LeadSource", Kind.PICKLIST),
            unused("ReportsToId", Kind.REFERENCE, references=("Contact",), relationship="ReportsTo"),
            constant("HasOptedOutOfEmail", Kind.BOOLEAN, value=False),
            constant("IsEmailBounced", Kind.BOOLEAN, value=False),
            owner(),
            currency(lambda _: None),
            *stamps(),
        ),
    )


def _blank_contact(external_id: str, at: datetime) -> ContactEntry:
    return ContactEntry(
        id=external_id,
        created_at=at,
        modified_at=at,
        truth=NO_TRUTH,
        account=None,
        first_name=None,
        last_name=None,
    )


def lead(*, partner_licences: bool) -> SObject[LeadEntry]:
    """Lead; once converted, it names what it became. A deal registration is a lead of that record type.

    Only an org with partner licences has PartnerAccountId.
    """
    return SObject(
        name="Lead",
        label="Lead",
        plural="Leads",
        prefix="00Q",
        rows=lambda org: org.copy.leads,
        blank=_blank_lead,
        fields=(
            row_id(),
            is_deleted(),
            master_record("Lead"),
            *person(),
            stored("Company", Kind.STRING, "company", length=255, required=True),
            *_reached_by(),
            stored("LeadSource", Kind.PICKLIST, "lead_source"),
            stored("Status", Kind.PICKLIST, "status", required=True),
            unused("Rating", Kind.PICKLIST),
            record_type("Lead", _lead_record_type),
            computed("IsConverted", Kind.BOOLEAN, lambda _, row: row.converted_on is not None),
            computed("ConvertedDate", Kind.DATE, lambda _, row: row.converted_on),
            *(_converted(name) for name in ("Account", "Contact", "Opportunity")),
            _owner_of_leads(),
            currency(lambda _: None),
            *stamps(),
            *([_partner_account()] if partner_licences else []),
        ),
    )


def _partner_account() -> Field[LeadEntry]:
    def relink(row: LeadEntry, value: str | None) -> None:
        row.partner = value

    return computed(
        "PartnerAccountId",
        Kind.REFERENCE,
        lambda _, row: row.partner,
        references=("Account",),
        relationship="PartnerAccount",
        relink=relink,
    )


def _blank_lead(external_id: str, at: datetime) -> LeadEntry:
    return LeadEntry(
        id=external_id,
        created_at=at,
        modified_at=at,
        company="",
        first_name=None,
        last_name="",
        email=None,
        status="",
    )


def _lead_record_type(row: LeadEntry) -> str:
    return "Deal_Registration" if row.lead_source == PARTNER_SOURCE else "Sales_Lead"


def _reached_by() -> tuple[Field[Any], ...]:
    return (
        unused("Title", Kind.STRING, length=128),
        unused("Street", Kind.TEXTAREA, length=255, compound="Address"),
        unused("City", Kind.STRING, length=40, compound="Address"),
        unused("State", Kind.STRING, length=80, compound="Address"),
        unused("PostalCode", Kind.STRING, length=20, compound="Address"),
        stored("Country", Kind.STRING, "country", length=80, compound="Address"),
        computed("Address", Kind.ADDRESS, lambda _, row: address(country=row.country)),
        *(unused(name, Kind.PHONE, length=40) for name in ("Phone", "MobilePhone")),
        stored("Email", Kind.EMAIL, "email", length=80),
        unused("Website", Kind.URL, length=255),
        unused("Industry", Kind.PICKLIST),
        unused("NumberOfEmployees", Kind.INT),
        unused("AnnualRevenue", Kind.CURRENCY),
    )


def _converted(to: str) -> Field[Any]:
    column = f"converted_{to.lower()}"
    return computed(
        f"Converted{to}Id",
        Kind.REFERENCE,
        lambda _, row: getattr(row, column),
        references=(to,),
        relationship=f"Converted{to}",
    )


def _owner_of_leads() -> Field[Any]:
    """A user or a queue; here always the one user that takes in all leads."""
    return computed(
        "OwnerId",
        Kind.REFERENCE,
        lambda org, _: org.default_user(),
        references=("Group", "User"),
        relationship="Owner",
    )
