"""The waterfall of an explanation, bar by bar."""

import pytest

from hub.cli.explanation_shown import bar
from hub.graph.explaining import Rules

RULES = Rules(version="test", unsure=6, same=9, shared=12)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (0, 0, "            ┊    ┊ ┊            "),
        (0, 12, "            ███████┊            "),
        (12, 7, "            ┊   ███┊            "),
        (12, 14, "            ┊    ┊ ██           "),
        (0, -100, "◀███████████┊    ┊ ┊            "),
        (-100, -87, "◀           ┊    ┊ ┊            "),
        (20, 90, "            ┊    ┊ ┊    ██████▶ "),
    ],
)
def test_a_bar_leads_from_the_sum_before_to_the_sum_after_and_is_cut_off_with_a_mark(start, end, told):
    assert bar(start, end, RULES).plain == told
