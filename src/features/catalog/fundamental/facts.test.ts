// Features of texts, reports, the economy and options against numpy and pandas (test/reference/features/facts/make.py), which makes the
// tallies of texts and the order of reports anew from single ones.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Fact } from "#domain/fact.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, HOUR_US, type Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureByName } from "#features/registry.js";

type Row = Readonly<Record<string, number>>;
interface Reference {
  readonly close: readonly number[];
  readonly volume: readonly number[];
  readonly texts: readonly Row[];
  readonly quarters: readonly Row[];
  readonly rates: readonly number[];
  readonly jobless: readonly number[];
  readonly iv: readonly (readonly number[])[];
  readonly values: Readonly<Record<string, Row>>;
}

const url = new URL("../../../../test/reference/features/facts/facts.json", import.meta.url);
const reference = JSON.parse(readFileSync(url, "utf8")) as Reference;
const names = Object.keys(Object.values(reference.values)[0] as object);
const plan = compileFeatures(
  names.map((name) => featureByName(name)),
  { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" },
);

function tell(field: string, value: number, seenAt: number, at = seenAt, instrument: InstrumentIx | null = 0 as InstrumentIx): void {
  const fact: Fact = { kind: "fact", instrument, field, at: at as Micros, seenAt: seenAt as Micros, value };
  plan.reference(fact);
}

function tellRow(row: Row, seenAt: number, prefix: string): void {
  for (const [field, value] of Object.entries(row)) if (field !== "bar") tell(prefix + field, value, seenAt);
}

const surfaces = ["options.iv_atm_near", "options.iv_atm_far", "options.iv_put_25", "options.iv_call_25"];
const frames = reference.close.map((price, t) => {
  const at = ((t + 1) * DAY_US) as Micros;
  const seen = at - HOUR_US;
  reference.texts.forEach((text) => text["bar"] === t && tellRow(text, seen, "text."));
  reference.quarters.forEach((quarter) => quarter["bar"] === t && tellRow(quarter, seen, ""));
  surfaces.forEach((field, k) => {
    tell(field, reference.iv[t]?.[k] as number, seen);
  });
  tell("DGS10", reference.rates[t] as number, seen, seen, null);
  if (t === 0) {
    reference.jobless.forEach((value, month) => {
      tell("UNRATE", value, seen, seen - (20 - month) * 30 * DAY_US, null);
    });
  }
  const prices = { open: price, high: price, low: price, close: price, volume: reference.volume[t] as number };
  const row = { instrument: 0 as InstrumentIx, openAt: (at - DAY_US) as Micros, at, seenAt: at, ...prices };
  plan.advance(toBarBatch([row]), 0, 1);
  return plan.frame(0 as Micros, 0 as Micros).values.slice();
});

describe("features of facts against numpy and pandas", () => {
  it.each(names.map((name, f) => [name, f] as const))("%s agrees to 1e-9", (name, f) => {
    for (const [t, values] of Object.entries(reference.values)) {
      const wanted = values[name] as number;
      const ours = frames[Number(t)]?.[f] as number;
      expect(Math.abs(ours - wanted), `bar ${t}: ${ours} for ${wanted}`).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(wanted), 1e-2));
    }
  });

  it("a year's income is unknown before four reports are", () => {
    const f = names.indexOf("return_on_assets");
    expect(frames[94]?.[f]).toBeNaN();
    expect(frames[95]?.[f]).not.toBeNaN();
  });

  it("a mean tone is unknown over a window without a text, while the fading one carries on", () => {
    const [mean, fading] = [names.indexOf("tone_5"), names.indexOf("tone_faded_10")];
    const barsOf = new Set(reference.texts.map((text) => text["bar"]));
    const silent = reference.close.map((_, t) => t > 50 && ![0, 1, 2, 3, 4].some((k) => barsOf.has(t - k)));
    expect(silent.some(Boolean)).toBe(true);
    silent.forEach((none, t) => {
      if (t < 50) return;
      expect(Number.isNaN(frames[t]?.[mean])).toBe(none);
      expect(frames[t]?.[fading]).not.toBeNaN();
    });
  });
});
