// Where an order of ours stands in the queue of its price. By-order recordings tell it exactly; recordings of levels do not say who went away,
// and a model answers. Our order changes nothing in the recording: `front` counts recorded lots alone.

/** What a model keeps of one resting order; plain data. */
export interface QueuePlace {
  /** Recorded lots ahead of it; with a model of chance not always whole. */
  front: number;
  /** Lots printed at its price that the book does not show yet. */
  printed: number;
}

export interface QueueModel {
  readonly name: string;
  /** The model and what it assumes, as a sentence for the report. */
  readonly words: string;
  /** True when it needs a recording of single orders. */
  readonly byOrder: boolean;
  /**
   * `lots` were traded at the order's price, of which `left` came past our orders before it. Returns how many of these would have come to the
   * order; it may get less.
   */
  print(place: QueuePlace, lots: number, left: number): number;
  /** The level's total went from `before` to `after`. */
  level(place: QueuePlace, before: number, after: number): void;
}

/**
 * The order moves up by what trades at its price alone; everybody who goes away stood behind it, until the level is smaller than what is
 * ahead. It never fills earlier than it would have.
 */
export const riskAverse: QueueModel = {
  name: "risk-averse",
  words:
    "risk-averse queue: an order moves up only by what trades at its price; whoever cancels is taken to stand behind it. Fills come too late rather than too early.",
  byOrder: false,
  print: (place, _lots, left) => printAhead(place, left),
  level(place, _before, after) {
    if (place.front > after) place.front = after;
  },
};

/**
 * Part of what goes away without a trade stood ahead: with b lots behind and a ahead, a lot that leaves stood behind with probability
 * f(b) / (f(b) + f(a)). Rigtorp, "Estimating order queue position" (2013); f(x) = x^n, as hftbacktest's PowerProbQueueModel.
 */
export function powerQueue(exponent: number): QueueModel {
  return chanceQueue(
    "power",
    `power queue: of b lots behind an order and a ahead, whoever cancels stood behind with probability b^${exponent} / (b^${exponent} + a^${exponent}).`,
    (lots) => lots ** exponent,
  );
}

/** As `powerQueue` with f(x) = ln(1 + x), x in units of the asset, `lotSize` of them in a lot; hftbacktest's LogProbQueueModel. */
export function logQueue(lotSize: number): QueueModel {
  return chanceQueue(
    "log",
    "log queue: of b units behind an order and a ahead, whoever cancels stood behind with probability ln(1 + b) / (ln(1 + b) + ln(1 + a)).",
    (lots) => Math.log(1 + lots * lotSize),
  );
}

/** First in, first out, order by order: what is ahead is known, and the matcher counts it down as those orders shrink or go. */
export const fifo: QueueModel = {
  name: "fifo",
  words: "exact queue: the recording tells single orders, so that those ahead of ours are known; price, then time.",
  byOrder: true,
  print(place, _lots, left) {
    place.printed += left;
    const reached = place.printed - place.front;
    if (reached < 1) return 0;
    place.printed = place.front;
    return reached;
  },
  level: () => undefined,
};

function chanceQueue(name: string, words: string, f: (lots: number) => number): QueueModel {
  return {
    name,
    words,
    byOrder: false,
    print(place, lots, left) {
      place.printed += lots;
      return printAhead(place, left);
    },
    level(place, before, after) {
      // What was printed is missing from the level by itself: only the rest went away unseen.
      const gone = before - after - place.printed;
      place.printed = 0;
      if (gone > 0) {
        const ahead = place.front;
        const behind = before - ahead;
        const share = f(behind) / (f(behind) + f(ahead));
        const isBehind = Number.isFinite(share) ? share : 1;
        place.front = ahead - (1 - isBehind) * gone + Math.min(behind - isBehind * gone, 0);
      }
      if (place.front > after) place.front = after;
      if (place.front < 0) place.front = 0;
    },
  };
}

function printAhead(place: QueuePlace, lots: number): number {
  place.front -= lots;
  // Chance leaves parts of a lot: half of one or more counts as one, as in hftbacktest 2.4.4.
  const reached = Math.round(-place.front);
  if (reached < 1) return 0;
  place.front = 0;
  return reached;
}
