"""What HubSpot's payloads mean, fact by fact."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hub.connectors.hubspot import CONNECTOR, mapping
from hub.connectors.hubspot.properties import currency, flag, instant, number, share, whole
from hub.model import OpportunityAccount, OpportunityPartner, Removal, RemovalEvidence

from .wire import payloads


def mapped(stream):
    to_records = {each.name: each.to_records for each in CONNECTOR.streams}[stream]
    return [record for payload in payloads(stream) for record in to_records(payload)]


def a_company(**properties):
    return {
        "id": "1",
        "properties": properties,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-02T00:00:00.000Z",
        "archived": False,
    }


def a_link(*types, to=22):
    entries = [{"category": category, "typeId": type_id, "label": label} for category, type_id, label in types]
    return {"from": {"id": "11"}, "to": [{"toObjectId": to, "associationTypes": entries}]}


def test_a_company_keeps_what_its_text_values_mean():
    volkman = mapped("accounts")[0]
    assert (volkman.name, volkman.domain, volkman.employees) == ("Volkman GmbH", "volkman.example", 250)
    assert (volkman.revenue, volkman.revenue_currency) == (Decimal("1.5E7"), "EUR")
    assert (volkman.street, volkman.kind) == ("Hauptstr. 1\nHinterhaus", "PARTNER")
    assert (volkman.parent_external_id, volkman.owner_external_id) == ("29022297001", "641850122")
    assert volkman.source_modified_at == datetime(2026, 5, 6, 19, 26, 18, 36000, UTC)


def test_the_accounts_own_properties_are_custom_and_hubspots_own_are_not():
    assert mapped("accounts")[0].custom == {
        "lifecyclestage": "customer",
        "partner_tier": "Gold",
        "is_strategic": "true",
    }


def test_further_domains_and_addresses_are_kept():
    [record] = mapping.account(a_company(hs_additional_domains="b.example;c.example", hs_all_owner_ids="7"))
    assert record.custom == {"hs_additional_domains": "b.example;c.example"}


def test_a_ticket_says_what_its_text_values_mean():
    closed, bare = mapped("tickets")
    assert (closed.subject, closed.priority, closed.kind) == ("The export stops at page 40", "HIGH", "PRODUCT_ISSUE")
    assert (closed.pipeline_external_id, closed.stage_external_id) == ("0", "4")
    assert closed.closed_at == datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    assert closed.custom == {"partner_case": "P-77"}
    assert (bare.subject, bare.description, bare.closed_at, bare.custom) == (None, None, None, {})


def test_a_tickets_stage_is_closed_where_its_state_says_so():
    assert [(stage.label, stage.is_closed, stage.is_won) for stage in mapped("ticket_stages")] == [
        ("New", False, None),
        ("Closed", True, None),
    ]


def test_junk_in_a_number_leaves_the_field_unknown_and_the_text_in_custom():
    holding = mapped("accounts")[1]
    assert holding.employees is None
    assert holding.custom == {"numberofemployees": "12;34"}


@pytest.mark.parametrize("emptied", ["", None])
def test_an_emptied_value_is_no_value(emptied):
    [record] = mapping.account(a_company(name=emptied, annualrevenue=emptied, tier=emptied))
    assert (record.name, record.revenue, record.custom) == (None, None, {})


def test_text_loses_the_nul_that_the_database_cannot_hold():
    [record] = mapping.account(a_company(name="Ac\x00me", note="a\x00b"))
    assert (record.name, record.custom) == ("Acme", {"note": "ab"})


def test_an_archived_company_is_removed_on_the_evidence_of_the_archive():
    removed = mapped("accounts")[2]
    assert (removed.removal, removed.removal_evidence) == (Removal.ARCHIVED, RemovalEvidence.ARCHIVED_FEED)
    assert removed.removed_at == datetime(2026, 4, 30, 10, 11, 12, 345000, UTC)


def test_a_live_company_is_not_removed():
    live = mapped("accounts")[0]
    assert (live.removal, live.removal_evidence, live.removed_at) == (None, None, None)


def test_a_survivor_names_the_records_merged_into_it():
    survivor = payloads("accounts")[0]
    stones = list(mapping.merged_away(survivor["id"], survivor["properties"]["hs_merged_object_ids"]))
    assert [(stone.external_id, stone.merged_into) for stone in stones] == [
        ("29022290001", "29022297485"),
        ("29022290002", "29022297485"),
    ]
    assert {stone.removal for stone in stones} == {Removal.MERGED}


def test_a_survivor_is_not_merged_into_itself():
    assert [stone.external_id for stone in mapping.merged_away("7", "5; 7;")] == ["5"]


def test_recorded_contacts_are_understood():
    johnnie = mapped("contacts")[0]
    assert (johnnie.external_id, johnnie.first_name, johnnie.last_name) == ("501", "Johnnie", "Heller")
    assert (johnnie.email, johnnie.phone) == ("johnnie77@freemail.example", None)


def test_a_deal_closes_on_the_day_that_its_instant_has_in_utc():
    rollout, won = mapped("opportunities")
    assert rollout.close_date == date(2026, 6, 30)
    assert won.close_date == date(2026, 1, 1)


def test_a_deal_knows_its_stage_and_what_that_means():
    rollout, won = mapped("opportunities")
    assert (rollout.pipeline_external_id, rollout.stage_external_id) == ("default", "contractsent")
    assert (rollout.probability, rollout.is_closed, rollout.is_won) == (Decimal("0.9"), False, False)
    assert (won.probability, won.is_closed, won.is_won) == (Decimal(1), True, True)


def test_money_without_a_currency_stays_without_one():
    rollout, won = mapped("opportunities")
    assert (rollout.amount, rollout.currency) == (Decimal("5000.00"), "EUR")
    assert (won.amount, won.currency) == (None, None)


def test_recorded_stages_are_those_of_their_pipeline():
    stages = mapped("stages")
    assert [stage.position for stage in stages] == list(range(len(stages)))
    first, won, lost = stages[0], stages[5], stages[6]
    assert (first.external_id, first.name) == ("default:appointmentscheduled", "appointmentscheduled")
    assert (first.probability, first.is_closed, first.is_won) == (Decimal("0.2"), False, False)
    assert (won.name, won.is_closed, won.is_won) == ("closedwon", True, True)
    assert (lost.name, lost.is_closed, lost.is_won) == ("closedlost", True, False)


def test_the_default_pipeline_is_not_from_1970():
    [pipeline] = mapped("pipelines")
    assert (pipeline.external_id, pipeline.label) == ("default", "Sales Pipeline")
    assert pipeline.source_created_at is None


def test_a_stage_that_says_nothing_of_its_meaning_means_nothing():
    [stage] = mapping.stages(
        {
            "id": "p",
            "stages": [
                {
                    "id": "s",
                    "label": "S",
                    "displayOrder": 3,
                    "metadata": {},
                    "createdAt": "2026-01-01T00:00:00Z",
                    "updatedAt": "2026-01-01T00:00:00Z",
                }
            ],
        }
    )
    assert (stage.is_closed, stage.is_won, stage.probability) == (None, None, None)


def test_an_owner_is_a_user_known_by_id_and_an_archived_one_is_inactive():
    ida, queue, tom = mapped("users")
    assert (ida.external_id, ida.name, ida.is_active, ida.removal) == ("641850122", "Ida Novak", True, None)
    assert (queue.name, queue.email) == (None, None)
    assert (tom.is_active, tom.removal) == (False, Removal.ARCHIVED)


def test_a_line_item_belongs_to_the_deal_it_is_associated_with():
    line, single, withdrawn = mapped("opportunity_lines")
    assert (line.opportunity_external_id, line.product_external_id) == ("479475667160", "8100001")
    assert (line.quantity, line.unit_price, line.total_price) == (Decimal(2), Decimal("2500.00"), Decimal("5000.00"))
    assert (single.opportunity_external_id, single.product_external_id, single.quantity) == (None, None, None)
    assert (withdrawn.opportunity_external_id, withdrawn.removal) == (None, Removal.ARCHIVED)


def test_a_line_item_of_two_deals_is_not_understood():
    payload = payloads("opportunity_lines")[0]
    payload["associations"]["deals"]["results"] *= 2
    assert len(list(mapping.opportunity_line(payload))) == 1
    other = dict(payload["associations"]["deals"]["results"][0], toObjectId=5)
    payload["associations"]["deals"]["results"].append(other)
    with pytest.raises(ValueError, match="several deals"):
        list(mapping.opportunity_line(payload))


def test_a_product_needs_a_name():
    assert mapped("products")[0].code == "CP-1"
    with pytest.raises(ValueError, match="without a name"):
        list(mapping.product(a_company(name="")))


def test_a_lead_speaks_of_its_person_and_company():
    [lead] = mapped("leads")
    assert (lead.company, lead.first_name, lead.status) == ("Brightwell", "Ida", "new-stage-id")
    assert lead.is_converted is None  # HubSpot does not say


def test_the_primary_company_of_a_contact_is_one_link_with_its_id_as_text():
    link = mapped("contact_accounts")[0]
    assert (link.external_id, link.account_external_id) == ("501:29022297485", "29022297485")
    assert (link.label, link.is_primary) == (None, True)


def test_each_label_of_a_pair_is_a_link():
    roles = [(role.contact_external_id, role.role) for role in mapped("opportunity_contacts")]
    assert roles == [
        ("501", "Decision maker"),
        ("501", "Billing contact"),
        ("103107104018", None),
        ("171596044869", None),
    ]


def test_a_company_with_a_partners_label_is_a_partner_and_nothing_else():
    records = mapped("opportunity_accounts")
    partners = [(r.account_external_id, r.role) for r in records if isinstance(r, OpportunityPartner)]
    accounts = [(r.account_external_id, r.label, r.is_primary) for r in records if isinstance(r, OpportunityAccount)]
    assert partners == [("29022297001", "Reseller")]
    assert accounts == [
        ("29022297485", None, True),
        ("29022297777", "End customer", False),
        ("29022297777", "Invoice to", False),
        ("29022297001", None, True),
    ]


def test_the_primary_company_may_be_a_partner_as_well():
    payload = a_link(("HUBSPOT_DEFINED", 5, "Primary"), ("USER_DEFINED", 501, "reseller"))
    assert {type(record) for record in mapping.opportunity_accounts(payload)} == {
        OpportunityAccount,
        OpportunityPartner,
    }


def test_the_labels_of_partners_are_those_that_the_payload_names():
    payload = a_link(("USER_DEFINED", 9, "Alliance")) | {"partnerLabels": ["Alliance"]}
    assert [type(record) for record in mapping.opportunity_accounts(payload)] == [OpportunityPartner]
    payload = a_link(("USER_DEFINED", 9, "Reseller")) | {"partnerLabels": ["Alliance"]}
    assert [type(record) for record in mapping.opportunity_accounts(payload)] == [OpportunityAccount]


def test_a_label_of_ones_own_called_primary_does_not_make_a_link_primary():
    [link] = mapping.contact_accounts(a_link(("USER_DEFINED", 9, "Primary")))
    assert (link.label, link.is_primary) == ("Primary", False)


@pytest.mark.parametrize("stream", CONNECTOR.streams, ids=lambda stream: stream.name)
def test_every_field_of_the_fixtures_is_known(stream):
    assert set().union(*payloads(stream.name)) <= stream.fields


@pytest.mark.parametrize("missing", ["id", "properties", "createdAt", "updatedAt"])
def test_a_record_without_a_mandatory_field_is_not_understood(missing):
    payload = a_company(name="Acme")
    del payload[missing]
    with pytest.raises(KeyError):
        list(mapping.account(payload))


@pytest.mark.parametrize("wrong", [None, 5, ""])
def test_what_is_no_id_is_refused(wrong):
    with pytest.raises(TypeError):
        mapping.record_key({"id": wrong})


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-03-09T20:29:45.981Z", datetime(2026, 3, 9, 20, 29, 45, 981000, UTC)),
        ("1767225600000", datetime(2026, 1, 1, tzinfo=UTC)),
        ("-1", datetime(1969, 12, 31, 23, 59, 59, 999000, UTC)),
        ("2026-03-09", datetime(2026, 3, 9, tzinfo=UTC)),
        ("2024-09-19T04:30:45-08:00", datetime(2024, 9, 19, 12, 30, 45, tzinfo=UTC)),
    ],
)
def test_instants_come_in_three_spellings(text, stamp):
    assert instant(text) == stamp


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        (instant, "12026-01-01T00:00:00Z"),
        (instant, "9" * 18),
        (number, "12;34"),
        (number, "NaN"),
        (number, "Infinity"),
        (number, "1E400"),
        (whole, "1.5"),
        (whole, "99999999999"),
        (share, "20"),
        (share, "-0.1"),
        (flag, "yes"),
        (currency, "Euro"),
    ],
)
def test_what_is_not_of_its_type_is_refused(meaning, text):
    with pytest.raises(ValueError, match=r"n|N|I"):
        meaning(text)


def test_true_is_spelled_in_several_ways():
    assert [flag(text) for text in ("true", "TRUE", "1", "false", "0")] == [True, True, True, False, False]


def test_numbers_are_exact():
    assert (number("1.5E7"), whole("250.0"), number(" 0.10 ")) == (Decimal(15_000_000), 250, Decimal("0.10"))
    assert currency(" eur") == "EUR"
