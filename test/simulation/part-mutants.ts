// Deliberate bugs in the parts that only some worlds have: what an exit is measured by, what the account may lose, what a venue does by itself.
import type { Engine } from "#engine/engine.js";
import type { Protection } from "#execution/protection.js";
import { SECOND_US } from "#domain/time.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import { createRiskEngine } from "#risk/review.js";
import type { BorrowTerms } from "#simulation/venue/rules.js";
import { type Mutant, seenAs } from "./mutant.js";
import { optimizedBy } from "./portfolio-law.js";
import { EXITS, lossesBy } from "./setting.js";
import type { SimRules } from "./venue-law.js";

type Inside = Pick<Protection, "review" | "filled" | "split" | "snapshot"> & {
  readonly range: Float64Array;
  readonly age: Float64Array;
  readonly ranges: { at(i: number): number };
};

/** What protection remembers. */
const insideOf = ({ protection }: Engine): Inside => protection as unknown as Inside;

/** Risk in two steps: what may be lost, of the account as `seen` shows it; then every other limit, of the account as it is. */
const lossesSeenBy =
  (seen: (view: PortfolioView) => PortfolioView): NonNullable<Mutant["risk"]> =>
  (risk, limits) => {
    const others = createRiskEngine({ ...limits });
    return {
      review: (orders, view, gate) => {
        const first = risk.review(orders, seen(view), gate);
        const granted = first.filter(({ verdict }) => verdict !== "refuse");
        const second = others.review(
          granted.map(({ order }) => order),
          view,
          gate,
        );
        return first.map((decision) => second[granted.indexOf(decision)] ?? decision);
      },
    };
  };

const nothing = new Float64Array(16);
const twice = (of: Float64Array): Float64Array => of.map((lots) => 2 * lots);
const losses: Mutant["setting"] = { losses: lossesBy("historical", () => 0.5), protection: null, mixes: false };

const emptied = (view: PortfolioView): PortfolioView => Object.create(view, { lots: { value: nothing } }) as PortfolioView;
/** Long only, within a turnover. */
const solved: Mutant["setting"] = {
  optimized: optimizedBy((what) => (what === "turnover" ? 0 : what === "objective" ? 0.1 : 0.9), { maxWeight: 0.35, maxTurnover: 6 }),
  ruled: false,
  protection: null,
};

/** Borrow lists with other lines. */
const listsOf = (rules: SimRules, line: (terms: BorrowTerms, all: readonly BorrowTerms[]) => BorrowTerms): SimRules["borrow"] =>
  new Map([...rules.borrow].map(([i, list]) => [i, list.map((terms) => line(terms, list))]));

const exits: Mutant["setting"] = { protection: EXITS, mixes: false };

