// Runs the detector over variants of a kind and its honest twins, and counts: what the table of docs/guide/leaks.md and the tests say.
import { detectLeaks, type DetectOptions } from "#research/leaks/detect-leaks.js";
import type { LeakReport } from "#research/leaks/finding.js";
import type { LeakSubject, World } from "#research/leaks/subject.js";

export interface Planted {
  readonly kind: string;
  readonly data: boolean;
  readonly leaky: { readonly subject: LeakSubject; readonly world: World };
  readonly clean: { readonly subject: LeakSubject; readonly world: World } | null;
  /** `feature x`, `predictions`, ...: where the leak was planted; absent where its maker did not say. */
  readonly place?: string;
}

export interface Outcome {
  readonly kind: string;
  readonly data: boolean;
  readonly caught: boolean;
  /** Caught, and at the place where it was planted; null where that was not said. */
  readonly placed: boolean | null;
  readonly falseAlarm: boolean | null;
  readonly leaky: LeakReport;
  readonly clean: LeakReport | null;
}

/** A code leak is caught when a leak is found; a data leak when it is refused or stamped. Any of the three on the honest twin is a false alarm. */
export async function judgePlanted({ kind, data, leaky, clean, place }: Planted, options: DetectOptions = {}): Promise<Outcome> {
  const found = await detectLeaks(leaky.subject, leaky.world, options);
  const twin = clean === null ? null : await detectLeaks(clean.subject, clean.world, options);
  const wanted = (severity: string): boolean => (data ? severity === "refused" || severity === "stamped" : severity === "leak");
  return {
    kind,
    data,
    caught: found.findings.some(({ severity }) => wanted(severity)),
    placed: place === undefined ? null : found.findings.some(({ severity, where }) => wanted(severity) && isAt(where, place)),
    falseAlarm: twin === null ? null : !twin.clean,
    leaky: found,
    clean: twin,
  };
}

/** A finding about one fold is about the folds; one about data in a feature is about the world. */
function isAt(where: string, place: string): boolean {
  if (place === "folds") return where.startsWith("fold") || where === "predictions";
  return where === place || place === "world";
}

export function tableOf(outcomes: readonly Outcome[]): string[] {
  const lines = ["| kind | caught | at its place | false alarms |", "|---|---|---|---|"];
  for (const kind of new Set(outcomes.map((one) => one.kind))) {
    const some = outcomes.filter((one) => one.kind === kind);
    const twins = some.filter(({ falseAlarm }) => falseAlarm !== null);
    const said = some.filter(({ placed }) => placed !== null);
    const name = `${kind}${some[0]?.data === true ? " (data)" : ""}`;
    lines.push(
      `| ${name} | ${share(some, ({ caught }) => caught)} | ${said.length === 0 ? "" : share(said, ({ placed }) => placed === true)} | ${share(twins, ({ falseAlarm }) => falseAlarm === true)} |`,
    );
  }
  const of = (data: boolean): Outcome[] => outcomes.filter((one) => one.data === data);
  const twins = outcomes.filter(({ falseAlarm }) => falseAlarm !== null);
  lines.push(
    `| all code leaks | ${share(of(false), ({ caught }) => caught)} | | |`,
    `| all data leaks | ${share(of(true), ({ caught }) => caught)} | | |`,
    `| all honest twins | | ${share(twins, ({ falseAlarm }) => falseAlarm === true)} | |`,
  );
  return lines;
}

function share<T>(all: readonly T[], which: (one: T) => boolean): string {
  return `${all.filter(which).length} of ${all.length}`;
}
