"""What a record is looked up by, as far as its name says it."""

from hub.graph.names import Name
from hub.graph.rarity import rarity
from hub.graph.text import sounding

_ENDING = 5
_SHORTEST_WITH_ENDINGS = 7
_LONGEST_SOUND = 20
_RAREST = 2
_LEAST_RARE = 8


def lookups(name: Name, initials: list[str]) -> list[str]:
    """The keys of a name, each with the mark of its kind; `initials` are what may stand for it."""
    keys = [f"={name.letters}", f"%{name.letters}", *(f"*{letters}" for letters in initials)]
    if len(name.letters) >= _SHORTEST_WITH_ENDINGS:
        keys += [f"^{name.letters[:_ENDING]}", f"${name.letters[-_ENDING:]}"]
        if name.letters.isascii():
            keys.append(f"~{sounding(name.letters[:_LONGEST_SOUND])}")
    rare = sorted([(-rarity(word), word) for word in name.words])[:_RAREST]
    return keys + [f"&{word}" for bits, word in rare if -bits >= _LEAST_RARE]
