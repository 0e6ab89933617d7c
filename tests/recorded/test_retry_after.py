"""How long an engine asks to wait, in the headers and words of many services."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.recorded.retry_after import DAY, name_duration, read_retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("86400", DAY), ("1m30s", 90.0), ("soon", None), ("nan", None)],
)
def test_a_header_in_seconds(value, seconds):
    assert read_retry_after({"Retry-After": value}, "") == seconds


def test_other_headers():
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    assert read_retry_after({"retry-after": date}, "") == pytest.approx(7200, abs=5)
    assert read_retry_after({"retry-after-ms": "1500"}, "") == 1.5
    moment = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    assert read_retry_after({"X-RateLimit-Reset": f"{1000 * moment:.0f}"}, "") == pytest.approx(3600, abs=5)
    assert read_retry_after({"x-ratelimit-reset": f"{moment:.0f}"}, "") == pytest.approx(3600, abs=5)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Rate limit reached on tokens per min (TPM): Limit 10000. Please try again in 6ms.", 0.006),
        ("Limit 200, Used 200. Please try again in 7m12s. Visit the page.", 432.0),
        ("Rate limit reached on tokens per day (TPD). Please try again in 1h5m2.5s.", 3902.5),
        ('{"@type": "RetryInfo", "retryDelay": "34s"}', 34.0),
        ("Quota exceeded. Please retry in 15 seconds.", 15.0),
        ("You may wait for 2 hours and 30 minutes", 9000.0),
        ("You exceeded your daily quota.", DAY),
        ("Rate limit exceeded: free-models-per-day", DAY),
        ("GenerateRequestsPerDayPerProjectPerModel-FreeTier", DAY),
        ("Come back tomorrow.", DAY),
        ("Too many requests", None),
        ("", None),
    ],
)
def test_words(words, seconds):
    assert read_retry_after(None, words) == (None if seconds is None else pytest.approx(seconds))


def test_a_header_wins_over_words():
    assert read_retry_after({"retry-after": "3"}, "requests per day") == 3.0


def test_durations_have_names():
    assert [name_duration(s) for s in (0.25, 7, 90, 3600, DAY)] == ["0.25 s", "7 s", "1.5 min", "1 h", "24 h"]


@given(st.text(), st.text())
def test_any_text_is_a_time_or_none(value, words):
    seconds = read_retry_after({"retry-after": value}, words)
    assert seconds is None or seconds >= 0
