// Every number of the limits and breakers that ship, each shown to bite: just inside it nothing happens, just outside it does.
import { describe, expect, it } from "vitest";
import { guardedRisk } from "#app/config/risk-limits.js";
import { NO_BREAKERS, type BreakerLimits } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import { HandAccount, verdictOf } from "#test/fixtures/hand-account.js";

const { limits, breakers } = guardedRisk();
const WIDE: RiskLimits = { maxWeight: 1, minCash: 0, maxGross: 2, maxTurnover: 10, maxOrderNotional: null };

/** Only the limit of that name. */
const only = (name: keyof RiskLimits): RiskLimits => ({ ...WIDE, [name]: limits[name] });
const trips = (name: keyof BreakerLimits): BreakerLimits => ({ ...NO_BREAKERS, [name]: breakers[name] });

describe("limits", () => {
  it("40 %: at most that much of one stock", () => {
    const account = new HandAccount(only("maxWeight"));
    expect(account.want(0.4, 0.41).map(verdictOf)).toEqual(["approve 400", "resize 400 max-weight"]);
  });

  it("5 %: at least that much of a stock that is held, and prices alone force nothing", () => {
    const account = new HandAccount(only("minWeight"));
    expect(account.want(0.05, 0.049).map(verdictOf)).toEqual(["approve 50", "refuse min-weight"]);
    account.want(0.1, 0.2);
    expect(account.want(0.04).map(verdictOf)).toEqual(["resize -50 min-weight"]);
    expect(account.want(0.05)).toEqual([]);
    account.prices(80);
    expect(account.weights[0]).toBeLessThan(0.05);
    expect(account.want(Number.NaN)).toEqual([]); // drift is no order
    expect(account.want(0.03).map(verdictOf)).toEqual(["refuse min-weight"]);
    expect(account.want(0.045).map(verdictOf)).toEqual(["refuse min-weight"]);
    expect(account.want(0).map(verdictOf)).toEqual(["approve -50"]);
  });

  it("5 %: at least that much cash", () => {
    const account = new HandAccount(only("minCash"));
    expect(account.want(0.5, 0.45, 0.01).map(verdictOf)).toEqual(["approve 500", "approve 450", "refuse min-cash"]);
    account.timer("reconcile");
    expect(account.engine.account.cash).toBe(5000);
  });

  it("30 %: bought and sold together in one session, and the next session begins anew", () => {
    const account = new HandAccount(only("maxTurnover"));
    expect(account.want(0.2, 0.2).map(verdictOf)).toEqual(["approve 200", "resize 100 max-turnover"]);
    expect(account.want(0.2, 0.2).map(verdictOf)).toEqual(["refuse max-turnover"]);
    expect(account.want(0, 0.1).map(verdictOf)).toEqual(["approve -200"]); // what reduces is not held up
    account.close();
    expect(account.want(0, 0.4).map(verdictOf)).toEqual(["approve 300"]);
  });

  it("1: no leverage, long or short", () => {
    const account = new HandAccount(only("maxGross"));
    expect(account.want(0.6, -0.5).map(verdictOf)).toEqual(["approve 600", "resize -400 max-gross"]);
    const long = new HandAccount(only("maxGross"));
    expect(long.want(0.6, 0.5).map(verdictOf)).toEqual(["approve 600", "resize 400 max-gross"]);
  });
});

