// The verb behind `truewind data bars`: a dataset of bars made of one of trades or quotes.
import { TruewindError } from "#base/errors.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { openDataset } from "#data/lake/open-dataset.js";
import { tickBars } from "#data/lake/tick-bars.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import type { DatasetManifest } from "#domain/dataset.js";
import { DAY_US, type Micros, SECOND_US, isoDateOrThrow, utcDate } from "#domain/time.js";
import type { Workspace } from "../config/workspace.js";

/** `seconds`: length of a bar. Throws `no-such-dataset`, `bad-usage` where nothing can be made of it, or `no-data`. */
export async function makeBars({ lake }: Workspace, from: string, seconds: number, name: string): Promise<DatasetManifest> {
  const ticks = await openDataset(lake, from);
  const { kind, calendar, priceBasis, priceBasisAssumed, survivorsOnly, survivorsAssumed, instruments, notTradable, ...rest } =
    ticks.manifest;
  if (kind === "bar") throw new TruewindError("bad-usage", `Dataset ${from} holds bars already: bars are made of trades or quotes.`);
  if (name === from) throw new TruewindError("bad-usage", `The bars would take the place of ${from}: give them another name with --as.`);
  if (seconds * SECOND_US > DAY_US)
    throw new TruewindError("bad-usage", `A bar of ${seconds} seconds is longer than a day: choose at most 86400.`);
  if (rest.from === null || rest.to === null) throw new TruewindError("no-data", `Dataset ${from} has no rows.`);
  const day = (at: number) => isoDateOrThrow(utcDate(at as Micros));
  const sessions = calendarByName(calendar).sessions(day(rest.from - DAY_US), day(rest.to + DAY_US));
  const facts = {
    name,
    kind: "bar",
    barInterval: seconds,
    priceBasis,
    priceBasisAssumed,
    survivorsOnly,
    survivorsAssumed,
    calendar,
    instruments,
    notTradable,
    source: `bars of ${seconds} s of the ${kind}s of ${from} (${ticks.manifest.id.slice(0, 12)}), which are ${rest.source}`,
  } as const;
  return writeDataset(lake, facts, tickBars(ticks.source().batches(0), sessions, seconds * SECOND_US), ticks.references());
}
