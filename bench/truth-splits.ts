// Combinatorial purged cross-validation beside skfolio's: the positions of every training and test of C(10, 2) splits of a million samples.
import { embargoBehind } from "#domain/purge.js";
import { combinatorialSplits } from "#research/splits/combinatorial.js";
import { createSplitPositions } from "#research/splits/split.js";
import type { BenchCase, NotRun } from "./contract.js";

const ROWS = 1_000_000;
const GROUPS = 10;
const TESTED = 2;
/** Samples on either side that a label overlaps with, and those under embargo. */
const PURGED = 4;
const EMBARGO = 50;

/** Of all splits together: what both sides must find. */
const TRAINING = 35_995_824;

function ours(): number {
  const begins = Float64Array.from({ length: ROWS }, (_, i) => i);
  const ends = begins.map((at) => at + PURGED + 1);
  const start = process.hrtime.bigint();
  const positions = createSplitPositions({ begins, ends });
  let training = 0;
  let testing = 0;
  for (const split of combinatorialSplits({ begins, ends }, { groups: GROUPS, tested: TESTED, embargo: embargoBehind(EMBARGO) })) {
    training += positions.training(split).length;
    testing += positions.testing(split).length;
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (training !== TRAINING || testing !== 9 * ROWS) throw new Error(`the splits hold ${training} and ${testing} samples`);
  return seconds;
}

export function splitCases(askPython: (request: object) => Promise<number | NotRun>): readonly BenchCase[] {
  const request = { do: "cpcv", rows: ROWS, groups: GROUPS, tested: TESTED, purged: PURGED, embargo: EMBARGO, training: TRAINING };
  return [
    {
      name: `CPCV(${GROUPS}, ${TESTED}), ${ROWS / 1e6} M samples`,
      unit: "s",
      ours: () => Promise.resolve(ours()),
      peer: { name: "skfolio", run: () => askPython(request) },
    },
  ];
}
