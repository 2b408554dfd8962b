"""The kit: what of the quality scale a machine can tell of a connector, with the vendor imitated by its wire.

It needs neither pytest nor a network, so that whoever writes a connector can run it: `hub connector check`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from hub.connectors.conformance import reading, refusals, understanding, webhooks
from hub.connectors.conformance.quality import RULES, Quality, Rule, State
from hub.connectors.conformance.subject import Outcome, Subject
from hub.connectors.registry import FAULTS

__all__ = ["CHECKS", "Finding", "Subject", "finding", "findings", "untrue_claims"]

PATIENCE = 60.0
"""Seconds that one rule may take: a pause that does not go through the wire's `sleep` is a real one."""

CHECKS: Mapping[str, Callable[[Subject], Awaitable[Outcome]]] = {
    "reads-to-the-last-page": reading.reads_to_the_last_page,
    "payloads-understood": understanding.payloads_understood,
    "mapping-is-pure": understanding.mapping_is_pure,
    "errors-by-consequence": refusals.errors_by_consequence,
    "secrets-stay-secret": refusals.secrets_stay_secret,
    "unknown-fields-reported": understanding.unknown_fields_reported,
    "missing-id-refused": understanding.missing_id_refused,
    "streams-reported": understanding.streams_reported,
    "fixtures-for-every-stream": understanding.fixtures_for_every_stream,
    "docs-name-scopes-and-limits": understanding.docs_name_scopes_and_limits,
    "resumes-from-a-bookmark": reading.resumes_from_a_bookmark,
    "second-sync-changes-nothing": reading.second_sync_changes_nothing,
    "whole-streams-are-whole": reading.whole_streams_are_whole,
    "honors-retry-after": refusals.honors_retry_after,
    "expired-token-means-reconnect": refusals.expired_token_means_reconnect,
    "versions-are-ordered": reading.versions_are_ordered,
    "sweeps-agree": reading.sweeps_agree,
    "webhooks-are-verified": webhooks.webhooks_are_verified,
}
"""How each judged rule is judged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the kit found of one rule; nothing is passed or failed where a person must judge."""

    rule: Rule
    passed: bool | None
    seen: str


def untrue_claims(quality: Quality, found: Iterable[Finding]) -> list[Rule]:
    """The rules claimed to be done that the kit can judge and does not see: failed, or about nothing that is there."""
    return [
        each.rule
        for each in found
        if each.rule.is_judged and not each.passed and quality.claims[each.rule.name].state == State.DONE
    ]


async def findings(subject: Subject) -> list[Finding]:
    """One for each rule of the scale, in its order."""
    return [await finding(subject, rule) for rule in RULES]


async def finding(subject: Subject, rule: Rule) -> Finding:
    """What the kit finds of one rule. What the connector raises is a finding, too."""
    if not rule.is_judged:
        return Finding(rule, None, "a person must judge")
    try:
        async with asyncio.timeout(PATIENCE):
            outcome = await CHECKS[rule.name](subject)
    except TimeoutError:
        return Finding(rule, passed=False, seen=f"no end after {PATIENCE:.0f} seconds")
    except FAULTS as error:
        return Finding(rule, passed=False, seen=f"{type(error).__name__}{_place(error)}: {error}")
    return Finding(rule, outcome.passed, outcome.seen)


def _place(error: BaseException) -> str:
    """The file and line it was raised from."""
    frames = extract_tb(error.__traceback__)
    return f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
