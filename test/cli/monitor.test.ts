// `truewind monitor` is a paper session of the experiment with the key `monitor`, and says what is wrong where there is none.
import { afterAll, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { createCli } from "#test/fixtures/cli.js";

const cli = createCli("monitor");
afterAll(() => cli.dispose());

/** Seven days of bars of five minutes. */
function bars(): string {
  const rng = createRng("monitor");
  const prices = [40, 50, 60, 70];
  const rows = ["time,symbol,open,high,low,close,volume"];
  for (const day of ["01", "02", "03", "04", "05", "08", "09"])
    for (let bar = 0; bar < 78; bar++) {
      const minute = 9 * 60 + 30 + 5 * bar;
      const time = `2021-03-${day} ${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;
      const market = 0.002 * rng.normal();
      prices.forEach((open, i) => {
        const close = Math.round(open * Math.exp(market + 0.004 * rng.normal()) * 100) / 100;
        prices[i] = close;
        rows.push(`${time},I${i},${open},${Math.max(open, close)},${Math.min(open, close)},${close},1000000`);
      });
    }
  return `${rows.join("\n")}\n`;
}

it("adjusts as the key in the file does, and asks for what it needs", { timeout: 120_000 }, async () => {
  cli.write("bars.csv", bars());
  const columns = { at: { column: "time" }, open: "open", high: "high", low: "low", close: "close", volume: "volume" };
  const declared = {
    name: "minutes",
    files: "bars.csv",
    columns,
    symbol: { column: "symbol" },
    interval: 300,
    timezone: "America/New_York",
  };
  cli.write("minutes.yaml", JSON.stringify({ ...declared, priceBasis: "raw", survivorsOnly: false }));
  await cli.json(["data", "import", "minutes.yaml"]);
  const experiment = {
    name: "watched",
    data: { dataset: "minutes", anonymize: false },
    universe: { minHistory: 20 },
    features: ["mom_20"],
    rebalance: { every: 39, graceSeconds: 20 },
    splits: { train: 4, test: 3, embargo: 0 },
    label: { horizon: 3 },
    portfolio: { kind: "optimize", window: 40 },
    risk: { profile: "research", maxWeight: 0.5, maxTurnover: 9 },
  };
  cli.write("plain.yaml", JSON.stringify(experiment));
  cli.write("keyed.yaml", JSON.stringify({ ...experiment, monitor: { every: "15m", maxTurnover: 0.05 } }));
  cli.write("daily.yaml", JSON.stringify({ ...experiment, portfolio: { kind: "top-k", k: 2 } }));
  const asked = ["--every", "15m", "--max-turnover", "0.05", "--sessions", "2"];
  const [keyed, verb, plain] = [
    await cli.json(["paper", "keyed.yaml", "--sessions", "2"]),
    await cli.json(["monitor", "plain.yaml", ...asked]),
    await cli.json(["paper", "plain.yaml", "--sessions", "2"]),
  ] as { orders: number; hash: string }[];
  expect(verb?.hash).toBe(keyed?.hash);
  expect(verb?.orders).toBeGreaterThan(plain?.orders as number);
  for (const [args, sentence] of [
    [["monitor", "plain.yaml", "--every", "15m"], /--max-turnover/],
    [["monitor", "plain.yaml", "--every", "7m", "--max-turnover", "0.05"], /no whole bars of 300 s/],
    [
      ["monitor", "plain.yaml", "--every", "15m", "--max-turnover", "5"],
      /Experiment watched with a monitor has a problem:\n  monitor\.maxTurnover: must be at most 1/,
    ],
    [["monitor", "daily.yaml", ...asked], /kind top-k has no budget/],
  ] as const) {
    const { code, stderr } = await cli.run([...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  }
});
