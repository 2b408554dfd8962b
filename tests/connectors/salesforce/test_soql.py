from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors.salesforce.described import Described, Field
from hub.connectors.salesforce.place import OVERLAP, Place
from hub.connectors.salesforce.soql import literal, quoted

from .wire import FIXTURES

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - in UTC


def test_an_instant_is_written_as_soql_wants_it():
    assert literal(NOON) == "2026-11-01T12:00:00Z"
    assert literal(NOON.replace(microsecond=123_000)) == "2026-11-01T12:00:00.123Z"


def test_quotes_cannot_end_a_text():
    assert quoted("it's a \\ trap") == "'it\\'s a \\\\ trap'"


def test_the_best_field_to_follow_is_one_that_may_be_filtered_by():
    fields = (Field("CreatedDate", "datetime", True), Field("SystemModstamp", "datetime", False))  # noqa: FBT003
    described = Described("OpportunityHistory", queryable=True, replicateable=True, fields=fields)
    assert described.cursor() == "CreatedDate"


def test_an_object_as_a_real_org_describes_it_can_be_followed():
    body = msgspec.json.decode((FIXTURES / "recorded/accounts-sampled.json").read_bytes())
    described = msgspec.convert(body["compositeResponse"][0]["body"], Described)
    assert (described.name, described.queryable) == ("Account", True)
    assert {field.name for field in described.fields} > {"Name", "PhotoUrl"}


@given(stamp=st.none() | INSTANTS, until=INSTANTS)
def test_a_finished_run_never_passes_over_its_last_row_nor_over_the_overlap(stamp, until):
    place = Place(stamp=stamp, id=None if stamp is None else "001", until=until).finished()
    assert place.until is None
    if stamp is not None:
        assert place.stamp == min(stamp, until - OVERLAP)
        assert (place.id is None) == (stamp >= until - OVERLAP)


def test_a_place_survives_its_bookmark():
    place = Place(stamp=NOON, id="001", until=NOON + timedelta(days=1), deleted_until=NOON)
    assert Place.of(place.bookmark()) == place


@pytest.mark.parametrize("bookmark", [None, {}])
def test_without_a_bookmark_reading_starts_at_the_beginning(bookmark):
    assert Place.of(bookmark) == Place()
