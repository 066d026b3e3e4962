"""Makes calendar-reference.json: what exchange_calendars and pandas_market_calendars say of XNYS and XBOM, year by year.

Run in Python 3.11+ with exchange_calendars==4.13.2 and pandas_market_calendars==5.5.0:
    python make-reference.py > calendar-reference.json
Per year: the number of sessions, the SHA-256 of their dates joined by newlines, the weekdays without a session, and every
session whose hours are not the regular ones (exchange_calendars: `hours`; where pandas_market_calendars differs: `otherHours`).
"""
import hashlib
import json
from zoneinfo import ZoneInfo

import exchange_calendars as ec
import pandas as pd
import pandas_market_calendars as pmc


def hours(schedule, opening, closing, zone):
    local = ZoneInfo(zone)
    return {
        str(day)[:10]: (row[opening].astimezone(local).strftime("%H:%M"), row[closing].astimezone(local).strftime("%H:%M"))
        for day, row in schedule.iterrows()
    }


def years(ours, theirs, regular, first, last):
    out = {}
    for year in range(first, last + 1):
        dates = sorted(d for d in ours if d.startswith(f"{year}-"))
        weekdays = [str(d)[:10] for d in pd.bdate_range(f"{year}-01-01", f"{year}-12-31")]
        row = {
            "sessions": len(dates),
            "sha256": hashlib.sha256("\n".join(dates).encode()).hexdigest(),
            "closedWeekdays": [d[5:] for d in weekdays if d not in ours],
            "hours": {d[5:]: list(ours[d]) for d in dates if ours[d] != regular},
        }
        differs = {d[5:]: list(theirs[d]) for d in dates if d in theirs and theirs[d] != ours[d]}
        if differs:
            row["otherHours"] = differs
        out[str(year)] = row
    return out


nyse = ec.get_calendar("XNYS", start="1990-01-01", end="2030-12-31").schedule
other = pmc.get_calendar("NYSE").schedule("1990-01-01", "2030-12-31")
bombay = ec.get_calendar("XBOM", start="2015-01-01", end="2026-12-31").schedule
print(
    json.dumps(
        {
            "versions": {"exchange_calendars": ec.__version__, "pandas_market_calendars": pmc.__version__},
            "XNYS": years(
                hours(nyse, "open", "close", "America/New_York"),
                hours(other, "market_open", "market_close", "America/New_York"),
                ("09:30", "16:00"),
                1990,
                2030,
            ),
            "XBOM": years(hours(bombay, "open", "close", "Asia/Kolkata"), {}, ("09:15", "15:30"), 2015, 2026),
        },
        indent=0,
    ).replace("\n", "").replace('}}, "', '}},\n"').replace('}, "', '},\n"')
)
