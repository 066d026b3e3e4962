import { describe, expect, it } from "vitest";
import { NO_BREAKERS } from "#risk/breakers.js";
import { HandAccount, verdictOf } from "#test/fixtures/hand-account.js";

const WIDE = { maxWeight: 1, minCash: 0, maxGross: 2, maxTurnover: 10, maxOrderNotional: null };
/** What the journal says of refusals since it had `from` entries. */
const refusals = ({ journal }: HandAccount, from = 0): string[] =>
  journal.entries
    .slice(from)
    .flatMap((entry) => (entry.kind === "decision" ? entry.decisions : []))
    .filter(({ verdict }) => verdict === "refuse")
    .map(verdictOf);

/** Half of the first name is held, more is wanted, and no more is allowed. */
function refused(): HandAccount {
  const account = new HandAccount({ ...WIDE, maxWeight: 0.5 });
  account.want(0.5);
  account.want(0.6);
  expect(refusals(account)).toEqual(["refuse max-weight"]);
  return account;
}

describe("a refusal of the standing target", () => {
  it("is journaled once, however often the target is looked at, and after a restart", () => {
    const account = refused();
    for (let k = 0; k < 3; k++) account.timer("reconcile");
    account.close();
    account.restart();
    account.timer("reconcile");
    account.want(0.6);
    expect(refusals(account)).toEqual(["refuse max-weight"]);
  });

  it("is told anew when the desire changes, and again when it changes back", () => {
    const account = refused();
    account.want(0.7);
    account.want(0.6);
    expect(refusals(account)).toHaveLength(3);
  });

  it("is told anew when it was not wanted in between", () => {
    const account = refused();
    account.want(0.5);
    account.timer("reconcile");
    account.want(0.6);
    account.timer("reconcile");
    expect(refusals(account)).toHaveLength(2);
  });

  it("is told anew when the reason changes", () => {
    const account = new HandAccount({ ...WIDE, maxWeight: 0.5 }, { ...NO_BREAKERS, dailyLoss: 0.05 });
    account.want(0.5);
    account.close();
    account.want(0.6);
    account.prices(80);
    account.timer("reconcile");
    account.timer("reconcile");
    expect(refusals(account)).toEqual(["refuse max-weight", "refuse breaker-daily-loss"]);
  });

  it("is told anew once a person has spoken", () => {
    const account = refused();
    account.command({ kind: "resume", by: "Ada", reason: "looked" });
    account.timer("reconcile");
    account.timer("reconcile");
    expect(refusals(account)).toEqual(["refuse max-weight", "refuse max-weight"]);
  });

  it("ends when the limit lets the order pass, and is a new one when it comes back", () => {
    const account = new HandAccount({ ...WIDE, maxTurnover: 0.3 });
    account.want(0.5);
    account.timer("reconcile");
    account.timer("reconcile");
    expect(refusals(account)).toEqual(["refuse max-turnover"]);
    account.close();
    account.timer("reconcile");
    expect(account.engine.account.lots[0]).toBe(500);
    account.want(0.9);
    account.timer("reconcile");
    expect(refusals(account)).toEqual(["refuse max-turnover", "refuse max-turnover"]);
  });

  it("of one name hides no order of another, nor its refusal", () => {
    const account = refused();
    const before = account.journal.entries.length;
    account.want(0.6, 0.5);
    expect(account.engine.account.lots[1]).toBe(500);
    expect(refusals(account, before)).toEqual([]);
    const said = account.want(0.6, 0.6);
    expect(said.map(({ order }) => order.instrument)).toEqual([1]);
    expect(said.map(verdictOf)).toEqual(["refuse max-weight"]);
  });
});
