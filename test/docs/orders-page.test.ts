// The table of docs/guide/orders.md, run: for each state an order is brought there by real events, the word is said, and what comes of it compared.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Currency, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import { ORDER_STATES, type OrderState } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import type { Fill, OrderReport } from "#domain/venue-event.js";
import { Account } from "#engine/account.js";
import { approve } from "#risk/approve.js";
import { SHARE } from "#test/fixtures/venue-bench.js";

const at = 1 as Micros;
const ORDER = "o" as OrderId;

/** An account with one order for ten lots, and words for it. */
class Life {
  readonly account = new Account([SHARE], "USD" as Currency, 1_000_000n);
  private fills = 0;

  constructor(sleeps: boolean) {
    const terms = sleeps ? { terms: { trigger: 5 as Ticks } } : {};
    this.account.orders.add(
      approve({
        id: ORDER,
        instrument: 0 as InstrumentIx,
        lots: 10 as Lots,
        type: sleeps ? "stop" : "market",
        limit: null,
        createdAt: at,
        ...terms,
      }),
    );
  }

  get state(): OrderState | undefined {
    return this.account.orders.find(ORDER)?.state;
  }

  get left(): number {
    return this.account.orders.find(ORDER)?.remaining ?? 0;
  }

  fill(lots: number): string | null {
    return this.book({
      kind: "fill",
      at,
      seenAt: at,
      fillId: `f${++this.fills}`,
      order: ORDER,
      instrument: 0 as InstrumentIx,
      lots: lots as Lots,
      price: 5 as Ticks,
      feeMicro: 0n,
    });
  }

  private book(fill: Fill): string | null {
    return this.account.fill(fill);
  }

  hear(kind: OrderReport["kind"]): string | null {
    return this.account.orders.hear({ kind, at, seenAt: at, order: ORDER, reason: "so" });
  }

  ask(): null {
    this.account.orders.cancelling(ORDER);
    return null;
  }
}

const WAYS: Readonly<Record<OrderState, (life: Life) => void>> = {
  "submitted": () => undefined,
  "unknown": (life) => life.account.orders.lost(),
  "sleeping": (life) => void life.hear("order-accepted"),
  "accepted": (life) => void (life.hear("order-accepted"), life.hear("order-triggered")),
  "part-filled": (life) => void life.fill(3),
  "cancelling": (life) => void life.ask(),
  "filled": (life) => void life.fill(10),
  "cancelled": (life) => void life.hear("order-cancelled"),
  "expired": (life) => void life.hear("order-expired"),
  "rejected": (life) => void life.hear("order-rejected"),
};

const WORDS: Readonly<Record<string, (life: Life) => string | null>> = {
  "accepted": (life) => life.hear("order-accepted"),
  "triggered": (life) => life.hear("order-triggered"),
  "fill of a part": (life) => life.fill(2),
  "fill of the rest": (life) => life.fill(Math.max(1, life.left)),
  "fill of more than the rest": (life) => life.fill(life.left + 1),
  "rejected": (life) => life.hear("order-rejected"),
  "cancelled": (life) => life.hear("order-cancelled"),
  "expired": (life) => life.hear("order-expired"),
  "we ask to cancel": (life) => life.ask(),
  "cancel refused": (life) => life.hear("cancel-rejected"),
  "unanswered": (life) => life.hear("order-unanswered"),
};

const page = readFileSync(new URL("../../docs/guide/orders.md", import.meta.url), "utf8");
const cells = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const lines = page.split("\n");
const start = lines.findIndex((line) => line.startsWith("| word |"));
const columns = cells(lines[start] as string).slice(1);
const rows = lines.slice(start + 2, lines.indexOf("", start)).map(cells);

describe("docs/guide/orders.md", () => {
  it("has every state as a column, and every word as a row", () => {
    expect(columns).toEqual(ORDER_STATES);
    expect(rows.map(([word]) => word)).toEqual(Object.keys(WORDS));
  });

  it.each(rows.flatMap(([word, ...answers]) => answers.map((answer, k) => [word as string, columns[k] as OrderState, answer] as const)))(
    "says what %s does to an order that is %s: %s",
    (word, state, answer) => {
      for (const sleeps of state === "sleeping" || state === "accepted" ? [true] : [false, true]) {
        const life = new Life(sleeps);
        WAYS[state](life);
        expect(life.state).toBe(state);
        const [left, held] = [life.left, life.account.lots[0] as number];
        const complaint = WORDS[word]?.(life);
        expect(complaint !== null, String(complaint)).toBe(answer.endsWith("!"));
        const then = answer.replace("!", "").trim();
        const work = (): OrderState => (word !== "triggered" && sleeps && held === 0 ? "sleeping" : "accepted");
        expect(life.state).toBe(then === "." ? state : then === "work" ? work() : then);
        const bought = (life.account.lots[0] as number) - held;
        if (word.startsWith("fill")) expect(bought).toBeGreaterThan(0);
        expect(life.left).toBe(Math.max(0, left - bought));
        const over = ["filled", "cancelled", "expired", "rejected"].includes(life.state as string);
        expect(life.account.workingBuys[0]).toBe(over ? 0 : life.left);
      }
    },
  );
});
