// Corporate actions as engine events. An action is in force from local midnight of its ex-date: after the last print of the day before,
// late trading included, and before the first of the ex-date, early trading included. It is not known any earlier than that.
import type { Delisting, Dividend, ReferenceEvent, Split } from "#domain/corporate-action.js";
import type { Instrument, InstrumentIx } from "#domain/instrument.js";
import type { IsoDate, Micros } from "#domain/time.js";
import type { Calendar } from "../calendar/calendar.js";
import { zonedToMicros } from "../calendar/zone.js";
import type { ActionRow } from "./action-row.js";

/** Microseconds after the ex-date's start. A dividend is paid per share held before a split of the same day, so it comes first. */
const rank = { dividend: 1, split: 2, delisting: 3 } as const;

/** When an action of that kind is in force and known; the microsecond keeps it behind a bar that ends at midnight (24/7). */
export function actionTime(kind: ActionRow["kind"], exDate: IsoDate, calendar: Calendar): Micros {
  return (zonedToMicros(exDate, calendar.timezone) + rank[kind]) as Micros;
}

/** In order of (at, instrument); `at` equals `seenAt`. Actions on symbols that are not among the instruments are left out. */
export function toReferenceEvents(
  actions: readonly ActionRow[],
  instruments: readonly Instrument[],
  calendar: Calendar,
): (Split | Dividend | Delisting)[] {
  const ixOf = new Map(instruments.map((instrument, ix) => [instrument.id as string, ix as InstrumentIx]));
  const events = actions.flatMap((action): (Split | Dividend | Delisting)[] => {
    const instrument = ixOf.get(action.symbol);
    if (instrument === undefined) return [];
    const at = actionTime(action.kind, action.exDate, calendar);
    const base = { at, seenAt: at, instrument };
    switch (action.kind) {
      case "split":
        return [{ ...base, kind: "split", ratio: action.ratio }];
      case "dividend":
        return [{ ...base, kind: "dividend", amount: action.amount }];
      case "delisting":
        return [{ ...base, kind: "delisting", finalReturn: action.finalReturn }];
      default:
        return action satisfies never;
    }
  });
  return events.sort((a, b) => a.at - b.at || a.instrument - b.instrument);
}

/** True for what changes the price basis of a share. */
export function isAdjustment(event: ReferenceEvent): event is Split | Dividend {
  return event.kind === "split" || event.kind === "dividend";
}
