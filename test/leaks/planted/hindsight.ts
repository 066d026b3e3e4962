// The suite's own check for the use of later days: a pipeline runs on a world in which nothing is known after a moment, and again on one
// that went on otherwise, and what it believed by then is compared. It is plain and slow; it judges the suite, not other code.
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import type { PipelineOutput, World } from "#research/leaks/subject.js";
import type { Place } from "./planted-leak.js";

/** `blank`: the calendar stays, later values are NaN. `short`: later sessions are gone. `other`: later days went otherwise. */
export type Cut = "blank" | "short" | "other";

export function cutAfter(world: World, moment: Micros, cut: Cut): World {
  const width = world.symbols.length;
  const rng = createRng(`other days after ${moment}`);
  const sessions = cut === "short" ? world.sessions.filter(({ openAt }) => openAt <= moment) : world.sessions;
  const column = (values: Float64Array, knownAt: "openAt" | "closeAt"): Float64Array => {
    const out = values.slice(0, sessions.length * width);
    for (const [s, session] of sessions.entries()) {
      if (session[knownAt] <= moment) continue;
      for (let cell = s * width; cell < (s + 1) * width; cell++)
        out[cell] = cut === "other" ? (rng.next() < 0.1 ? Number.NaN : 20 * Math.exp(rng.normal())) : Number.NaN;
    }
    return out;
  };
  const facts = world.facts.filter(({ publishedAt, about }) => (publishedAt ?? about) <= moment);
  return {
    ...world,
    sessions,
    open: column(world.open, "openAt"),
    high: column(world.high, "closeAt"),
    low: column(world.low, "closeAt"),
    close: column(world.close, "closeAt"),
    volume: column(world.volume, "closeAt"),
    facts,
  };
}

/** Where what was believed by `moment` is not the same in both. Predictions of folds may differ, and fills made of them. */
export function differences(full: PipelineOutput, cut: PipelineOutput, width: number, moment: Micros): readonly Place[] {
  const places: Place[] = [];
  const known = full.decisions.filter((at) => at <= moment).length;
  const common = Math.min(known, cut.decisions.filter((at) => at <= moment).length);
  const differ = (a: Float64Array | undefined, b: Float64Array | undefined, counts: (cell: number) => boolean = () => true): boolean => {
    for (let cell = 0; cell < common * width; cell++) if (counts(cell) && !Object.is(a?.[cell], b?.[cell])) return true;
    return false;
  };
  for (const name of new Set([...full.features.keys(), ...cut.features.keys()]))
    if (differ(full.features.get(name), cut.features.get(name))) places.push(`feature ${name}`);
  const ends = full.labels?.endAt;
  if (differ(full.labels?.value, cut.labels?.value, (cell) => (ends?.[cell] ?? 0) <= moment)) places.push("labels");
  if (full.folds !== null) return places;
  if (differ(full.predictions ?? undefined, cut.predictions ?? undefined)) places.push("predictions");
  const fillsOf = ({ fills, decisions }: PipelineOutput): string =>
    JSON.stringify(fills.filter(({ at, decision }) => at <= moment && (decisions[decision] as number) <= moment));
  if (fillsOf(full) !== fillsOf(cut)) places.push("fills");
  return places;
}

/** Whether a fold learns from a cell whose span, from its decision to the end of its label, meets that of a cell it predicts. */
export function foldsOverlap({ folds, labels, decisions }: PipelineOutput, width: number): boolean {
  const from = (cell: number): number => decisions[Math.floor(cell / width)] as number;
  const to = (cell: number): number => labels?.endAt[cell] as number;
  return (folds ?? []).some(({ train, test }) => {
    const spans = [...new Map([...test].map((cell) => [`${from(cell)}/${to(cell)}`, cell])).values()];
    return train.some((cell) => spans.some((other) => from(cell) <= to(other) && from(other) <= to(cell)));
  });
}
