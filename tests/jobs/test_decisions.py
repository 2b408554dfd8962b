"""Decisions from a person's word to accounts and back, through whole mappings."""

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text

from hub.errors import InputError, NotFound
from hub.graph.scoring import VERSION
from hub.jobs.mapping import map_accounts
from hub.model import (
    AccountMembership,
    AccountRecord,
    AccountRedirect,
    Decision,
    Issue,
    IssueKind,
    Match,
    Opportunity,
    OpportunityAccount,
    Restatement,
    Review,
    Verdict,
)
from hub.store import decisions, measures, organizations, reviews
from hub.store.database import Database

SAME, DIFFERENT, RELATED, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.RELATED, Verdict.UNSURE


@pytest.fixture
def decide(database: Database):
    """Decides about two records by their external ids, and maps."""

    async def decide(left: str, verdict: Verdict, right: str, reason: str | None = None) -> UUID:
        async with database.session() as session:
            id_of = {row.external_id: row.id for row in await session.scalars(select(AccountRecord))}
            pair = {"left_id": id_of[left], "right_id": id_of[right]}
            said = Decision(**pair, verdict=verdict, reason=reason, decided_by="cli:sam")
            found = await decisions.decide(session, said)
        await map_accounts(database)
        return found

    return decide


def a_record(key: str, name: str | None = "Acme Rockets", website: str | None = None, **more: object) -> AccountRecord:
    return AccountRecord(external_id=key, name=name, website=website, **more)


ALIKE = [a_record("1", "Siemens AG", "siemens.com"), a_record("2", "Siemens", "siemens.com")]


async def every(database: Database, model):
    async with database.session() as session:
        return (await session.scalars(select(model))).all()


async def accounts(database: Database) -> dict[str, UUID]:
    return {record.external_id: record.account_id for record in await every(database, AccountRecord)}


async def the_match(database: Database) -> Match:
    (match,) = await every(database, Match)
    return match


async def withdrawn(database: Database, decision_id: UUID) -> None:
    async with database.session() as session:
        await decisions.withdraw(session, decision_id, "cli:ada")
    await map_accounts(database)


async def test_a_different_splits_an_account_and_its_withdrawal_brings_back_the_same_one(database, given, decide):
    await given(*ALIKE, a_record("3", "Siemens AG", "siemens.com"))
    await map_accounts(database)
    (before,) = set((await accounts(database)).values())

    decision = await decide("2", DIFFERENT, "1", "another branch")

    split = await accounts(database)
    assert split["1"] == split["3"] == before != split["2"]
    memberships = await every(database, AccountMembership)
    assert {(each.account_id, each.valid_to is None) for each in memberships} == {
        (before, True),
        (before, False),
        (split["2"], True),
    }
    assert await every(database, AccountRedirect) == []

    await withdrawn(database, decision)

    assert set((await accounts(database)).values()) == {before}
    (redirect,) = await every(database, AccountRedirect)
    assert (redirect.retired_id, redirect.account_id) == (split["2"], before)
    (kept,) = await every(database, Decision)
    assert (kept.verdict, kept.reason, kept.decided_by, kept.withdrawn_by) == (
        DIFFERENT,
        "another branch",
        "cli:sam",
        "cli:ada",
    )
    assert kept.withdrawn_at is not None


async def test_the_match_tells_the_persons_verdict_beside_the_score_of_the_rules(database, given, decide):
    await given(*ALIKE)
    await map_accounts(database)
    ruled = await the_match(database)
    assert (ruled.verdict, ruled.rule_verdict, ruled.decided_by) == (SAME, SAME, VERSION)

    decision = await decide("1", RELATED, "2")

    told = await the_match(database)
    assert (told.verdict, told.rule_verdict, told.decided_by) == (RELATED, SAME, "cli:sam")
    assert (told.score, told.evidence) == (ruled.score, ruled.evidence)
    await withdrawn(database, decision)
    again = await the_match(database)
    assert (again.verdict, again.decided_by) == (SAME, VERSION)


async def test_what_the_rules_never_compared_is_joined_and_has_a_match_without_a_score(database, given, decide):
    await given(a_record("1", "Acme Rockets", "acme.example"), a_record("2", "Zenith", "zenith.example"))

    await decide("1", SAME, "2")

    of = await accounts(database)
    assert of["1"] == of["2"]
    match = await the_match(database)
    assert (match.verdict, match.rule_verdict, match.score, match.evidence) == (SAME, None, 0, [])


async def test_deciding_otherwise_withdraws_what_was_decided_before_and_the_same_again_does_not(
    database, given, decide
):
    await given(*ALIKE)
    first = await decide("1", DIFFERENT, "2", " because ")
    assert await decide("2", DIFFERENT, "1", "because") == first

    second = await decide("1", SAME, "2")

    rows = {row.id: row for row in await every(database, Decision)}
    assert set(rows) == {first, second}
    assert (rows[first].withdrawn_by, rows[second].withdrawn_at) == ("cli:sam", None)
    with pytest.raises(NotFound, match="withdrawn already"):
        await withdrawn(database, first)


async def test_what_was_said_since_the_last_mapping_keeps_rows_from_being_created(database, given, decide):
    """Write-back creates rows of accounts only while mapping has nothing left to say of the connection's records."""
    await given(*ALIKE)
    decision = await decide("1", DIFFERENT, "2")
    assert await every(database, Restatement) == []

    async with database.session() as session:
        await decisions.withdraw(session, decision, "cli:ada")

    assert len(await every(database, Restatement)) == 2
    await map_accounts(database)
    assert await every(database, Restatement) == []


