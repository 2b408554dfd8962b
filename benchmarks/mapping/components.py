"""Connected components: what is tied to what, by any number of steps."""

from collections.abc import Iterable


def components(count: int, ties: Iterable[tuple[int, int]]) -> list[int]:
    """The label of each of `count` things: the least number of those that it is tied to."""
    parents = list(range(count))
    for left, right in ties:
        one, other = _root(parents, left), _root(parents, right)
        parents[max(one, other)] = min(one, other)
    return [_root(parents, number) for number in range(count)]


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = number = parents[parents[number]]
    return number
