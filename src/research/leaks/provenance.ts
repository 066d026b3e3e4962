// Leaks that sit in the data: no run of any code can show them, so what is declared decides, and silence is stamped. Declarations that the data
// itself contradicts count for nothing.
import { DAY_US } from "#domain/time.js";
import { type LeakFinding, finding } from "./finding.js";
import type { World, WorldFact } from "./subject.js";

/** `usesFacts`: whether anything in the output moved when facts were altered; a set that is not read cannot mislead. */
export function judgeProvenance(world: World, usesFacts: boolean): LeakFinding[] {
  const { survivorsOnly, pointInTimeUniverse, vintage, publicationTimes } = world.provenance;
  const findings: LeakFinding[] = [];
  const say = (kind: LeakFinding["kind"], severity: LeakFinding["severity"], evidence: string): void => {
    findings.push(finding(kind, severity, "data", evidence));
  };
  if (survivorsOnly === true)
    say(
      "survivors-only",
      "refused",
      "The data holds only names that were still there at its end: whoever buys in it never buys a failure. No result on it counts.",
    );
  if (survivorsOnly === null)
    say("survivors-only", "stamped", "Nothing is said of names that failed or left: they may be missing, and results may be too good.");
  if (survivorsOnly === false) findings.push(...nobodyDies(world));
  if (pointInTimeUniverse === false)
    say("universe-of-today", "refused", "The universe or its attributes are those of today: names are in it because of what they became.");
  if (pointInTimeUniverse === null)
    say("universe-of-today", "stamped", "Nothing is said of whether the universe and its attributes are those of each day.");
  if (!usesFacts) return findings;
  if (vintage === "latest")
    say("latest-vintage", "refused", "Facts are as they stand today, under their old dates: history is told as it was later corrected.");
  if (vintage === null) say("latest-vintage", "stamped", "Nothing is said of whether facts are as first published or as later corrected.");
  const untimed = world.facts.filter(({ publishedAt }) => publishedAt === null).length;
  if (publicationTimes === false)
    say(
      "no-publication-times",
      "refused",
      "Facts have no times of publication: a value stands at the period it speaks of, when nobody could know it yet.",
    );
  if (publicationTimes === null) say("no-publication-times", "stamped", "Nothing is said of when facts were published.");
  if (publicationTimes === true && untimed > 0)
    say(
      "contradicted-provenance",
      "refused",
      `All facts are said to have times of publication, and ${untimed} of ${world.facts.length} have none.`,
    );
  if (publicationTimes !== false) findings.push(...toldAtOnce(world.facts));
  return findings;
}

/** Shares of one name in a hundred leave a large market in a quiet year; several times that is usual. */
const LEAST_DEATHS_A_YEAR = 0.01;
/** Expected deaths above which none at all is not chance: e^-12. */
const TOO_MANY_TO_MISS = 12;

function nobodyDies({ symbols, sessions, close }: World): LeakFinding[] {
  const n = symbols.length;
  const first = sessions[0];
  const last = sessions.at(-1);
  if (first === undefined || last === undefined) return [];
  const years = (last.closeAt - first.openAt) / (365.25 * DAY_US);
  const expected = n * years * LEAST_DEATHS_A_YEAR;
  const tail = close.subarray(Math.max(0, sessions.length - 10) * n);
  const allThere = symbols.every((_, i) => tail.some((price, k) => k % n === i && !Number.isNaN(price)));
  if (expected < TOO_MANY_TO_MISS || !allThere) return [];
  return [
    finding(
      "contradicted-provenance",
      "stamped",
      "data",
      `Names that failed are said to be there, and of ${n} names over ${years.toFixed(0)} years not one ends before the data does: at one in a hundred a year ${expected.toFixed(0)} would.`,
    ),
  ];
}

/** Reports that come out at the very end of the period they speak of: a time of publication that somebody filled in. */
function toldAtOnce(facts: readonly WorldFact[]): LeakFinding[] {
  const byName = new Map<string, WorldFact[]>();
  for (const fact of facts) {
    // A split or dividend is in force when it is told.
    if (fact.name.startsWith("action:")) continue;
    const list = byName.get(fact.name);
    if (list === undefined) byName.set(fact.name, [fact]);
    else list.push(fact);
  }
  const guilty: string[] = [];
  for (const [name, list] of byName) {
    const timed = list.filter(({ publishedAt }) => publishedAt !== null);
    const atOnce = timed.filter(({ about, publishedAt }) => (publishedAt as number) <= about).length;
    if (timed.length >= 8 && atOnce > 0.95 * timed.length && isReport(list)) guilty.push(name);
  }
  if (guilty.length === 0) return [];
  return [
    finding(
      "contradicted-provenance",
      "stamped",
      "data",
      `Of ${guilty.slice(0, 5).join(", ")} each value is said to be published the moment its period ended, which no report of weeks or months is.`,
    ),
  ];
}

/** Whether values of one symbol stand at least twenty days apart, as those of reports do. */
function isReport(facts: readonly WorldFact[]): boolean {
  const bySymbol = new Map<number, number[]>();
  for (const { symbol, about } of facts) {
    const times = bySymbol.get(symbol);
    if (times === undefined) bySymbol.set(symbol, [about]);
    else times.push(about);
  }
  const gaps = [...bySymbol.values()].flatMap((times) => {
    const sorted = [...new Set(times)].sort((a, b) => a - b);
    return sorted.slice(1).map((at, k) => at - (sorted[k] as number));
  });
  const ordered = gaps.sort((a, b) => a - b);
  return ordered.length > 0 && (ordered[ordered.length >> 1] as number) >= 20 * DAY_US;
}
