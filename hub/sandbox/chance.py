"""Chance, repeatable: everything made up here draws from one random.Random."""

import random
from collections.abc import Sequence
from typing import TypeVar

OptionT = TypeVar("OptionT")


def happens(rng: random.Random, share: float) -> bool:
    """Whether something that happens in that share of cases happens now."""
    return rng.random() < share


def one_of(rng: random.Random, options: Sequence[OptionT]) -> OptionT:
    """One of the options. random.choice is three times slower, and this is asked millions of times."""
    return options[int(rng.random() * len(options))]
