// Fills the shared memory with the bins of all rows. Numbers are sorted and binned by all threads, categories by one.
import { binOf, categoryBins, type FeatureBins, numberBins, takeSample } from "./bins.js";
import { Arg, Job } from "./control.js";
import type { GrowthData } from "./growth.js";
import { SAMPLE, SORTED_AT_ONCE } from "./layout.js";
import type { Team } from "./team.js";

/** Bins per feature; the memory then holds them for every row. */
export function fillBins(team: Team, data: GrowthData, maxBins: number): readonly FeatureBins[] {
  const bins = findAllBins(team, data, maxBins);
  const { layout, words, floats } = team.arena;
  let at = 0;
  bins.forEach((feature, f) => {
    words[(layout.binCount >> 2) + f] = feature.kind === "number" ? feature.bins : -feature.bins;
    words[(layout.histogramAt >> 2) + f] = at;
    at += 8 * (feature.bins + (feature.bins & 1));
    const cuts = (layout.cuts >> 2) + 256 * f;
    floats.fill(Infinity, cuts, cuts + 256);
    if (feature.kind === "number") floats.set(feature.cuts, cuts);
  });
  const blockRows = Math.max(1, Math.floor((layout.chunks - layout.staging) / (4 * data.features)) - 32);
  for (let from = 0; from < data.rows; ) {
    // Validation rows have no place among the columns that splits are read from: no block holds both.
    const end = Math.min(from + blockRows, from < data.trainRows ? data.trainRows : data.rows);
    fillBlock(team, data, bins, from, end);
    from = end;
  }
  return bins;
}

function findAllBins(team: Team, data: GrowthData, maxBins: number): readonly FeatureBins[] {
  const { features } = data;
  const { x, rows } = sampledRows(data);
  const { layout, words, floats } = team.arena;
  const size = Math.min(rows, SAMPLE);
  const bins: FeatureBins[] = [];
  const categorical = new Set(data.categorical);
  for (let first = 0; first < features; first += SORTED_AT_ONCE) {
    const count = Math.min(SORTED_AT_ONCE, features - first);
    const samples = Array.from({ length: count }, (_, i) => {
      const at = (layout.sortRoom >> 2) + i * size;
      const sample = floats.subarray(at, at + size);
      const known = takeSample(x, rows, features, first + i, sample);
      words[Arg.known + i] = known;
      return sample.subarray(0, known);
    });
    team.run(Job.sort, count);
    samples.forEach((sample, i) => bins.push(categorical.has(first + i) ? categoryBins(sample, maxBins) : numberBins(sample, maxBins)));
  }
  return bins;
}

/** Rows that hold those which cuts are made from: all where they are in memory, else an even sample. */
function sampledRows({ x, trainRows, features }: GrowthData): { readonly x: Float32Array; readonly rows: number } {
  if (typeof x !== "function") return { x, rows: trainRows };
  const rows = Math.min(trainRows, SAMPLE);
  const sample = new Float32Array(rows * features);
  for (let i = 0; i < rows; i++) x(Math.floor((i * trainRows) / rows), 1, sample.subarray(i * features, (i + 1) * features));
  return { x: sample, rows };
}

function fillBlock(team: Team, data: GrowthData, bins: readonly FeatureBins[], from: number, end: number): void {
  const { layout, words, floats, bytes } = team.arena;
  const { x, features } = data;
  const staging = layout.staging >> 2;
  if (typeof x === "function") x(from, end - from, floats.subarray(staging, staging + (end - from) * features));
  else floats.set(x.subarray(from * features, end * features), staging);
  const per = Math.max(64, Math.ceil((end - from) / (4 * layout.threads)));
  words[Arg.first] = from;
  words[Arg.count] = end - from;
  words[Arg.groupsPerPiece] = per;
  team.run(Job.bin, Math.ceil((end - from) / per));
  bins.forEach((feature, f) => {
    if (feature.kind === "number") return;
    for (let row = from; row < end; row++) {
      const bin = binOf(feature, floats[staging + (row - from) * features + f] as number);
      bytes[layout.cells + row * layout.stride + f] = bin;
      if (layout.byFeature !== 0 && row < layout.trainRows) bytes[layout.byFeature + f * layout.trainRows + row] = bin;
    }
  });
}
