"""What a portal keeps of leads."""

from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import Kind, calculated, text
from hub.sandbox.world import LeadEntry


def _lead_name(entry: LeadEntry, _: Portal) -> str:
    return " ".join(part for part in (entry.first_name, entry.last_name) if part) + f" - {entry.company}"


PROPERTIES = (
    calculated("hs_lead_name", "Lead name", Kind.STRING, _lead_name),
    text("hs_pipeline_stage", "Lead Pipeline Stage", "status", kind=Kind.ENUMERATION),
    text("hs_associated_company_name", "Associated Company Name", "company"),
    text("hs_associated_contact_firstname", "Associated Contact First Name", "first_name"),
    text("hs_associated_contact_lastname", "Associated Contact Last Name", "last_name"),
    text("hs_associated_contact_email", "Associated Contact Email", "email"),
    text("lead_source", "Lead source", "lead_source", custom=True),
    text("country", "Country", "country", custom=True),
)
