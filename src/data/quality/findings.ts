// The words of the quality report: why a row or a file was put aside, merged, or kept with a flag.

/** Reasons for which a row never enters the lake. */
export const QUARANTINE_REASONS = {
  "malformed-row": "the line has too few or too many fields",
  "missing-field": "a required field is empty",
  "unparsable-date": "the date or time cannot be read",
  "unparsable-number": "a number cannot be read",
  "not-finite": "a value is NaN or infinite",
  "non-positive-price": "a price is zero or negative",
  "absurd-price": "a price is above 1e9, or a size above 1e15",
  "broken-bar": "high is below, or low above, the open or the close",
  "negative-size": "volume or size is negative",
  "outside-range": "the date is outside the declared range",
  "outside-calendar": "the calendar does not know the year",
  "not-a-session": "the venue was closed that day",
  "conflicting-duplicate": "two rows for the same bar disagree",
  "contradicted-by-action": "an extreme move that the day's corporate action does not explain",
  "contradicted-by-second-source": "an extreme move that the second source does not show",
  "price-without-trade": "nothing traded, yet the close moved more than 50 % from the last one, and no corporate action explains it",
  "absurd-move":
    "the close is more than 100 times, or less than a hundredth of, the last one of the same week, and no corporate action explains it",
  "revision-refused": "the file tells history otherwise than the lake, and the lake was kept",
  "held-back": "a new row of a symbol whose adjusted history changed: it would not fit on",
  "removed-by-revision": "the files no longer have this row of the lake",
} as const;

/** Things worth knowing about rows that are kept. */
export const FLAGS = {
  "zero-volume": "nothing traded in the bar",
  "missing-volume": "volume is not reported",
  "extreme-move": "close moved more than 50 % from the previous close",
  "spike": "the high is more than twice, or the low less than half, of both open and close",
  "split-without-jump": "a declared split is not visible in the prices",
  "stale": "the same open, high, low and close for at least 5 sessions in a row",
  "out-of-order": "the row stands behind a later one in its file",
  "outside-hours": "the bar lies outside the session's hours",
  "crossed-quote": "the bid is above the ask",
} as const;

export type QuarantineReason = keyof typeof QUARANTINE_REASONS;
export type Flag = keyof typeof FLAGS;
