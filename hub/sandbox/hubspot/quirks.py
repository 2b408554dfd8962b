"""Where portals differ, or HubSpot differs from day to day."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True, kw_only=True)
class Quirks:
    """The knobs of a portal; they may be turned while it runs."""

    ids_compare_as_text: bool = False
    """Whether search compares hs_object_id letter by letter, so that "9" comes after "10"."""
    search_gaps: int | None = None
    """A seed: search counts rows that its index has not forgotten yet, so that its pages are short or empty."""
    merges_keep_id: bool = False
    """Whether a merge leaves the first record its id, instead of making a new one."""
    traces_results: bool = False
    """Whether the results of batch writes repeat objectWriteTraceId. The spec knows it; recorded answers lack it."""
    spoils_batches: bool = False
    """Whether one input that cannot be written spoils its batch though it has a trace. The documentation promises a
    207 of batch/create only."""
    token_lifetime: timedelta = timedelta(seconds=1_800)
    legacy_status: int = 404
    """What paths of the versions before the dated ones answer: 404, or 410 after the sunset."""
    migrates_for: timedelta | None = None
    """While the portal moves to another data center everything answers 477 and this as Retry-After."""
    locked: bool = False
    """Whether what writes answers 423."""
