from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.kit import calendar
from amtsweg.kit.calendar import Channel

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
states = st.sampled_from(sorted(calendar.STATES.values()))


@pytest.mark.parametrize(
    ("day", "state", "working"),
    [
        (date(2026, 11, 18), "SN", False),  # Day of Repentance: only Saxony keeps it
        (date(2026, 11, 18), "BE", True),
        (date(2026, 10, 31), "SN", False),
        (date(2026, 4, 3), "SN", False),  # Good Friday
        (date(2026, 4, 6), "SN", False),  # Easter Monday
        (date(2026, 5, 14), "SN", False),  # Ascension
        (date(2026, 6, 4), "SN", True),  # Corpus Christi holds in single Saxon places only
        (date(2026, 6, 4), "BY", False),
        (date(2026, 1, 6), "ST", False),
        (date(2026, 1, 6), "SN", True),
        (date(2026, 11, 24), "SN", True),
        (date(2026, 11, 21), "SN", False),  # a Saturday
    ],
)
def test_working_days_follow_the_holidays_of_the_state(
    day: date, state: str, working: bool
) -> None:
    assert calendar.is_working_day(day, state) is working


EVERYWHERE = ("01-01", "04-18", "04-21", "05-01", "05-29", "06-09", "10-03", "12-25", "12-26")


@pytest.mark.parametrize(
    ("state", "own"),
    [
        ("BB", "10-31"),
        ("BE", "03-08 05-08"),  # the eightieth Day of Liberation, in this year only
        ("BW", "01-06 06-19 11-01"),
        ("BY", "01-06 06-19 11-01"),  # Assumption holds in Catholic municipalities only
        ("HB", "10-31"),
        ("HE", "06-19"),
        ("HH", "10-31"),
        ("MV", "03-08 10-31"),
        ("NI", "10-31"),
        ("NW", "06-19 11-01"),
        ("RP", "06-19 11-01"),
        ("SH", "10-31"),
        ("SL", "06-19 08-15 11-01"),
        ("SN", "10-31 11-19"),
        ("ST", "01-06 10-31"),
        ("TH", "09-20 10-31"),
    ],
)
def test_each_state_has_the_holidays_of_2025_that_its_act_names(state: str, own: str) -> None:
    found = {f"{day:%m-%d}" for day in calendar.holidays(2025, state)}
    assert found - {"04-20", "06-08"} == {*EVERYWHERE, *own.split()}  # Easter and Whit Sunday


@pytest.mark.parametrize(
    ("states", "month_and_day", "since"),
    [
        ("SH HH NI HB", (10, 31), 2018),  # Reformation Day
        ("BE", (3, 8), 2019),  # International Women's Day
        ("MV", (3, 8), 2023),
        ("TH", (9, 20), 2019),  # World Children's Day
    ],
)
def test_a_holiday_holds_since_its_first_year(
    states: str, month_and_day: tuple[int, int], since: int
) -> None:
    for state in states.split():
        holds = {
            year: date(year, *month_and_day) in calendar.holidays(year, state)
            for year in (2016, since - 1, since, since + 1, 2030)
        }
        # In 2017 the whole country kept the 500th Reformation Day.
        expected = {
            year: year >= since or (year == 2017 and month_and_day == (10, 31)) for year in holds
        }
        assert holds == expected, state


def test_the_day_of_liberation_was_a_holiday_of_berlin_in_two_years() -> None:
    years = [y for y in range(2015, 2031) if date(y, 5, 8) in calendar.holidays(y, "BE")]
    assert years == [2020, 2025]


@given(st.integers(1995, 2060))
def test_day_of_repentance_is_the_wednesday_before_23_november(year: int) -> None:
    found = [d for d in calendar.holidays(year, "SN") if d.month == 11 and 16 <= d.day <= 22]
    assert len(found) == 1
    assert found[0].weekday() == 2


@given(days, states)
def test_next_working_day_is_the_first_on_or_after(day: date, state: str) -> None:
    found = calendar.next_working_day(day, state)
    assert calendar.is_working_day(found, state)
    assert day <= found <= day + timedelta(days=6)
    between = (day + timedelta(days=n) for n in range((found - day).days))
    assert not any(calendar.is_working_day(other, state) for other in between)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last(
    start: date, months: int, end: date
) -> None:
    assert calendar.add_months(start, months) == end


@given(days, st.integers(-600, 600))
def test_added_months_land_in_the_right_month(day: date, months: int) -> None:
    end = calendar.add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("channel", "day", "notified"),
    [
        (Channel.POST, date(2024, 12, 30), date(2025, 1, 2)),  # third day
        (Channel.POST, date(2024, 12, 31), date(2025, 1, 3)),  # still the third
        (Channel.POST, date(2025, 1, 2), date(2025, 1, 6)),  # fourth
        (Channel.EMAIL, date(2026, 11, 24), date(2026, 11, 30)),  # fourth is Saturday 28th
        (Channel.POST, date(2026, 11, 14), date(2026, 11, 19)),  # fourth is Day of Repentance
        (Channel.EMAIL, date(2024, 12, 31), date(2025, 1, 3)),  # e-mail as post
        (Channel.EMAIL, date(2025, 1, 1), date(2025, 1, 6)),  # the fourth is a Sunday
        (Channel.PORTAL, date(2024, 12, 31), date(2025, 1, 1)),  # unchanged, even a holiday
        (Channel.PORTAL, date(2026, 11, 24), date(2026, 11, 25)),
        (Channel.PORTAL, date(2026, 11, 27), date(2026, 11, 28)),  # a Saturday stays
    ],
)
def test_notice_counts_as_notified_by_its_channel(
    channel: Channel, day: date, notified: date
) -> None:
    assert calendar.notified_on(channel, day, "SN") == notified


@pytest.mark.parametrize(
    ("notified", "state", "until"),
    [
        (date(2026, 11, 25), "SN", date(2026, 12, 28)),  # 25 December, then Saturday, Sunday
        (date(2026, 1, 31), "SN", date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2026, 10, 18), "SN", date(2026, 11, 19)),
        (date(2026, 10, 18), "BE", date(2026, 11, 18)),
        (date(2026, 3, 3), "SN", date(2026, 4, 7)),  # Good Friday to Easter Monday
    ],
)
def test_objection_ends_a_month_after_notification_on_a_working_day(
    notified: date, state: str, until: date
) -> None:
    assert calendar.objection_until(notified, state) == until


@given(days, states)
def test_objection_period_is_never_shorter_than_the_shortest_month(day: date, state: str) -> None:
    until = calendar.objection_until(day, state)
    assert timedelta(days=28) <= until - day <= timedelta(days=31 + 6)
    assert calendar.is_working_day(until, state)


def test_a_notice_can_be_retrieved_for_ten_days() -> None:
    assert calendar.retrieval_until(date(2026, 11, 23), "SN") == date(2026, 12, 3)
    assert calendar.retrieval_until(date(2026, 11, 25), "SN") == date(2026, 12, 7)  # 5th: Saturday


def test_state_of_a_regional_key() -> None:
    assert calendar.state_of("146120000000") == "SN"
    with pytest.raises(ValueError, match="no German state"):
        calendar.state_of("990000000000")


def test_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no German state 'XX'"):
        calendar.holidays(2026, "XX")
