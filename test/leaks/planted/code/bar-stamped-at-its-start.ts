// Bars of a week or of some sessions bear the time of their beginning, and are joined as if they were over; mended, the last that was over.
import { codeLeak } from "../planted-leak.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { type Desk, sheetOf } from "../pipeline/desk.js";
import { weekOf } from "../worlds/calendar.js";

type Period = "week" | "ten sessions" | "month" | "two sessions";
type Figure = "return" | "range" | "volume" | "close";
const periods: readonly Period[] = ["week", "ten sessions", "month", "two sessions"];
const figures: readonly Figure[] = ["return", "range", "close", "volume"];

export const barStampedAtItsStart = codeLeak({
  kind: "bar stamped at its start",
  plan(draft) {
    const period = draft.turn(periods);
    const figure = draft.turn(figures, 2);
    // A week looked at on its first morning has not begun: such a join takes the week before, rightly.
    const moment = draft.turn(["close", "evening", "close", "midday"] as const);
    const study = { ...draft, schedule: { ...draft.schedule, moment, every: draft.turn([1, 3, 2, 1]) } };
    const name = `${figure}-of-${period.replace(" ", "-")}`;
    return {
      place: `feature ${name}`,
      run: (world, leaky) => {
        const desk = deskOf(world, study);
        const barOf = world.sessions.map(({ date }, s) => numberOf(period, date, s));
        const spans = new Map<number, { from: number; to: number }>();
        for (const [s, bar] of barOf.entries()) spans.set(bar, { from: spans.get(bar)?.from ?? s, to: s });
        const order = [...spans.keys()];
        const feature = sheetOf(desk, ({ closed }, i) => {
          const bar = barOf[closed] as number;
          const joined = leaky ? bar : order[order.indexOf(bar) - 1];
          const span = joined === undefined ? undefined : spans.get(joined);
          return span === undefined ? Number.NaN : figureOf(desk, figure, span, i);
        });
        return finish(desk, study, { features: ordinaryFeatures(desk, study).set(name, feature) });
      },
    };
  },
});

function numberOf(period: Period, date: string, s: number): number {
  if (period === "week") return weekOf(date);
  if (period === "month") return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  return Math.floor(s / (period === "two sessions" ? 2 : 10));
}

function figureOf({ world, width }: Desk, figure: Figure, { from, to }: { from: number; to: number }, i: number): number {
  let first = Number.NaN;
  let last = Number.NaN;
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  let volume = 0;
  for (let cell = from * width + i; cell <= to * width + i; cell += width) {
    const close = world.close[cell] as number;
    if (Number.isNaN(close)) continue;
    if (Number.isNaN(first)) first = world.open[cell] as number;
    last = close;
    high = Math.max(high, world.high[cell] as number);
    low = Math.min(low, world.low[cell] as number);
    volume += world.volume[cell] as number;
  }
  if (Number.isNaN(last)) return Number.NaN;
  return figure === "return"
    ? last / first - 1
    : figure === "range"
      ? (high - low) / last
      : figure === "close"
        ? Math.log(last)
        : Math.log(volume + 1);
}
