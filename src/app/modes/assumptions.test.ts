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
    const [daily, minutes] = [
      assumptionsOf(experiment, datasetOf("1d"), null, null, 0),
      assumptionsOf(experiment, datasetOf(60), null, null, 0),
    ].map((words) => words.join(" "));
    expect(daily).toMatch(/every 1 session, .*bought a session later.*labels over 15 sessions that.*ended 1 session before/);
    expect(minutes).toMatch(/every 1 bar, .*bought a bar later.*labels over 15 bars that.*ended 1 session before/);
  });

  it("name the quotes that fill orders, and the bars for those that have none", () => {
    const words = assumptionsOf(experiment, datasetOf(60), quotes, null, 0).join(" ");
    expect(words).toContain("meet the next quote; no order is filled on what the decision has seen.");
    expect(words).toContain("Orders of 1 of 2 instruments are filled on the recorded quotes q (0123456789ab)");
    expect(words).toContain("For the other instruments:");
  });

  it("say where the recording has gaps and who met them, what half the spread came to, and what impact is not charged", () => {
    const use = {
      maxAgeSeconds: [60, 90],
      gaps: [
        { instrument: "A", gaps: 2, seconds: 9_000, longestSeconds: 7_200 },
        { instrument: "B", gaps: 1, seconds: 100.5, longestSeconds: 100.5 },
      ],
      orders: 40,
      ordersInGaps: 3,
      decisions: 12,
      decisionsInGaps: 0,
      traded: 1e6,
      impact: { money: 310, traded: 1e6 },
    } as const;
    const all = { ...quotes, quoted: Uint8Array.of(1, 1) } as RecordedQuotes;
    const words = assumptionsOf(experiment, datasetOf(60), all, use, 160).join(" ");
    expect(words).toContain("fills orders for 60 s to 90 s, by instrument (30 times the wait between two quotes that is usual");
    expect(words).toContain(
      "A 2 of 2.5 h together, the longest 2 h; B one of 100.5 s. 3 of 40 (7.5 %) orders, of 0 of 12 decisions, met one",
    );
    expect(words).toContain("Half the spread came to 1.60 bps of what was traded. What orders do");
    expect(words).toContain("would be 3.1 bps of what was traded on quotes, 310 USD in all");
    expect(assumptionsOf(experiment, datasetOf(60), quotes, use, 160).join(" ")).not.toContain("Half the spread came");
  });
});
