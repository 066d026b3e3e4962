// The page that lists every feature, made from the registry.
import type { FeatureDefinition } from "#features/language/definition.js";
import { featureSet, featureSets, features } from "#features/registry.js";
import { countGroups, totalOf } from "#app/features/counts.js";
import { distinctFeatures, redundantFeatures } from "#app/features/redundant.js";

export const FEATURE_LIST = "docs/guide/feature-list.md";

export function renderFeatureList(): string {
  const all = [...features.values()];
  const groups = countGroups(all, { distinct: distinctFeatures, redundant: new Set(Object.keys(redundantFeatures)) });
  const total = totalOf(groups);
  const rows = groups.map(
    ({ group, raw, formulas, unmeasured, effective }) =>
      `| [${group}](#${anchor(group)}) | ${raw} | ${formulas} | ${unmeasured} | ${effective} |`,
  );
  const sets = featureSets.map((name) => `- \`${name}\`: ${featureSet(name).length} features`);
  return [
    "# All features",
    "",
    "Made from the registry by `TRUEWIND_ACCEPT_LISTS=1 npx vitest run test/docs/feature-list.test.ts`; a test holds it to the code. What the",
    "columns mean, and how to use a feature: [features](features.md). The formula of one: `truewind features show NAME`.",
    "",
    "| group | features | at most four of a formula | not measured | effective |",
    "|---|---|---|---|---|",
    ...rows,
    `| all | ${total.raw} | ${total.formulas} | ${total.unmeasured} | ${total.effective} |`,
    "",
    "Sets:",
    "",
    ...sets,
    ...groups.flatMap(({ group }) => ["", `## ${group}`, "", ...table(all.filter((definition) => definition.group === group))]),
    "",
  ].join("\n");
}

function anchor(group: string): string {
  return group.replaceAll(" ", "-");
}

function table(definitions: readonly FeatureDefinition[]): readonly string[] {
  return [
    "| name | unit | range | first value after | source |",
    "|---|---|---|---|---|",
    ...definitions.map(({ name, unit, range, warmup, kind, source }) => {
      const bounds = `${range[0] ?? "-∞"} to ${range[1] ?? "∞"}`;
      const bars = `${warmup}${kind === "recursive" ? ", recursive" : ""}`;
      return `| \`${name}\` | ${unit} | ${bounds} | ${bars} | ${source.replaceAll("|", "\\|")} |`;
    }),
  ];
}
