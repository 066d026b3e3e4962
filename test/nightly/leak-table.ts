// Counts what the leak detector finds of planted leaks, by kind, and its false alarms on their honest twins: the tables of docs/guide/leaks.md.
// Run after a build: node dist/test/nightly/leak-table.js known|planted|registry [variants per kind, 20 by default; runs of the registry]
// [part of a kind's name]. About two seconds a variant.
import { judgePlanted, type Outcome, type Planted, tableOf } from "#test/leaks/measure.js";
import { knownKinds, knownVariant } from "#test/leaks/known/suite.js";
import { plantedLeaks } from "#test/leaks/planted/suite.js";
import { plantedVariant } from "#test/leaks/planted-suite.js";
import { judgeRegistry } from "#test/leaks/registry.js";

const suite = process.argv[2] ?? "known";
const many = Number(process.argv[3] ?? 20);
const part = process.argv[4] ?? "";

function* variants(): Generator<Planted> {
  if (suite === "planted") {
    for (const leak of plantedLeaks)
      for (let v = 0; v < Math.min(many, leak.variants); v++) if (leak.kind.includes(part)) yield plantedVariant(leak, v);
  } else {
    for (const kind of knownKinds)
      for (let v = 0; v < many; v++) if (kind.name.includes(part)) yield { kind: kind.name, data: kind.data, ...knownVariant(kind, v) };
  }
}

if (suite === "registry") {
  const { features, report } = await judgeRegistry(Number.POSITIVE_INFINITY, many);
  const alarms = report.findings.filter(({ severity }) => severity !== "note");
  console.log(`${features} features, ${report.runs} runs, ${report.cuts} cuts: ${alarms.length} false alarms.`);
  for (const { where, evidence } of report.findings) console.log(`${where}: ${evidence}`);
} else {
  const outcomes: Outcome[] = [];
  for (const planted of variants()) {
    const outcome = await judgePlanted(planted);
    outcomes.push(outcome);
    if (!outcome.caught) console.error(`missed: ${outcome.leaky.subject}`);
    for (const { severity, where, evidence } of outcome.clean?.findings ?? [])
      if (severity !== "note") console.error(`false alarm: ${outcome.clean?.subject}: ${where}: ${evidence}`);
  }
  for (const line of tableOf(outcomes)) console.log(line);
}
