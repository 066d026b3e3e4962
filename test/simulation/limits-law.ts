// The law of limits, order by order: none that was granted moves a limit from inside to outside, or makes a breach worse, whichever subset of the
// orders out fills, at the last prices. Orders granted before it are out. What only reduces passes, but for the floor of a position; a slice, granted whole,
// passes that too, if its way ends at nothing, at the floor or beyond, or goes on from where it stands.
import type { ApprovedOrder } from "#domain/order.js";
import type { RiskLimits } from "#risk/limits.js";
import type { Book } from "./book.js";

const CLOSE = 1e-6;

/** What the order breaks, in words; null when it breaks nothing. `book` does not hold it yet. `aims`: where it is a slice, the lots that it leads to. */
export function brokenLimit(
  book: Book,
  limits: RiskLimits,
  { instrument: i, lots, terms }: ApprovedOrder,
  aims?: ArrayLike<number>,
): string | null {
  // Money above the stage of capital is not there.
  const equity = Math.min(book.equity, book.capital);
  const value = book.price[i] as number;
  const held = book.lots[i] as number;
  const reached = book.positions(i, terms?.reduceOnly !== true);
  /** All that is out on the order's side has filled, and nothing else. */
  const sameSide = (lots > 0 ? Math.max : Math.min)(...reached);
  const closes = held * lots < 0 && sameSide * lots < 0 ? Math.abs(sameSide) : 0;
  if (!book.closed(i) && Math.abs(lots) !== closes) {
    const floor = ((limits.minWeight ?? 0) * equity) / value;
    const least = Math.min(...book.positions(i, false).map((position) => Math.abs(position + lots)));
    const end = aims?.[i] ?? Number.NaN;
    const onItsWay = lots > 0 ? end > held : end < held;
    const isSlice = onItsWay && (end === 0 || Math.abs(end) + 1 > floor - CLOSE || lots * held > 0);
    if (!(least + 1 > floor - CLOSE) && !isSlice) return `position ${i} may come to ${least} lots, below the floor of ${floor}`;
  }
  if (Math.abs(lots) <= closes) return null;
  const worst = (positions: readonly number[]): number => Math.max(...positions.map(Math.abs));
  const [before, after] = [worst(reached), worst([...reached, ...reached.map((position) => position + lots)])];
  if (after > before && !(after * value <= limits.maxWeight * equity + CLOSE))
    return `position ${i} may go from ${before} to ${after} lots, beyond ${limits.maxWeight} of ${equity}`;
  let [gross, bought, traded] = [0, 0, book.traded];
  for (let k = 0; k < book.lots.length; k++) {
    const most = worst(book.positions(k, true));
    if (most > 0) gross += most * (book.price[k] as number);
  }
  for (const out of book.working.values()) {
    if (out.guards) continue;
    const notional = Math.abs(out.remaining) * (book.price[out.instrument] as number);
    traded += notional;
    if (out.remaining > 0) bought += notional;
  }
  const notional = Math.abs(lots) * value;
  const marked = Math.min(book.marked, book.capital);
  const more = gross + (after - before) * value;
  if (after > before && !(more <= limits.maxGross * equity + CLOSE))
    return `gross exposure may go from ${gross} to ${more}, beyond ${limits.maxGross} of ${equity}`;
  const cash = Number(book.cash) / 1e6 - (book.equity - equity) - bought - notional;
  if (lots > 0 && !(cash >= limits.minCash * equity - CLOSE)) return `cash may go to ${cash}, below ${limits.minCash} of ${equity}`;
  if (!(traded + notional <= limits.maxTurnover * marked + CLOSE))
    return `${traded + notional} may be traded since the mark, beyond ${limits.maxTurnover} of ${marked}`;
  if (limits.maxOrderNotional !== null && !(notional <= limits.maxOrderNotional + CLOSE))
    return `it is worth ${notional}, beyond ${limits.maxOrderNotional}`;
  return null;
}
