import { describe, expect, it } from "vitest";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import { parseExperiment } from "../config/experiment.js";
import { assumptionsOf } from "./assumptions.js";
import type { RecordedQuotes } from "./recorded-quotes.js";

const datasetOf = (barInterval: "1d" | number): OpenDataset =>
  ({
    manifest: { name: "d", barInterval, priceBasis: "raw", hasActions: false, survivorsOnly: false },
    quality: { flagged: {} },
    references: () => [],
  }) as unknown as OpenDataset;
const quotes = { manifest: { name: "q", id: "0123456789abcdef" }, quoted: new Uint8Array([1, 0]) } as unknown as RecordedQuotes;

describe("the words on what a result takes for granted", () => {
  const experiment = parseExperiment(
    { name: "x", data: { dataset: "d" }, rebalance: { every: 1 }, label: { kind: "excess", horizon: 15 }, splits: { embargo: 1 } },
    "test",
  );

  it("count bars on bars of the day, and sessions on daily ones", () => {
    const [daily, minutes] = [assumptionsOf(experiment, datasetOf("1d"), null), assumptionsOf(experiment, datasetOf(60), null)].map(
      (words) => words.join(" "),
    );
    expect(daily).toMatch(/every 1 session, .*bought a session later.*labels over 15 sessions that.*ended 1 session before/);
    expect(minutes).toMatch(/every 1 bar, .*bought a bar later.*labels over 15 bars that.*ended 1 session before/);
  });

  it("name the quotes that fill orders, and the bars for those that have none", () => {
    const words = assumptionsOf(experiment, datasetOf(60), quotes).join(" ");
    expect(words).toContain("meet the next quote; no order is filled on what the decision has seen.");
    expect(words).toContain("Orders of 1 of 2 instruments are filled on the recorded quotes q (0123456789ab)");
    expect(words).toContain("For the other instruments:");
  });
});
