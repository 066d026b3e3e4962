import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { COST_RATIO, LEAST_SESSIONS, type SessionEvidence, type SessionRule, judgeSession } from "./session-rules.js";

/** Sessions of a fair market and a strategy with the given mean over it. */
function record(sessions: number, over: number, seed: string): Pick<SessionEvidence, "net" | "baseline" | "cash"> {
  const rng = createRng(seed);
  const baseline = Array.from({ length: sessions }, () => 0.0004 + 0.008 * rng.normal());
  const net = baseline.map((r) => r + over + 0.003 * rng.normal());
  return { net, baseline, cash: baseline.map(() => 0.00005) };
}

/** A session that keeps every rule: a quiet rise, a little faster than equal weight. */
function good(changes: Partial<SessionEvidence> = {}): SessionEvidence {
  const net = Array.from({ length: 40 }, (_, i) => 0.0012 + (i % 2 === 0 ? 0.004 : -0.003));
  return {
    net,
    baseline: net.map((r) => r - 0.0004),
    cash: net.map(() => 0.00005),
    over: "equal weight",
    perYear: 252,
    planned: 40,
    expected: record(1200, 0.0006, "backtest"),
    anomalies: [],
    costs: { realised: 1000, modelled: 1010 },
    replay: "",
    validation: { decision: "edge", because: "All gates are passed." },
    ...changes,
  };
}
const rule = (evidence: SessionEvidence, id: SessionRule["id"]): SessionRule =>
  judgeSession(evidence).rules.find((one) => one.id === id) as SessionRule;

