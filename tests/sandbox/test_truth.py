from hub.sandbox.truth import account_truth, contact_truth, opportunity_truth
from hub.sandbox.world import Fate


def test_every_live_row_has_one_truth(ecosystem):
    copies = (ecosystem.salesforce, ecosystem.hubspot)
    lists = sum(len(partner.accounts) for partner in ecosystem.partners)
    for truth, kind, more in (
        (account_truth, "accounts", lists),
        (contact_truth, "contacts", 0),
        (opportunity_truth, "opportunities", 0),
    ):
        keys = [(system, row) for system, row, _ in truth(ecosystem)]
        live = sum(row.fate is Fate.LIVE for copy in copies for row in getattr(copy, kind))
        assert len(set(keys)) == len(keys) == live + more


def test_a_truth_leads_from_a_row_to_its_company(ecosystem):
    truth = {(system, row): key for system, row, key in account_truth(ecosystem)}
    partner = ecosystem.partners[0]
    assert truth[(partner.name, partner.accounts[0].id)] == partner.accounts[0].truth
    first = next(row for row in ecosystem.hubspot.accounts if row.fate is Fate.LIVE)
    assert ecosystem.companies[truth[("HUBSPOT", first.id)]].key == first.truth
