from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from hub.connectors.salesforce import CONNECTOR
from hub.model import ContactAccount, OpportunityAccount, Removal, RemovalEvidence

from .wire import FIXTURES, payloads

decoded = msgspec.json.Decoder(float_hook=Decimal).decode
TO_RECORDS = {stream.name: stream.to_records for stream in CONNECTOR.streams}


def recorded(stream: str, number: int = 0) -> dict[str, Any]:
    return decoded(msgspec.json.encode(payloads(stream)[number]))


def said(stream: str, number: int = 0, **changed: Any) -> Any:
    """The first record that a recorded payload yields."""
    return next(iter(TO_RECORDS[stream](recorded(stream, number) | changed)))


def test_an_account_is_mapped_whole():
    account = said("accounts")
    assert account.name == "Nordlicht Energie GmbH"
    assert account.website == "www.nordlicht.example"
    assert account.domain is None
    assert (account.employees, account.revenue, account.revenue_currency) == (1200, Decimal("125000000.0"), "EUR")
    assert (account.street, account.city, account.region) == ("Hafenstraße 5\nHaus B", "Hamburg", None)
    assert (account.postal_code, account.country, account.duns) == ("20457", "Germany", "312345678")
    assert account.source_created_at == datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert account.source_modified_at == datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)
    assert account.removal is None


def test_an_orgs_own_fields_are_kept_by_their_names():
    assert said("accounts").custom == {"Renewal_Risk__c": Decimal("0.25"), "Segments__c": "Enterprise;Strategic"}


def test_junk_in_free_text_is_kept_as_it_is():
    assert said("accounts", 1).website == "n/a"


def test_a_merged_account_names_the_one_that_took_its_place():
    account = said("accounts", 1)
    assert account.removal is Removal.MERGED
    assert account.removal_evidence is RemovalEvidence.SOURCE_ROW
    assert account.merged_into == payloads("accounts")[0]["Id"]
    assert account.removed_at == account.source_modified_at


def test_a_deleted_row_without_a_winner_was_not_merged():
    opportunity = said("opportunities", 1)
    assert (opportunity.removal, opportunity.merged_into) == (Removal.DELETED, None)


def test_fields_that_an_org_lacks_are_unknown():
    payload = {
        name: value
        for name, value in recorded("accounts").items()
        if name in {"Id", "IsDeleted", "Name", "CreatedDate", "SystemModstamp"}
    }
    (account,) = TO_RECORDS["accounts"](payload)
    assert (account.website, account.revenue_currency, account.custom) == (None, None, {})


@pytest.mark.parametrize("stream", TO_RECORDS)
@pytest.mark.parametrize("missing", ["Id", "SystemModstamp", "CreatedDate"])
def test_a_payload_that_lacks_what_every_org_has_is_not_understood(stream: str, missing: str):
    payload = recorded(stream)
    del payload[missing]
    with pytest.raises(KeyError):
        list(TO_RECORDS[stream](payload))


@pytest.mark.parametrize(
    ("stream", "changed"),
    [
        ("accounts", {"SystemModstamp": "2026-05-01T07:25:37"}),
        ("accounts", {"NumberOfEmployees": "about 40"}),
        ("accounts", {"NumberOfEmployees": Decimal("0.5")}),
        ("accounts", {"AnnualRevenue": True}),
        ("accounts", {"CurrencyIsoCode": "EURO"}),
        ("accounts", {"IsDeleted": "false"}),
        ("opportunities", {"CloseDate": "31/12/2026"}),
        ("opportunities", {"IsWon": None}),
        ("opportunity_contacts", {"ContactId": None}),
        ("products", {"Name": None}),
    ],
)
def test_a_value_that_breaks_its_type_is_not_guessed(stream: str, changed: dict[str, Any]):
    with pytest.raises((ValueError, TypeError)):
        said(stream, **changed)


def test_a_whole_number_may_be_written_with_an_exponent():
    assert said("accounts", NumberOfEmployees=Decimal("1.0E4")).employees == 10_000


def test_a_contact_is_joined_to_its_account():
    contact, link = TO_RECORDS["contacts"](recorded("contacts"))
    assert (contact.first_name, contact.last_name, contact.email) == ("Ilse", "Brandt", "ilse.brandt@nordlicht.example")
    assert isinstance(link, ContactAccount)
    assert link.external_id == f"{contact.external_id}:{link.account_external_id}"
    assert (link.contact_external_id, link.is_primary, link.custom) == (contact.external_id, True, {})


def test_a_contact_without_an_account_is_joined_to_none():
    assert len(list(TO_RECORDS["contacts"](recorded("contacts", 2)))) == 1


def test_the_link_of_a_merged_contact_is_deleted_rather_than_merged():
    contact, link = TO_RECORDS["contacts"](recorded("contacts", 1))
    assert (contact.removal, link.removal, link.merged_into) == (Removal.MERGED, Removal.DELETED, None)


def test_an_opportunity_is_mapped_whole():
    opportunity, link = TO_RECORDS["opportunities"](recorded("opportunities"))
    assert (opportunity.name, opportunity.stage_external_id) == ("Nordlicht: platform", "Proposal")
    assert (opportunity.amount, opportunity.currency) == (Decimal("250000.1"), "EUR")
    assert opportunity.probability == Decimal("0.6")
    assert opportunity.close_date == date(2026, 12, 31)
    assert (opportunity.is_closed, opportunity.is_won, opportunity.kind) == (False, False, "New Business")
    assert opportunity.custom == {"Margin__c": Decimal("33.3")}
    assert isinstance(link, OpportunityAccount)
    assert link.opportunity_external_id == opportunity.external_id
    assert link.is_primary


