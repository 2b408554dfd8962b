from pathlib import Path

import pytest

from hub.connectors.conformance.quality import RULES, Level, State, quality_of
from hub.errors import InputError

DONE = '"done"'


def a_file(folder: Path, **told: str) -> Path:
    lines = [told.get("docs", 'docs = "https://docs.acorn.example"')]
    for level in Level:
        lines += [f"[{level}]", *(f"{r.name} = {told.get(r.name, DONE)}" for r in RULES if r.level == level)]
    (folder / "quality.toml").write_text("\n".join(lines))
    return folder


TODO = '{ state = "todo", reason = "Later." }'
EXEMPT = '{ state = "exempt", reason = "There is none." }'


@pytest.mark.parametrize(
    ("claims", "level"),
    [
        ({}, Level.GOLD),
        ({"live-check": TODO}, Level.SILVER),
        ({"sweeps-agree": TODO}, Level.BRONZE),
        ({"sweeps-agree": EXEMPT}, Level.GOLD),
        ({"missing-id-refused": TODO}, None),
    ],
)
def test_a_level_is_reached_when_nothing_is_left_to_do_up_to_it(tmp_path, claims, level):
    assert quality_of(a_file(tmp_path, **claims)).level() == level


def test_a_claim_that_does_not_hold_does_not_count(tmp_path):
    assert quality_of(a_file(tmp_path)).level(lambda rule: rule.name != "sweeps-agree") == Level.BRONZE


def test_reasons_are_kept(tmp_path):
    claim = quality_of(a_file(tmp_path, **{"live-check": TODO})).claims["live-check"]
    assert (claim.state, claim.reason) == (State.TODO, "Later.")


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"live-check": '"todo"'}, "gold.live-check should be"),
        ({"live-check": '{ state = "todo" }'}, "gold.live-check should be"),
        ({"live-check": '{ state = "soon", reason = "Later." }'}, "gold.live-check should be"),
        ({"live-check": '"done"\nlive-chek = "done"'}, r"unknown or missing: gold\.live-chek"),
        ({"docs": ""}, "unknown or missing: docs"),
        ({"docs": "docs = "}, "cannot be read"),
    ],
)
def test_what_is_missing_unknown_or_without_a_reason_is_named(tmp_path, claims, told):
    with pytest.raises(InputError, match=told):
        quality_of(a_file(tmp_path, **claims))


def test_a_folder_without_the_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"quality\.toml cannot be read"):
        quality_of(tmp_path)
