// All features of the group calendar: known ahead, from the venue's sessions; NaN where a bar lies in none. On daily bars a value is that of
// the session that has just ended, and what is said of the next one is what a decision after its close needs.
import { defineFeatures, type FeatureDefinition, type FeatureRow } from "#features/language/definition.js";
import { calendar, close } from "#features/language/inputs.js";
import { constant, where } from "#features/language/series.js";

const flag = [0, 1] as const;
const signed = [-1, 1] as const;
const sessions = [0, 40] as const;
const toHoliday = calendar("toHoliday");
const leftInMonth = calendar("leftInMonth");

const rows: readonly FeatureRow[] = [
  ["weekday", calendar("weekday"), "1 Monday to 7", [1, 7], "French 1980: weekend effect"],
  ["week_start", calendar("weekStart"), "flag", flag, "first session of the week (Cross 1973)"],
  ["week_end", calendar("weekEnd"), "flag", flag, "last session of the week (Cross 1973)"],
  ["week_sine", calendar("weekSine"), "sine", signed, "angle of the UTC week, Monday's start at 0"],
  ["week_cosine", calendar("weekCosine"), "cosine", signed, "angle of the UTC week, Monday's start at 0"],
  ["day_time_sine", calendar("dayTimeSine"), "sine", signed, "angle of the UTC time of day"],
  ["day_time_cosine", calendar("dayTimeCosine"), "cosine", signed, "angle of the UTC time of day"],
  [
    "session_phase",
    calendar("sessionPhase"),
    "ratio",
    flag,
    "part of the session that has passed (intraday pattern, Admati and Pfleiderer 1988)",
  ],
  ["minutes_to_close", calendar("minutesToClose"), "minutes", [0, 1440], "minutes to the session's end"],
  ["minutes_since_open", calendar("minutesSinceOpen"), "minutes", [0, 1440], "minutes from the session's start to the bar's"],
  ["first_bar", calendar("firstBar"), "flag", flag, "the bar opens with the session"],
  ["last_bar", calendar("lastBar"), "flag", flag, "the bar ends with the session"],
  ["half_day", calendar("halfDay"), "flag", flag, "the session ends early"],
  ["next_half_day", calendar("nextHalfDay"), "flag", flag, "the next session ends early"],
  ["session_hours", calendar("sessionHours"), "hours", [0, 24], "length of the session"],
  ["hours_before", calendar("hoursBefore"), "hours", [0, null], "hours from the close before to the open"],
  ["hours_after", calendar("hoursAfter"), "hours", [0, null], "hours to the next open: nights, weekends and holidays ahead"],
  ["to_holiday", toHoliday, "sessions", [0, 20], "sessions to the last one before a weekday holiday; 20 is 20 or more"],
  [
    "since_holiday",
    calendar("sinceHoliday"),
    "sessions",
    [0, 20],
    "sessions since the first one after a weekday holiday; 20 is 20 or more",
  ],
  ["pre_holiday", where(toHoliday.gt(0), constant(0), 1), "flag", flag, "Ariel 1990: last session before a weekday holiday"],
  ["month", calendar("month"), "1 to 12", [1, 12], "month"],
  ["session_of_month", calendar("sessionOfMonth"), "sessions", [1, 31], "number of the session in its month"],
  ["left_in_month", leftInMonth, "sessions", [0, 30], "sessions of the month still to come"],
  ["sessions_in_month", calendar("sessionsInMonth"), "sessions", [1, 31], "number of sessions of the month"],
  ["month_turn", calendar("monthTurn"), "flag", flag, "Lakonishok and Smidt 1988: last session of the month and first three"],
  [
    "month_end_near",
    leftInMonth.neg().add(3).max(0),
    "sessions",
    [0, 3],
    "Etula, Rinne, Suominen and Vaittinen 2020: 3 less the sessions left, from the third last on",
  ],
  ["month_sine", calendar("monthSine"), "sine", signed, "angle of the day of the month over 31 days"],
  ["month_cosine", calendar("monthCosine"), "cosine", signed, "angle of the day of the month over 31 days"],
  ["session_of_quarter", calendar("sessionOfQuarter"), "sessions", [1, 92], "number of the session in its quarter"],
  [
    "quarter_turn",
    calendar("quarterTurn"),
    "flag",
    flag,
    "first and last three sessions of a quarter (window dressing, Lakonishok and others 1991)",
  ],
  ["quarter_sine", calendar("quarterSine"), "sine", signed, "angle of the day of the quarter over 93 days"],
  ["quarter_cosine", calendar("quarterCosine"), "cosine", signed, "angle of the day of the quarter over 93 days"],
  ["year_sine", calendar("yearSine"), "sine", signed, "angle of the day of the year"],
  ["year_cosine", calendar("yearCosine"), "cosine", signed, "angle of the day of the year"],
  ["year_turn", calendar("yearTurn"), "flag", flag, "Hirsch 1972: last five sessions of the year and first two"],
  ["january", calendar("january"), "flag", flag, "Rozeff and Kinney 1976: January"],
  ["winter", calendar("winter"), "flag", flag, "Bouman and Jacobsen 2002: November to April"],
  ["tax_selling", calendar("taxSelling"), "flag", flag, "Reinganum 1983: second half of December"],
  ["report_month", calendar("reportMonth"), "flag", flag, "January, April, July, October: most quarterly reports"],
  [
    "to_expiry",
    calendar("toExpiry"),
    "sessions",
    sessions,
    "sessions to the monthly expiry of listed options: third Friday, or the session before a holiday on it",
  ],
  ["since_expiry", calendar("sinceExpiry"), "sessions", sessions, "sessions since the last monthly expiry"],
  ["expiry", calendar("expiry"), "flag", flag, "Stoll and Whaley 1987: day of a monthly expiry"],
  ["expiry_week", calendar("expiryWeek"), "flag", flag, "week of a monthly expiry, up to its day"],
  [
    "to_quarterly_expiry",
    calendar("toQuarterlyExpiry"),
    "sessions",
    [0, 100],
    "sessions to the expiry of March, June, September or December (triple witching)",
  ],
  [
    "quarterly_expiry_week",
    calendar("quarterlyExpiryWeek"),
    "flag",
    flag,
    "Stoll and Whaley 1987: week of a quarterly expiry, up to its day",
  ],
  [
    "gap_per_closed_hour",
    close.change(1).div(calendar("hoursBefore").max(1)),
    "return per hour",
    [-1, null],
    "return over the hours that the venue was closed before, at least one (weekends against nights, French 1980)",
  ],
];

export const calendarFeatures: readonly FeatureDefinition[] = defineFeatures("calendar", 1, rows);
