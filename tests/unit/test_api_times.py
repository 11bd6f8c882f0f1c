"""Times as the APIs write them: differences, and one spelling in UTC."""

import pytest

from checks.times import seconds, utc


@pytest.mark.parametrize(
    ("time", "in_utc"),
    [
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z"),
        ("2026-01-01T17:30:00+05:30", "2026-01-01T12:00:00Z"),
        ("2026-01-01T17:30:00+0530", "2026-01-01T12:00:00Z"),
        ("2026-01-01T04:00:00.25-08:00", "2026-01-01T12:00:00.250000Z"),
        ("", ""),
    ],
)
def test_utc_is_the_same_instant_in_one_spelling(time: str, in_utc: str) -> None:
    assert utc(time) == in_utc


def test_utc_refuses_what_is_no_time() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        utc("yesterday")


def test_seconds_between_zones() -> None:
    assert seconds("2026-01-01T17:30:00+05:30", "2026-01-01T12:00:05Z") == 5.0
    assert seconds(None, "2026-01-01T12:00:05Z") == 0.0
