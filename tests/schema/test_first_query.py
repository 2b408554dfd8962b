from decimal import Decimal

from tests.schema.builders import a_connection, an_account, an_account_record, an_opportunity, an_organization

QUERY = """{ accounts(first: 5) { totalCount nodes { id name domain
  records(first: 10) { nodes { name externalId connection { connector organization { name } } } }
  opportunities(first: 3) { nodes { name stage amount { amount currency } } } } } }"""


async def test_the_first_query_of_the_readme_is_answered(ask, session, home):
    partner = await an_organization(session, "Partner")
    ours, theirs = await a_connection(session, home), await a_connection(session, home, partner, "file")
    acme = await an_account(session, "Acme", "acme.com")
    record = await an_account_record(session, ours, acme, name="Acme Inc", external_id="001")
    await an_account_record(session, theirs, acme, name="ACME", external_id="7")
    await an_opportunity(session, ours, record, name="Renewal", amount=Decimal("1200.50"), currency="EUR")

    answer = await ask(QUERY)

    assert "errors" not in answer, answer
    (node,) = answer["data"]["accounts"]["nodes"]
    assert answer["data"]["accounts"]["totalCount"] == 1
    assert (node["name"], node["domain"]) == ("Acme", "acme.com")
    assert node["records"]["nodes"] == [
        {"name": "ACME", "externalId": "7", "connection": {"connector": "file", "organization": {"name": "Partner"}}},
        {
            "name": "Acme Inc",
            "externalId": "001",
            "connection": {"connector": "salesforce", "organization": {"name": "Home"}},
        },
    ]
    assert node["opportunities"]["nodes"] == [
        {"name": "Renewal", "stage": None, "amount": {"amount": "1200.50", "currency": "EUR"}}
    ]
