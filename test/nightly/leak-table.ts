// Counts what the leak detector finds of planted leaks, by kind, and its false alarms on their honest twins: the tables of docs/guide/leaks.md.
// Run after a build: node dist/test/nightly/leak-table.js [variants per kind, 20 by default] [part of a kind's name]. About a second a variant.
import { knownKinds, knownVariant } from "#test/leaks/known/suite.js";
import { judgePlanted, type Outcome, tableOf } from "#test/leaks/measure.js";

const variants = Number(process.argv[2] ?? 20);
const part = process.argv[3] ?? "";

const outcomes: Outcome[] = [];
for (const kind of knownKinds.filter(({ name }) => name.includes(part))) {
  for (let variant = 0; variant < variants; variant++) {
    const outcome = await judgePlanted({ kind: kind.name, data: kind.data, ...knownVariant(kind, variant) });
    outcomes.push(outcome);
    if (!outcome.caught) console.error(`missed: ${outcome.leaky.subject}`);
    if (outcome.falseAlarm === true) console.error(`false alarm: ${outcome.clean?.subject}: ${outcome.clean?.findings[0]?.evidence}`);
    if (process.stderr.isTTY) process.stderr.write(`\r${kind.name}: ${variant + 1} of ${variants} `);
  }
}
for (const line of tableOf(outcomes)) console.log(line);
