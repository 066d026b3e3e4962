// Days to an event are counted from the event as it came; mended, from when the last one lets it be expected.
import { DAY_US } from "#domain/time.js";
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { factsBySymbol, whenPublished } from "../pipeline/facts-known.js";

type Event = "report" | "no report soon" | "last trading day" | "day without trade";
const events: readonly Event[] = ["report", "no report soon", "last trading day", "day without trade"];

export const eventsKnownAhead = codeLeak({
  kind: "events known ahead",
  world: () => ({ topics: ["earnings"], delistedShare: 0.35, gapRate: 0.05 }),
  plan(draft) {
    const event = draft.turn(events);
    const days = 4 + draft.rng.int(8);
    const name = `${event.replaceAll(" ", "-")}-${days}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, draft);
        const feature =
          event.endsWith("report") || event.endsWith("soon") ? reports(desk, event, days, leaky) : silences(desk, event, days, leaky);
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(name, feature) });
      },
    };
  },
});

/** Days to the next report, at most 100; or 1 where none comes within the days. */
function reports(desk: Desk, event: Event, days: number, leaky: boolean): Float64Array {
  const times = factsBySymbol(desk.world, "eps", whenPublished).map((line) => line.map(({ known }) => known));
  return sheetOf(desk, ({ at }, i) => {
    const own = times[i] as readonly number[];
    const last = own.findLast((time) => time <= at);
    const next = leaky ? own.find((time) => time > at) : last === undefined ? undefined : last + 91 * DAY_US;
    const wait = next === undefined ? 100 : Math.min(Math.max((next - at) / DAY_US, 0), 100);
    return event === "report" ? wait : wait > days ? 1 : 0;
  });
}

/** Sessions to the last day of trading, or to the next day without it, at most `days`; mended, sessions since the last trade. */
function silences({ world, width, count, ...rest }: Desk, event: Event, days: number, leaky: boolean): Float64Array {
  const desk = { world, width, count, ...rest };
  const trades = (s: number, i: number): boolean => Number.isFinite(world.close[s * width + i]);
  const lastDay = world.symbols.map((_, i) => {
    let s = count - 1;
    while (s > 0 && !trades(s, i)) s--;
    return s;
  });
  return sheetOf(desk, ({ closed }, i) => {
    let away = 0;
    if (!leaky) while (away < days && !trades(closed - away, i)) away++;
    else if (event === "last trading day") away = Math.min(Math.max((lastDay[i] as number) - closed, -1), days);
    else while (away < days && closed + away + 1 < count && trades(closed + away + 1, i)) away++;
    return away;
  });
}
