// What of a search for leaks counts against the pipeline, what against its data, and what against nobody.
import { expect, it } from "vitest";
import { finding } from "#research/leaks/finding.js";
import { leaksFound } from "./leaks-found.js";

it("tells leaks of the code from doubts about the data, and leaves notes and what is stamped already", () => {
  const found = leaksFound({
    dataset: "market",
    names: 16,
    ofNames: 434,
    report: {
      subject: "x",
      clean: false,
      runs: 60,
      failedRuns: 1,
      cuts: 31,
      decisions: 100,
      features: 40,
      findings: [
        finding("looks-ahead", "leak", "feature mom_20", "It reads data of later sessions."),
        finding("not-deterministic", "refused", "pipeline", "Two runs differ."),
        finding("not-tested", "stamped", "pipeline", "It reads no data."),
        finding("universe-of-today", "stamped", "data", "Nothing is said of the universe."),
        finding("adjusted-levels", "refused", "feature level", "It can see splits."),
        finding("survivors-only", "refused", "data", "Survivors."),
        finding("latest-vintage", "refused", "data", "As corrected."),
        finding("sample-length", "note", "predictions", "A length."),
      ],
    },
  });
  expect(found.leaks.map(({ kind }) => kind)).toEqual(["looks-ahead", "not-deterministic", "not-tested"]);
  expect(found.doubts.map(({ kind }) => kind)).toEqual(["universe-of-today", "adjusted-levels"]);
  expect(found).toMatchObject({ runs: 60, failedRuns: 1, cuts: 31, names: 16, ofNames: 434, decisions: 100, features: 40 });
});
