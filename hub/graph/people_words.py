"""The words around people's names and addresses, from person_words.toml."""

import tomllib
from collections.abc import Mapping
from importlib import resources

_TABLE = tomllib.loads(resources.files(__package__).joinpath("person_words.toml").read_text("utf-8"))
_WORDS = {kind: frozenset(words.split()) for kind, words in _TABLE.items() if isinstance(words, str)}

TITLES, SUFFIXES, GENERATIONS = _WORDS["titles"], _WORDS["suffixes"], _WORDS["generations"]
PARTICLES, NOBODIES, ROLES = _WORDS["particles"], _WORDS["nobodies"], _WORDS["roles"]
ALIASES: Mapping[str, str] = _TABLE["aliases"]
IGNORED: Mapping[str, str] = _TABLE["ignored"]
