"""What a portal keeps of contacts."""

from hub.sandbox.hubspot.association_types import CONTACT_PRIMARY_COMPANY
from hub.sandbox.hubspot.links import linked_by
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import OWNER, Kind, calculated, merged_ids, text
from hub.sandbox.world import AccountEntry, ContactEntry


def _employer_id(entry: ContactEntry, portal: Portal) -> str | None:
    return linked_by(portal, CONTACTS, COMPANIES, entry.id, CONTACT_PRIMARY_COMPANY.forward)


def _employer(entry: ContactEntry, portal: Portal) -> str | None:
    employer_id = _employer_id(entry, portal)
    account: AccountEntry | None = None if employer_id is None else portal.shelf(COMPANIES).found(employer_id)
    return account.name if account is not None else None


PROPERTIES = (
    text("firstname", "First Name", "first_name"),
    text("lastname", "Last Name", "last_name"),
    text("email", "Email", "email", unique=True),
    calculated(
        "hs_additional_emails",
        "Additional email addresses",
        Kind.ENUMERATION,
        lambda entry, _: ";".join(entry.other_emails) or None,
    ),
    text("phone", "Phone Number", "phone", field_type="phonenumber"),
    text("jobtitle", "Job Title", "title"),
    calculated("company", "Company Name", Kind.STRING, _employer),
    calculated("website", "Website URL", Kind.STRING, lambda entry, _: None),
    calculated("associatedcompanyid", "Primary Associated Company ID", Kind.NUMBER, _employer_id),
    calculated(
        "hs_email_domain",
        "Email Domain",
        Kind.STRING,
        lambda entry, _: None if entry.email is None else entry.email.partition("@")[2],
    ),
    calculated(
        "hs_calculated_merged_vids",
        "Merged vids with timestamps of a contact",
        Kind.STRING,
        lambda entry, portal: merged_ids(portal, CONTACTS, entry.id),
    ),
    OWNER,
)
