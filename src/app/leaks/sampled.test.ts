import { expect, it } from "vitest";
import type { InstrumentId } from "#domain/instrument.js";
import { parseExperiment } from "../config/experiment.js";
import { fitToNames } from "./sampled.js";

it("shrinks with the names whatever counts names or samples, inside members, too, and nothing else", () => {
  const net = { family: "neural", net: "mlp", training: { batch: 2048, epochs: 3 } };
  const trees = { family: "boosting", minDataInLeaf: 500, rounds: 200 };
  const experiment = parseExperiment(
    {
      name: "sampled",
      data: { dataset: "market" },
      portfolio: { kind: "top-k", k: 50, keep: 100 },
      model: { family: "ensemble", members: [net, { family: "calibrated", member: trees }], folds: 3 },
    },
    "the test",
  );
  const names = Array.from({ length: 20 }, (_, i) => `N${i}` as InstrumentId);
  const fitted = fitToNames(experiment, names, 400);
  expect(fitted.portfolio).toMatchObject({ k: 2, keep: 5 });
  expect(fitted.model).toEqual({
    family: "ensemble",
    members: [
      { ...net, training: { batch: 102, epochs: 3 } },
      { family: "calibrated", member: { ...trees, minDataInLeaf: 25 } },
    ],
    folds: 3,
  });
  // A small batch stays as it is, and so does everything where all names take part.
  const small = { ...experiment, model: { family: "neural", training: { batch: 8 } } } as typeof experiment;
  expect(fitToNames(small, names, 400).model).toEqual(small.model);
  expect(fitToNames(experiment, names, 20)).toEqual({ ...experiment, universe: { ...experiment.universe, include: null } });
});
