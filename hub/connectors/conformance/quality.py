"""The quality scale: its rules, and what a connector's quality.toml claims of them."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hub.errors import InputError


class Level(StrEnum):
    """How far a connector is; each level includes those before it."""

    BRONZE = "bronze"
    """It may be used."""
    SILVER = "silver"
    """It may be left alone."""
    GOLD = "gold"
    """Nothing is left to wish for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing asked of a connector."""

    name: str
    level: Level
    sentence: str
    is_judged: bool = True
    """Whether the kit can tell; else a person must."""


RULES = (
    Rule("reads-to-the-last-page", Level.BRONZE, "Each stream is read to its last page, and then it ends."),
    Rule("payloads-understood", Level.BRONZE, "Each recorded payload becomes rows of its stream's kind, with ids."),
    Rule("mapping-is-pure", Level.BRONZE, "The same payload says the same twice, and is left as it was."),
    Rule("errors-by-consequence", Level.BRONZE, "Whatever the source answers instead becomes the error that fits."),
    Rule("secrets-stay-secret", Level.BRONZE, "No secret shows in an error or in the text of an object."),
    Rule("unknown-fields-reported", Level.BRONZE, "A field never heard of can be told, and spoils nothing."),
    Rule("missing-id-refused", Level.BRONZE, "A payload without its id is refused."),
    Rule("streams-reported", Level.BRONZE, "What can be read of each stream is told before anything is written."),
    Rule("fixtures-for-every-stream", Level.BRONZE, "There are recorded payloads of each stream."),
    Rule("docs-name-scopes-and-limits", Level.BRONZE, "A page names credentials, limits and what is not read."),
    Rule("resumes-from-a-bookmark", Level.SILVER, "Stopped after any page, it goes on without losing a row."),
    Rule("second-sync-changes-nothing", Level.SILVER, "Read again, a source that did not change says the same."),
    Rule("whole-streams-are-whole", Level.SILVER, "A stream that is read whole gives every row, each time."),
    Rule("honors-retry-after", Level.SILVER, "It waits as long as it is asked to."),
    Rule("expired-token-means-reconnect", Level.SILVER, "Refused credentials are an AuthError and not tried again."),
    Rule("versions-are-ordered", Level.SILVER, "When a payload changed is an instant, and a newer one is not older."),
    Rule("sweeps-agree", Level.SILVER, "Ids and rows asked for by their ids are those that the pages give."),
    Rule("webhooks-are-verified", Level.SILVER, "A delivery that was altered, or is old, is refused."),
    Rule("deletions-arrive", Level.GOLD, "What is deleted at the source is removed here.", is_judged=False),
    Rule("every-field-mapped-or-ignored", Level.GOLD, "Each field is mapped, or left out on purpose.", is_judged=False),
    Rule("live-check", Level.GOLD, "It was tried against the vendor's own test system.", is_judged=False),
)


class State(StrEnum):
    """What a connector claims of a rule."""

    DONE = "done"
    TODO = "todo"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Claim:
    """A state, and the reason where it is not done."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """What a connector's quality.toml says."""

    docs: str
    """The vendor's own documentation: a link."""
    claims: Mapping[str, Claim]

    def level(self, holds: Callable[[Rule], bool] = lambda _: True) -> Level | None:
        """The highest level whose rules, and those below, are done and hold, or are exempt; None below bronze."""
        reached = None
        for level in Level:
            if not all(self._meets(rule, holds) for rule in RULES if rule.level == level):
                break
            reached = level
        return reached

    def _meets(self, rule: Rule, holds: Callable[[Rule], bool]) -> bool:
        state = self.claims[rule.name].state
        return state == State.EXEMPT or (state == State.DONE and holds(rule))


def quality_of(folder: Path) -> Quality:
    """What quality.toml in a connector's folder says. Raises InputError where a rule or a reason is missing."""
    path = folder / "quality.toml"
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    claimed = {level: told.pop(level, {}) for level in Level}
    unknown = {(level, name) for level in Level for name in claimed[level]} - {
        (rule.level, rule.name) for rule in RULES
    }
    if unknown or set(told) != {"docs"}:
        names = sorted({*(f"{level}.{name}" for level, name in unknown), *set(told) ^ {"docs"}})
        raise InputError(f"{path}: unknown or missing: {', '.join(names)}.")
    return Quality(told["docs"], {rule.name: _claim(path, rule, claimed[rule.level]) for rule in RULES})


def _claim(path: Path, rule: Rule, claimed: Mapping[str, Any]) -> Claim:
    told = claimed.get(rule.name)
    if told == State.DONE:
        return Claim(State.DONE)
    if isinstance(told, dict) and told.get("state") in (State.TODO, State.EXEMPT) and told.get("reason"):
        return Claim(State(told["state"]), str(told["reason"]))
    raise InputError(
        f'{path}: {rule.level}.{rule.name} should be "done", or a table with the state "todo" or "exempt" and a reason.'
    )
