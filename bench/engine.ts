// Bar events per second through the full loop, against nautilus_trader on the same bars with the same strategy. Twice: the loop alone,
// and with reading the bars (ours from the Parquet lake, the peer's from CSV to its own objects: each as its users do).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "#data/lake/open-dataset.js";
import { writeDataset } from "#data/lake/write-dataset.js";
import type { Currency, Instrument, InstrumentId } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import type { Bench, BenchCase, NotRun } from "./contract.js";
import { minuteBars } from "./ema-cross.js";
import { fromMemory, runEngine } from "./engine-run.js";
import { isNotRun, runPeer } from "./peer.js";

interface Market {
  readonly label: string;
  readonly names: readonly string[];
  readonly batches: readonly BarBatch[];
  readonly bars: number;
  readonly csv: string;
}

const folder = mkdtempSync(join(tmpdir(), "truewind-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Made on first use, so that listing benches costs nothing. */
const market = (() => {
  const made = new Map<string, Market>();
  return (instruments: number, minutes: number): Market => {
    const label = `${instruments} x ${minutes}`;
    const known = made.get(label);
    if (known !== undefined) return known;
    const names = Array.from({ length: instruments }, (_, i) => `S${String(i).padStart(2, "0")}`);
    const batches = minuteBars("engine", instruments, minutes);
    const csv = join(folder, `${instruments}.csv`);
    writeFileSync(csv, toCsv(names, batches));
    const fresh = { label, names, batches, bars: instruments * minutes, csv };
    made.set(label, fresh);
    return fresh;
  };
})();

function toCsv(names: readonly string[], batches: readonly BarBatch[]): string {
  const lines = ["symbol,ts_us,open,high,low,close,volume"];
  for (const b of batches) {
    for (let i = 0; i < b.length; i++) {
      lines.push(`${names[b.instrument[i] as number]},${b.at[i]},${b.open[i]},${b.high[i]},${b.low[i]},${b.close[i]},${b.volume[i]}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function span({ batches }: Market): { first: number; last: number } {
  const last = batches.at(-1) as BarBatch;
  return { first: (batches[0] as BarBatch).openAt[0] as number, last: last.at[last.length - 1] as number };
}

function peer(of: () => Market, withLoading: boolean): NonNullable<BenchCase["peer"]> {
  return {
    name: "nautilus_trader",
    run: (): Promise<number | NotRun> => {
      const { csv, bars } = of();
      const line = runPeer("engine_nautilus.py", ["--csv", csv, "--size", "1", "--indicators", "20"]);
      if (isNotRun(line)) return Promise.resolve(line);
      const seconds = (line["run_s"] as number) + (withLoading ? (line["load_s"] as number) : 0);
      return Promise.resolve(bars / seconds);
    },
  };
}

function loopCase(instruments: number, minutes: number): BenchCase {
  const of = (): Market => market(instruments, minutes);
  return {
    name: `loop only, ${instruments} x ${minutes} bars, 20 features`,
    unit: "bars/s",
    async ours() {
      const { batches, names, bars } = of();
      const run = await runEngine(fromMemory(batches), names, span(of()), join(folder, "loop.twj"));
      return bars / run.seconds;
    },
    peer: peer(of, false),
  };
}

function loadedCase(instruments: number, minutes: number): BenchCase {
  const of = (): Market => market(instruments, minutes);
  let lake: Promise<string> | null = null;
  return {
    name: `with reading, ${instruments} x ${minutes} bars, 20 features`,
    unit: "bars/s",
    async ours() {
      lake ??= toLake(of());
      const path = await lake;
      const startedAt = performance.now();
      const dataset = await openDataset(path, "bars");
      await runEngine(dataset.source(), of().names, span(of()), join(folder, "loaded.twj"));
      return of().bars / ((performance.now() - startedAt) / 1000);
    },
    peer: peer(of, true),
  };
}

async function toLake({ names, batches }: Market): Promise<string> {
  const lake = join(folder, `lake-${names.length}`);
  const instruments = names.map(
    (name): Instrument => ({
      id: name as InstrumentId,
      venue: "24/7",
      currency: "USD" as Currency,
      tickSize: 0.01,
      relativeTick: null,
      lotSize: 1,
      sector: null,
    }),
  );
  const facts = {
    name: "bars",
    kind: "bar",
    barInterval: 60,
    priceBasis: "raw",
    priceBasisAssumed: false,
    survivorsOnly: false,
    survivorsAssumed: false,
    calendar: "24/7",
    instruments,
    notTradable: [],
    source: "random walk of the engine benchmark",
  } as const;
  await writeDataset(lake, facts, batches, []);
  return lake;
}

export const bench: Bench = {
  cases: [loopCase(1, 100_000), loopCase(10, 50_000), loadedCase(10, 50_000), loopCase(50, 10_000)],
};