async def test_what_cannot_be_decided_is_refused(database, given, decide):
    await given(*ALIKE)
    with pytest.raises(InputError, match="with itself"):
        await decide("1", SAME, "1")
    for reason in ("x" * 1001, "nul \0"):
        with pytest.raises(InputError, match="up to 1,000 characters"):
            await decide("1", SAME, "2", reason)
    assert await every(database, Decision) == []


async def test_a_decision_sleeps_while_a_record_is_gone_and_holds_when_it_is_back(database, given, decide):
    await given(*ALIKE)
    await decide("1", DIFFERENT, "2")
    apart = await accounts(database)
    for removal in ("'DELETED'", "null"):
        async with database.session() as session:
            await session.execute(text(f"update account_record set removal = {removal} where external_id = '2'"))
        await map_accounts(database)
        assert [each.verdict for each in await every(database, Match)] == ([DIFFERENT] if removal == "null" else [])
    assert await accounts(database) == apart


async def test_contradicting_decisions_are_told_until_one_is_withdrawn(database, given, decide):
    await given(*(a_record(key, f"{name} Works") for key, name in zip("123", ("Alpha", "Beta", "Gamma"), strict=True)))
    older = await decide("1", SAME, "2")
    apart = await decide("1", DIFFERENT, "3")
    newer = await decide("2", SAME, "3")

    (issue,) = await every(database, Issue)
    of = await accounts(database)
    assert (issue.kind, issue.subject, issue.resolved_at) == (IssueKind.CONTRADICTION, f"decision_{older}", None)
    assert f"DIFFERENT of decision_{apart}" in issue.message
    assert of["2"] == of["3"] != of["1"]

    await withdrawn(database, newer)

    (issue,) = await every(database, Issue)
    of = await accounts(database)
    assert issue.resolved_at is not None
    assert of["1"] == of["2"] != of["3"]


BRANDS = ("Quorvix", "Zebrandt", "Ollimar", "Tavonic")


def doubtful(number: int) -> list[AccountRecord]:
    """Two records that the rules are unsure about: one name of two legal forms."""
    return [a_record(f"{number}a", f"{BRANDS[number]} GmbH"), a_record(f"{number}b", f"{BRANDS[number]} AG")]


def a_deal(key: str, amount: str | None, currency: str | None, *, is_closed: bool = False) -> Opportunity:
    money = Decimal(amount) if amount else None
    return Opportunity(external_id=key, name=key, amount=money, currency=currency, is_closed=is_closed)


def about(deal: str, account: str) -> OpportunityAccount:
    return OpportunityAccount(
        external_id=f"{deal}-{account}", opportunity_external_id=deal, account_external_id=account
    )


async def queue(database: Database) -> list[reviews.Waiting]:
    async with database.session() as session:
        home = await organizations.home(session)
        return await reviews.first(session, home.id, 10)


async def test_the_queue_is_ordered_by_open_money_in_average_deals_of_its_currency(database, given):
    await given(*(record for number in range(4) for record in doubtful(number)))
    deals = [
        (a_deal("small", "100", "EUR"), "0a"),
        (a_deal("large", "300", "EUR"), "1b"),
        (a_deal("yen", "50000", "JPY"), "2a"),
        (a_deal("won", "900000", "EUR", is_closed=True), "3a"),
        (a_deal("unknown", None, "EUR"), "3b"),
    ]
    await given(*(deal for deal, _ in deals), stream="deals")
    await given(*(about(deal.external_id, account) for deal, account in deals), about("large", "1a"), stream="deals")

    await map_accounts(database)

    waiting = await queue(database)
    assert [each.left.external_id[0] for each in waiting] == ["1", "2", "0", "3"]
    assert [each.amounts for each in waiting] == [
        [{"amount": "300", "currency": "EUR"}],
        [{"amount": "50000", "currency": "JPY"}],
        [{"amount": "100", "currency": "EUR"}],
        [],
    ]
    assert [row.stake for row in sorted(await every(database, Review), key=lambda row: -row.priority)] == [
        Decimal("1.5"),
        1,
        Decimal("0.5"),
        0,
    ]


async def test_a_decided_pair_leaves_the_queue_at_once_and_one_left_open_stays(database, given, decide):
    await given(*doubtful(0), *doubtful(1))
    await map_accounts(database)
    assert len(await queue(database)) == 2

    await decide("0a", UNSURE, "0b")
    assert len(await queue(database)) == 2
    async with database.session() as session:
        first = (await session.scalars(select(Match).where(Match.decided_by == VERSION))).one()
        said = Decision(left_id=first.right_id, right_id=first.left_id, verdict=SAME, decided_by="cli:sam")
        await decisions.decide(session, said)

    (left,) = await queue(database)
    assert left.left.external_id.startswith("0")
    await map_accounts(database)
    assert len(await queue(database)) == 1


async def test_the_rules_are_measured_on_what_people_decided(database, given, decide):
    await given(*ALIKE, *doubtful(0), a_record("9", "Omega Works"), a_record("8", "Sigma Shop"))
    await decide("1", SAME, "2")  # as the rules say
    await decide("0a", SAME, "0b")  # the rules are unsure
    await decide("9", SAME, "8")  # the rules never compared them
    await decide("9", UNSURE, "1")

    async def measured() -> tuple[int, ...]:
        async with database.session() as session:
            home = await organizations.home(session)
            found = await measures.measured(session, home.id)
            return found.right, found.wrong, found.missed, found.kept_apart

    assert await measured() == (1, 0, 2, 0)
    await decide("1", RELATED, "2")
    await decide("9", DIFFERENT, "8")
    assert await measured() == (0, 1, 1, 1)