def test_an_opportunity_without_an_account_is_joined_to_none():
    assert len(list(TO_RECORDS["opportunities"](recorded("opportunities", 2)))) == 1


def test_roles_in_a_deal_name_both_ends():
    contact, partner = said("opportunity_contacts"), said("opportunity_partners")
    assert (contact.role, contact.is_primary) == ("Decision Maker", True)
    assert (partner.role, partner.is_primary) == ("Reseller", True)
    assert contact.opportunity_external_id == partner.opportunity_external_id == payloads("opportunities")[0]["Id"]
    assert contact.contact_external_id == payloads("contacts")[0]["Id"]
    assert partner.account_external_id == payloads("opportunity_partners")[0]["AccountToId"]


def test_a_user_is_never_deleted_but_may_be_inactive():
    assert (said("users").name, said("users").is_active) == ("Mara Oduya", True)
    assert (said("users", 1).is_active, said("users", 1).removal) == (False, None)


def test_a_stage_is_known_by_the_name_that_deals_hold():
    won = said("stages", 1)
    assert (won.name, won.label, won.position) == ("Closed Won", "Closed Won", 2)
    assert (won.probability, won.is_closed, won.is_won) == (1, True, True)


def test_a_line_keeps_its_quantities_to_the_last_digit():
    line = said("opportunity_lines", 1)
    assert (line.quantity, line.unit_price, line.total_price) == (Decimal("1.5"), Decimal("99.95"), Decimal("149.93"))
    assert line.currency == "EUR"


def test_a_stage_change_happened_when_its_row_was_made():
    change = said("stage_changes")
    assert change.changed_at == change.source_created_at
    assert (change.stage_external_id, change.close_date) == ("Proposal", date(2026, 12, 31))
    assert said("stage_changes", 2).close_date is None


def test_a_converted_lead_names_what_it_became():
    lead = said("leads", 2)
    assert (lead.is_converted, lead.converted_at) == (True, date(2026, 6, 11))
    assert lead.converted_account_external_id == payloads("accounts")[2]["Id"]
    assert lead.converted_contact_external_id == payloads("contacts")[2]["Id"]
    assert lead.converted_opportunity_external_id is None


def test_a_campaign_and_its_members():
    campaign, member = said("campaigns"), said("campaign_members")
    assert (campaign.kind, campaign.budgeted_cost, campaign.starts_on) == (
        "Webinar",
        Decimal("5000.0"),
        date(2026, 4, 1),
    )
    assert member.campaign_external_id == campaign.external_id
    assert (member.lead_external_id, member.contact_external_id) == (payloads("leads")[0]["Id"], None)
    assert (member.has_responded, member.responded_on) == (True, None)


def test_an_archived_product_is_not_a_deleted_one():
    removals = [said("products", number).removal for number in range(3)]
    assert removals == [None, Removal.DELETED, Removal.ARCHIVED]


def test_bodies_that_a_real_org_sent_are_read():
    body = decoded((FIXTURES / "recorded/read-opportunity-with-account.json").read_bytes())
    amounts = [said("opportunities", **row).amount for row in body["records"]]
    assert amounts == [50000, 30000]


def test_a_relation_says_only_what_the_contact_does_not():
    assert said("contact_accounts").is_primary is False
    assert said("contact_accounts", 2).label == "Decision Maker;Executive Sponsor"
    relate = TO_RECORDS["contact_accounts"]
    assert list(relate(recorded("contact_accounts", 2) | {"Roles": None})) == []
    assert list(relate(recorded("contact_accounts") | {"IsActive": False})) == []


def test_a_partner_of_no_company_is_left_out():
    assert said("account_partners").partner_external_id == "001d000000Prtn1AAB"
    assert list(TO_RECORDS["account_partners"](recorded("account_partners") | {"AccountFromId": None})) == []


def test_what_was_granted_is_told_from_what_was_asked_for():
    request = said("fund_requests")
    assert (request.amount, request.requested_amount, request.currency) == (Decimal(4000), Decimal(5000), "EUR")
    claim = said("fund_claims")
    assert (claim.status, claim.amount) == ("Paid", Decimal("3900.99"))


def test_a_deal_registration_is_a_lead_of_that_kind():
    kind = said("record_types")
    assert (kind.name, kind.kind) == ("Deal_Registration", "Lead")
    lead = said("leads", RecordTypeId=kind.external_id, PartnerAccountId="001d000000Prtn1AAB")
    assert lead.record_type_external_id == kind.external_id
    assert lead.partner_external_id == "001d000000Prtn1AAB"


def test_no_partner_brought_a_lead_in_an_org_without_partner_licences():
    assert said("leads").partner_external_id is None


def test_a_member_of_a_program_is_an_account_at_a_level():
    member, level = said("program_members"), said("program_levels")
    assert (member.program_external_id, member.level_external_id) == (level.program_external_id, level.external_id)
    assert (level.name, level.rank) == ("Gold", 1)
