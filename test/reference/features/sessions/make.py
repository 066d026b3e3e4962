# Reference figures for features of the calendar: NYSE sessions of 2022 to 2024 by pandas_market_calendars 5.1.1 (pandas 2.3.3), places in
# month and quarter by pandas' groupby. Run: python make.py > sessions.json
# Last sessions are told to the features with a month on either side, as a run does; figures are of 2022-02 to 2024-11.
import json
import pandas as pd
import pandas_market_calendars as mcal

nyse = mcal.get_calendar("NYSE")
schedule = nyse.schedule("2021-12-01", "2024-12-31")
dates = schedule.index
early = set(nyse.early_closes(schedule).index)
open_days = set(dates)
weekdays = pd.bdate_range("2021-12-01", "2024-12-31")
holidays = [d for d in weekdays if d not in open_days]
month = pd.Series(range(len(dates)), index=dates).groupby(dates.to_period("M"))
in_month = month.transform("count")
of_month = month.cumcount() + 1
week = pd.Series(range(len(dates)), index=dates).groupby(dates.to_period("W-SUN"))
week_left = week.transform("count") - week.cumcount() - 1


def expiry(year, m):
    friday = pd.date_range(f"{year}-{m:02d}-01", periods=21, freq="D")
    day = [d for d in friday if d.weekday() == 4][2]
    while day not in open_days:
        day -= pd.Timedelta(days=1)
    return day


monthly = sorted(expiry(y, m) for y in (2021, 2022, 2023, 2024) for m in range(1, 13) if (y, m) >= (2021, 12))
rows = []
for k, d in enumerate(dates):
    if not ("2022-02-01" <= str(d.date()) <= "2024-11-15"):
        continue
    ahead = min(e for e in monthly if e >= d)
    quarterly = min(e for e in monthly if e >= d and e.month % 3 == 0)
    behind = max(e for e in monthly if e <= d)
    between = lambda a, b: sum(1 for x in dates if a < x <= b)
    next_holiday = min(h for h in holidays if h > d)
    last_holiday = max(h for h in holidays if h < d)
    rows.append({
        "date": str(d.date()),
        "session_of_month": int(of_month[d]),
        "left_in_month": int(in_month[d] - of_month[d]),
        "month_turn": int(of_month[d] == in_month[d] or of_month[d] <= 3),
        "week_end": int(week_left[d] == 0),
        "half_day": int(d in early),
        "next_half_day": int(dates[k + 1] in early),
        "hours_after": (schedule["market_open"].iloc[k + 1] - schedule["market_close"].iloc[k]).total_seconds() / 3600,
        "to_holiday": min(20, between(d, next_holiday)),
        "since_holiday": min(20, between(last_holiday, d) - 1),
        "to_expiry": between(d, ahead),
        "since_expiry": between(behind, d),
        "to_quarterly_expiry": between(d, quarterly),
    })
micros = lambda t: int(t.timestamp() * 1_000_000)
sessions = [
    {"date": str(d.date()), "openAt": micros(schedule["market_open"].iloc[k]), "closeAt": micros(schedule["market_close"].iloc[k]), "early": d in early}
    for k, d in enumerate(dates)
]
columns = [c for c in rows[0] if c != "date"]
print(json.dumps({
    "sessions": [[s["date"], s["openAt"], s["closeAt"], int(s["early"])] for s in sessions],
    "columns": columns,
    "rows": [[r["date"], *[r[c] for c in columns]] for r in rows],
}))
