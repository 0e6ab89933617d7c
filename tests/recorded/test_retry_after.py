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


@pytest.fixture
def now(monkeypatch):
    """A moment at which the clock stands still."""
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    class Standing(datetime):
        @classmethod
        def now(cls, zone=None):
            return moment.astimezone(zone)

    monkeypatch.setattr("sysgen_distilabel.recorded.retry_after.datetime", Standing)
    return moment


def test_other_headers(now):
    date = format_datetime(now + timedelta(hours=2), usegmt=True)
    assert read_retry_after({"retry-after": date}, "") == 7200
    assert read_retry_after({"retry-after-ms": "1500"}, "") == 1.5
    moment = (now + timedelta(hours=1)).timestamp()
    assert read_retry_after({"X-RateLimit-Reset": f"{1000 * moment:.0f}"}, "") == 3600
    assert read_retry_after({"x-ratelimit-reset": f"{moment:.0f}"}, "") == 3600


@pytest.mark.parametrize("name", ["x-ratelimit-reset-after", "ratelimit-reset", "X-Rate-Limit-Reset"])
def test_a_reset_under_other_names(name):
    assert read_retry_after({name: "7200"}, "") == 7200.0


def test_the_reset_of_what_is_used_up_counts(now):
    headers = {
        "x-ratelimit-remaining-requests": "12", "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "23h59m",
    }  # fmt: skip
    assert read_retry_after(headers, "") == pytest.approx(86340)
    later = (now + timedelta(hours=2)).isoformat()
    claude = {"anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": later}
    assert read_retry_after(claude, "") == 7200
    assert read_retry_after({"x-ratelimit-reset-requests": "1s"}, "") is None


def test_a_moment_in_the_words(now):
    later = (now + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read_retry_after(None, f"Your quota resets at {later}.") == 10800


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
        ("Weekly limit reached.", DAY),
        ("Rate limit: 50 requests/day", DAY),
        ("Your limit resets at midnight UTC.", DAY),
        ("\u4eca\u65e5\u989d\u5ea6\u5df2\u7528\u5b8c", DAY),
        ("RESOURCE_EXHAUSTED retry_delay { seconds: 51000 }", 51000.0),
        ("Next request allowed in 02:30:00.", 9000.0),
        ("Slow down, wait 30 seconds.", 30.0),
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
