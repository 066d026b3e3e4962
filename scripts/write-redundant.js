// Writes src/app/features/redundant.ts from what `truewind features overlap TABLE... --json` printed:
//   node bin/truewind.js features overlap TABLE... --json > overlap.json && node scripts/write-redundant.js overlap.json
import { readFileSync, writeFileSync } from "node:fs";

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Name the file that `truewind features overlap ... --json` wrote.");
const { limit, distinct, redundant } = JSON.parse(readFileSync(path, "utf8"));

/** Words on lines of at most 140 characters. */
function wrapped(words, separator) {
  const lines = [""];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = last === "" ? `  ${word}` : `${last}${separator}${word}`;
    if (longer.length <= 138) lines[lines.length - 1] = longer;
    else lines.push(`  ${word}`);
  }
  return lines.join(`${separator.trim()}\n`);
}

writeFileSync(
  new URL("../src/app/features/redundant.ts", import.meta.url),
  `// What real data say of the features: which say something of their own, and which repeat an earlier one (rank correlation above ${limit}).
// Measured, see docs/guide/features.md; written by \`scripts/write-redundant.js\`. A feature that is in neither list was not measured.

const distinct = \`
${wrapped(distinct, " ")}
\`;

/** Each with the earlier feature that it repeats. */
const redundant = \`
${wrapped(
  redundant.map(({ feature, like }) => `${feature} ${like}`),
  ", ",
)}
\`;

export const distinctFeatures: ReadonlySet<string> = new Set(distinct.trim().split(/\\s+/));

/** Name -> the earlier feature. */
export const redundantFeatures: Readonly<Record<string, string>> = Object.fromEntries(
  redundant
    .trim()
    .split(/,\\s+/)
    .map((pair) => pair.split(" ") as [string, string]),
);

/** False: no real data at hand could tell whether it says something of its own. */
export function isMeasured(name: string): boolean {
  return distinctFeatures.has(name) || redundantFeatures[name] !== undefined;
}
`,
);
process.stdout.write(`${distinct.length} distinct, ${redundant.length} redundant.\n`);
