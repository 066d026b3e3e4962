// The rhythm of a dataset of quotes within the sessions of a calendar, over all its rows.
import { calendarByName } from "#data/calendar/calendar.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { EventBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { DAY_US, type Micros, isoDateOrThrow, utcDate } from "#domain/time.js";
import { type QuoteRhythm, QuoteSilences, type RhythmParts } from "#simulation/venue/quote-rhythm.js";

/** `batches`: all rows, in the order of exchange time, of the instruments that are `quoted`. */
export async function rhythmOfQuotes(
  manifest: DatasetManifest,
  calendar: string,
  batches: AsyncIterable<EventBatch>,
  parts: Omit<RhythmParts, "sessions">,
): Promise<QuoteRhythm> {
  const silences = new QuoteSilences({ ...parts, sessions: sessionsOf(manifest, calendar) });
  for await (const batch of batches) if (batch.kind === "quote") silences.add(batch);
  return silences.finish();
}

/** As long as the recording lasts. */
function sessionsOf({ from, to }: DatasetManifest, calendar: string): readonly Session[] {
  if (from === null || to === null) return [];
  // A day's margin on both sides: a session's local date may differ from its UTC date.
  const [first, last] = [utcDate((from - DAY_US) as Micros), utcDate((to + DAY_US) as Micros)];
  return calendarByName(calendar)
    .sessions(isoDateOrThrow(first), isoDateOrThrow(last))
    .filter(({ openAt, closeAt }) => closeAt > from && openAt <= to);
}
