"""Reading ahead: in order, a few at a time, and nothing left behind."""

import asyncio

import pytest

from hub.connectors.hubspot.ahead import DEPTH, gathered, in_order, portions
from hub.errors import Unavailable


async def read_slowly(number):
    for _ in range(number % 3):
        await asyncio.sleep(0)
    return number


async def take(readings, found):
    async for each in readings:
        found.append(each)


async def test_what_is_read_at_once_comes_in_the_order_of_the_list():
    assert [each async for each in in_order(portions(range(50)), read_slowly)] == list(range(50))


async def test_no_more_is_read_ahead_than_is_allowed():
    begun = []

    async def read(number):
        begun.append(number)
        return number

    readings = in_order(portions(range(50)), read)
    await anext(readings)
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(begun) == DEPTH
    await readings.aclose()


async def test_what_was_read_before_an_error_comes_before_it():
    async def listed():
        yield 1
        yield 2
        raise Unavailable("the list")

    found = []
    with pytest.raises(Unavailable, match="the list"):
        await take(in_order(listed(), read_slowly), found)
    assert found == [1, 2]


async def test_an_error_of_one_reading_comes_in_its_place_and_ends_the_others():
    ended = []

    async def read(number):
        if number == 2:
            raise Unavailable("the reading")
        try:
            if number > 2:
                await asyncio.Event().wait()
        finally:
            ended.append(number)
        return number

    found = []
    with pytest.raises(Unavailable, match="the reading"):
        await take(in_order(portions(range(5)), read), found)
    assert found == [0, 1]
    assert sorted(ended) == [0, 1, 3, 4]


async def test_portions_are_gathered_until_they_are_worth_a_request():
    async def pages():
        for page in ([1], [2, 3], [], [4], [5]):
            yield page

    assert [each async for each in gathered(pages(), 2)] == [[1, 2, 3], [4, 5]]
    assert [each async for each in gathered(pages(), 4)] == [[1, 2, 3, 4], [5]]