describe("breakers", () => {
  /** Wholly in one stock: its price is the account. */
  const invested = (name: keyof BreakerLimits): HandAccount => {
    const account = new HandAccount(WIDE, trips(name));
    account.want(1);
    account.close();
    return account;
  };
  const closed = (account: HandAccount, rule: string): void => {
    account.restart(); // a restart opens nothing
    expect(account.want(0.4, 0.3).map(verdictOf)).toEqual([expect.stringMatching(/^approve -/), `refuse breaker-${rule}`]);
    account.command({ kind: "approve", by: "Ada", reason: "looked", breaker: null });
    expect(account.open).toEqual([]);
    expect(account.want(0.4, 0.3).map(verdictOf)).toEqual([expect.stringMatching(/^approve [1-9]/)]);
  };

  it("5 %: lost in a day", () => {
    const account = invested("dailyLoss");
    account.prices(95);
    account.close();
    account.prices(90.25);
    account.timer("reconcile");
    expect(account.open).toEqual([]); // 5 % a day is allowed, on one day and the next
    account.prices(90.24);
    account.timer("reconcile");
    expect(account.open).toEqual(["daily-loss"]);
    closed(account, "daily-loss");
  });

  it("10 %: lost in a week", () => {
    const account = invested("weeklyLoss");
    for (const price of [98, 96, 94, 92, 90]) {
      account.prices(price);
      account.close();
    }
    expect(account.open).toEqual([]);
    account.prices(89.99);
    account.timer("reconcile");
    expect(account.open).toEqual(["weekly-loss"]);
    closed(account, "weekly-loss");
    const slow = invested("weeklyLoss");
    for (const price of [95, 90, 85, 80]) {
      slow.prices(price);
      slow.close(7);
    }
    expect(slow.open).toEqual([]);
  });

  it("15 %: below the highest equity", () => {
    const account = invested("drawdown");
    account.prices(200);
    account.close();
    account.prices(170);
    account.close();
    expect(account.open).toEqual([]);
    account.prices(169.99);
    account.close();
    expect(account.open).toEqual(["drawdown"]);
    closed(account, "drawdown");
  });

  it("8 %: lost on one stock, which closes that one alone", () => {
    const account = new HandAccount(WIDE, trips("positionLoss"));
    account.want(0.1, 0.1);
    account.prices(92, 92);
    account.timer("reconcile");
    expect(account.open).toEqual([]);
    account.prices(91.99);
    account.timer("reconcile");
    expect(account.open).toEqual(["single-position"]);
    account.restart();
    expect(account.want(0.2, 0.2).map(verdictOf)).toEqual(["refuse breaker-single-position", expect.stringMatching(/^approve [1-9]/)]);
    expect(account.want(0).map(verdictOf)).toEqual(["approve -100"]);
    expect(account.want(0.1).map(verdictOf)).toEqual(["refuse breaker-single-position"]);
    account.command({ kind: "approve", by: "Ada", reason: "looked", breaker: "single-position" });
    expect(account.want(0.1).map(verdictOf)).toEqual([expect.stringMatching(/^approve [1-9]/)]);
  });

  it("80 %: of the start must remain", () => {
    const account = invested("portfolioFloor");
    account.prices(80);
    account.close();
    expect(account.open).toEqual([]);
    account.prices(79.99);
    account.close();
    expect(account.open).toEqual(["portfolio-floor"]);
    closed(account, "portfolio-floor");
  });

  it("open again only by an approval: a resume opens none", () => {
    const account = invested("dailyLoss");
    account.prices(90);
    account.timer("reconcile");
    account.command({ kind: "resume", by: "Ada", reason: "hurry" });
    account.close();
    expect(account.open).toEqual(["daily-loss"]);
    account.command({ kind: "approve", by: "Ada", reason: "another one", breaker: "drawdown" });
    expect(account.open).toEqual(["daily-loss"]);
  });
});

describe("the emergency stop", () => {
  it("calls everything back and orders nothing until it is approved", () => {
    const account = new HandAccount(WIDE);
    account.want(0.3);
    account.fills = false;
    account.want(0.5, 0.2);
    const out = account.engine.account.working.map(({ order }) => order.id);
    expect(out).toHaveLength(2);
    account.command({ kind: "kill", reason: "smoke", flatten: false });
    expect(account.engine.account.working).toEqual([]);
    expect(account.journal.entries.filter((entry) => entry.kind === "decision" && entry.trips?.[0]?.breaker === "kill")).toHaveLength(1);
    account.fills = true;
    account.restart();
    account.command({ kind: "resume", by: "Ada", reason: "hurry" });
    expect(account.want(0, 0)).toEqual([]);
    expect([account.engine.mode, account.engine.reason]).toEqual(["halted", "killed: smoke"]);
    account.command({ kind: "approve", by: "Ada", reason: "no fire", breaker: null });
    expect(account.engine.mode).toBe("running");
    expect(account.want(0.3, 0.1).map(verdictOf)).toEqual(["approve 100"]);
  });

  it("sells everything when asked to, and lets nothing else pass", () => {
    const account = new HandAccount(WIDE);
    account.want(0.3, -0.2);
    account.command({ kind: "kill", reason: "smoke", flatten: true });
    expect(Array.from(account.engine.account.lots)).toEqual([0, 0, 0]);
    expect(account.want(0.5)).toEqual([]);
  });

  it("forgets no halt that came before it or after it", () => {
    const account = new HandAccount(WIDE);
    account.command({ kind: "halt", reason: "the feed is gone" });
    account.command({ kind: "kill", reason: "smoke", flatten: false });
    account.command({ kind: "approve", by: "Ada", reason: "no fire", breaker: "kill" });
    expect([account.engine.mode, account.engine.reason]).toEqual(["halted", "the feed is gone"]);
    account.command({ kind: "resume", by: "Ada", reason: "it is back" });
    account.command({ kind: "kill", reason: "smoke", flatten: true });
    account.command({ kind: "halt", reason: "the venue is gone" });
    account.restart();
    account.command({ kind: "approve", by: "Ada", reason: "no fire", breaker: "kill" });
    expect([account.engine.mode, account.engine.reason]).toEqual(["halted", "the venue is gone"]);
  });
});