describe("the rules of a paper session", () => {
  it("say go when all are kept, and only then", () => {
    const judged = judgeSession(good());
    expect(judged.rules.map(({ id, passed }) => [id, passed])).toEqual(judged.rules.map(({ id }) => [id, true]));
    expect(judged.decision).toBe("go");
    expect(judged.rules.filter(({ kind }) => kind === "necessary").map(({ id }) => id)).toEqual([
      "return",
      "sharpe",
      "drawdown",
      "anomalies",
    ]);
  });

  const worse = good().net.map((r) => r - 0.0009);
  const fall = good().net.map((r, i) => (i === 20 ? -0.16 : r + 0.006));
  it.each<[SessionRule["id"], Partial<SessionEvidence>]>([
    ["return", { baseline: good().net.map((r) => r + 0.0001) }],
    ["sharpe", { net: worse.map((r) => r - 0.0008), baseline: worse.map((r) => r - 0.001) }],
    ["drawdown", { net: fall }],
    ["anomalies", { anomalies: ["A fill was far away."] }],
    ["replay", { replay: "Decision 7 is not the recorded one." }],
    ["band", { net: good().net.map((r) => r + 0.02) }],
    ["costs", { costs: { realised: 1600, modelled: 1000 } }],
    ["costs", { costs: { realised: 400, modelled: 1000 } }],
    ["gates", { validation: { decision: "no edge", because: "It earned nothing." } }],
  ])("say no-go when %s is broken", (id, changes) => {
    const judged = judgeSession(good(changes));
    expect(judged.rules.find((one) => one.id === id)?.passed).toBe(false);
    expect(judged.decision).toBe("no-go");
    if (id === "anomalies" || id === "replay" || id === "gates")
      expect(judged.rules.filter(({ passed }) => passed === false)).toHaveLength(1);
  });

  it("write a cost below zero with the minus sign of all figures", () => {
    const rule = judgeSession(good({ costs: { realised: -1650, modelled: 1000 } })).rules.find(({ id }) => id === "costs");
    expect(rule).toMatchObject({ passed: false, figure: "\u22121.65", because: expect.stringContaining("\u22121.65 times") as string });
  });

  it.each<[SessionRule["id"], Partial<SessionEvidence>, RegExp]>([
    ["gates", { validation: null }, /truewind validate/],
    ["gates", { validation: { decision: "not enough evidence", because: "Too few." } }, /Too few/],
    ["replay", { replay: null }, /not replayed/],
    ["length", { planned: 41 }, /40 of the 41 sessions/],
    ["band", { expected: null }, /too few sessions/],
    ["costs", { costs: { realised: 0, modelled: 0 } }, /No market order/],
    ["together", { expected: record(1200, -0.0004, "weak") }, /too wide to tell/],
  ])("say that there is not enough evidence while %s is open", (id, changes, words) => {
    const judged = judgeSession(good(changes));
    const open = judged.rules.find((one) => one.id === id);
    expect(open).toMatchObject({ passed: null, because: expect.stringMatching(words) as string });
    expect(judged.decision).toBe("not enough evidence");
  });

  it("leave what was earned open while the session is short, but not what is broken for good", () => {
    const cut = (values: readonly number[]): readonly number[] => values.slice(0, LEAST_SESSIONS - 1);
    const { net, baseline, cash } = good();
    const short = { net: cut(net).map((r) => r - 0.003), baseline: cut(baseline), cash: cut(cash) };
    const judged = judgeSession(good(short));
    for (const id of ["return", "sharpe", "band", "length"]) expect(judged.rules.find((one) => one.id === id)?.passed, id).toBeNull();
    expect(judged.decision).toBe("not enough evidence");
    expect(judgeSession(good({ ...short, anomalies: ["A."] })).decision).toBe("no-go");
  });

  it("keep the capitals of names in a sentence", () => {
    const changes = { net: good().net.map((r) => r - 0.0017) };
    expect(judgeSession(good(changes)).because).toMatch(/broken: return over equal weight, Sharpe ratio/);
    expect(rule(good(changes), "sharpe").figure).toMatch(/^\u2212\d/);
  });

  it("tell that twenty sessions say next to nothing of a Sharpe ratio", () => {
    const { net, baseline, cash } = record(20, 0, "twenty");
    const { sharpe } = judgeSession(good({ net, baseline, cash })).figures;
    // sqrt(252 / 19) = 3.64 for normal independent returns.
    expect(sharpe?.independentError).toBeGreaterThan(3.3);
    expect(sharpe?.independentError).toBeLessThan(4.1);
    expect(rule(good({ net, baseline, cash }), "sharpe").because).toMatch(/standard error of 3\.\d/);
  });

  it("hold nine of ten sessions of the backtest's own law within its band, and count luck both ways", () => {
    const expected = record(1500, 0.0006, "law");
    let within = 0;
    const sessions = 200;
    const longer = record(40 * sessions, 0.0006, "more of it");
    for (let k = 0; k < sessions; k++) {
      const part = (values: readonly number[]): readonly number[] => values.slice(40 * k, 40 * (k + 1));
      // One bootstrap serves all: the band depends on the length alone.
      if (k === 0) continue;
      const total = part(longer.net).reduce((wealth, r) => wealth * (1 + r), 1) - 1;
      const { luck } = band(expected);
      if (total >= luck.low && total <= luck.high) within++;
    }
    expect(within / (sessions - 1)).toBeGreaterThan(0.82);
    expect(within / (sessions - 1)).toBeLessThan(0.97);
    const { luck } = band(expected);
    expect(luck.fails).toBeGreaterThan(0.02);
    expect(luck.fails).toBeLessThan(0.5);
    expect(luck.passesWithout).toBeGreaterThan(0.1);
    expect(luck.passesWithout).toBeLessThan(1 - luck.fails);
  });

  it("are empty of everything where no session was traded", () => {
    const judged = judgeSession(
      good({ net: [], baseline: [], cash: [], expected: null, costs: { realised: 0, modelled: 0 }, replay: null }),
    );
    expect(judged.decision).toBe("not enough evidence");
    expect(JSON.stringify(judged)).not.toMatch(/NaN/);
  });

  it("bound costs as they are documented", () => {
    expect(COST_RATIO).toEqual({ least: 0.5, most: 1.5 });
  });
});

const bands = new Map<object, NonNullable<ReturnType<typeof judgeSession>["figures"]["luck"]>>();
function band(expected: Pick<SessionEvidence, "net" | "baseline" | "cash">) {
  let luck = bands.get(expected);
  if (luck === undefined) bands.set(expected, (luck = judgeSession(good({ expected })).figures.luck as NonNullable<typeof luck>));
  return { luck };
}
