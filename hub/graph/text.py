"""Text as keys: the native part of rigour.

Its Python part imports ICU, which has no wheel for Linux and so wants a compiler; the native part, which does all
the work, needs nothing. Why and until when: docs/decisions/0007-rigour-without-icu.md.
"""

from rigour._core import _normalize, extract_org_types, maybe_ascii, territories_jsonl

__all__ = ["folded", "latin", "legal_forms", "territories"]

# Bits of rigour.text.normalize.Normalize, and a value of its Cleanup.
_SQUASH_SPACES, _CASEFOLD, _NFKD = 1 << 1, 1 << 2, 1 << 5
_FOLDED = _SQUASH_SPACES | _CASEFOLD | _NFKD
_STRONG = 1


def folded(text: str) -> str | None:
    """The text without case, accents and punctuation; None where nothing is left."""
    return _normalize(text, _FOLDED, _STRONG)


def latin(text: str) -> str:
    """The text in Latin letters, where its script is one that has an agreed spelling in them."""
    return maybe_ascii(text)


def legal_forms(name: str) -> list[str]:
    """The legal forms in a folded name, in their order."""
    return [form for form, _ in extract_org_types(name, _FOLDED, _STRONG, generic=False)]


def territories() -> list[str]:
    """What is known of each country and its parts, as JSON: code, name, names_strong, names_weak and more."""
    return territories_jsonl().splitlines()