export const PART_MUTANTS: Readonly<Record<string, Mutant>> = {
  "range-moves": {
    bug: "The range that exits are measured by moves with the market",
    kinds: [],
    setting: exits,
    started: (engine) => {
      const protection = insideOf(engine);
      const review = protection.review.bind(protection);
      protection.review = (...args) => {
        for (let i = 0; i < protection.range.length; i++) protection.range[i] = protection.ranges.at(i);
        return review(...args);
      };
    },
  },
  "range-forgotten": {
    bug: "The snapshot leaves out how far bars ranged when positions began",
    kinds: ["kills"],
    setting: exits,
    started: (engine) => {
      const protection = insideOf(engine);
      const snapshot = protection.snapshot.bind(protection);
      protection.snapshot = () => {
        const kept = Float64Array.from(protection.range);
        protection.range.fill(Number.NaN);
        const bytes = snapshot();
        protection.range.set(kept);
        return bytes;
      };
    },
  },
  "range-unsplit": {
    bug: "A split leaves the range that exits are measured by as it was",
    kinds: [],
    setting: { ...exits, acts: true },
    started: (engine) => {
      const protection = insideOf(engine);
      const split = protection.split.bind(protection);
      protection.split = (event) => {
        const kept = protection.range[event.instrument] as number;
        split(event);
        protection.range[event.instrument] = kept;
      };
    },
  },
  "exits-unplaced": {
    bug: "What a position lacks of its exits is placed with its first fill only",
    kinds: ["loss"],
    setting: exits,
    started: (engine) => {
      const protection = insideOf(engine);
      const review = protection.review.bind(protection);
      protection.review = (view, now, from, to) => (to - from === 1 ? review(view, now, from, to) : null);
    },
  },
  "age-restarted": {
    bug: "A position counts as new again whenever it grows",
    kinds: [],
    setting: exits,
    started: (engine) => {
      const protection = insideOf(engine);
      const filled = protection.filled.bind(protection);
      protection.filled = (fill, before) => {
        filled(fill, before);
        protection.age[fill.instrument] = 0;
      };
    },
  },
  "losses-forgotten": {
    bug: "Risk forgets what the account may lose",
    kinds: [],
    setting: losses,
    risk: (_, limits) => ({ review: (...args) => createRiskEngine(limits).review(...args) }),
  },
  "losses-out": {
    bug: "What the account may lose is measured without the orders that are out",
    kinds: [],
    setting: losses,
    risk: lossesSeenBy((view) => seenAs(view, nothing, nothing)),
  },
  "losses-twice": {
    bug: "What the account may lose is measured with the orders that are out counted twice",
    kinds: [],
    setting: losses,
    risk: lossesSeenBy((view) => seenAs(view, twice(view.workingBuys), twice(view.workingSells))),
  },
  "past-forgotten": {
    bug: "The snapshot leaves out the returns since the session began",
    kinds: ["kills"],
    setting: losses,
    started: ({ riskMemory }) => {
      if (riskMemory === null) return;
      const old = riskMemory.snapshot();
      riskMemory.snapshot = () => old;
    },
  },
  "past-unsplit": {
    bug: "A split leaves the prices before it as they were",
    kinds: [],
    setting: { ...losses, acts: true },
    started: ({ riskMemory }) => {
      if (riskMemory !== null) riskMemory.reference = () => undefined;
    },
  },
  "halt-ignored": {
    bug: "Orders fill while their name is halted",
    kinds: [],
    setting: { ruled: true },
    rules: (rules) => ({ ...rules, halts: new Map() }),
  },
  "lent-without-end": {
    bug: "Shares are lent without end",
    kinds: [],
    setting: { ruled: true },
    rules: (rules) => ({ ...rules, borrow: listsOf(rules, (terms) => ({ ...terms, lots: Number.POSITIVE_INFINITY })) }),
  },
  "list-unread": {
    bug: "The portfolio asks for what could be borrowed when the session began",
    kinds: [],
    setting: { ruled: true },
    asked: (rules) => ({ ...rules, borrow: listsOf(rules, ({ from, feeBps }, [first]) => ({ from, feeBps, lots: first?.lots ?? 0 })) }),
  },
  "fee-of-the-evening": {
    bug: "The fee for borrowed shares of a whole day is the one in force at its end",
    kinds: [],
    setting: { ruled: true, financed: true },
    rules: (rules) => ({ ...rules, borrow: listsOf(rules, (terms, all) => ({ ...terms, feeBps: all.at(-1)?.feeBps ?? 0 })) }),
  },
  "funding-turned": {
    bug: "Who is short pays the funding to who is long",
    kinds: [],
    setting: { ruled: true },
    rules: (rules) => ({ ...rules, funding: rules.funding.map((funding) => ({ ...funding, rate: -funding.rate })) }),
  },
  "funding-misfiled": {
    bug: "Funding is booked as interest",
    kinds: [],
    setting: { ruled: true },
    started: ({ account }) => {
      const posted = account.posted.bind(account);
      account.posted = (event) => posted(event.reason === "funding" ? { ...event, reason: "interest" } : event);
    },
  },
  "funding-again": {
    bug: "The snapshot leaves out which funding was booked",
    kinds: ["kills", "loss"],
    setting: { ruled: true, acts: false },
    started: ({ account: { orders } }) => {
      const save = orders.save.bind(orders);
      const noCash = (ids: readonly string[]): string[] => ids.filter((id) => !id.startsWith("cash "));
      orders.save = () => {
        const state = save();
        return {
          ...state,
          recentFills: noCash(state.recentFills),
          olderFills: noCash(state.olderFills),
          oldestFills: noCash(state.oldestFills),
        };
      };
    },
  },
  "held-unseen": {
    bug: "The optimizer takes an account for one that holds nothing",
    kinds: [],
    setting: solved,
    builder: (builder) => ({
      ...builder,
      build: (signals, frame, view, within) => builder.build(signals, frame, emptied(view), within),
    }),
  },
  "returns-forgotten": {
    bug: "The snapshot leaves out the returns that the optimizer looks at",
    kinds: ["kills"],
    setting: solved,
    started: ({ memory }) => {
      if (memory === null) return;
      const old = memory.snapshot();
      memory.snapshot = () => old;
    },
  },
  "filled-in-between": {
    bug: "Orders are filled in the middle between bid and ask",
    kinds: [],
    setting: { quoted: true },
    quotes: ({ bid, ask, ...batch }) => {
      const middle = bid.map((price, row) => Math.round(50 * (price + (ask[row] as number))) / 100);
      return { ...batch, bid: middle, ask: middle };
    },
  },
  "filled-before": {
    bug: "Orders are filled on the quote that comes next",
    kinds: [],
    setting: { quoted: true },
    quotes: (batch) => ({ ...batch, at: batch.at.map((at) => at - 4 * SECOND_US) }),
  },
};
