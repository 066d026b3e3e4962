// Facts as they were known at each decision: published by then, the latest period first, the latest revision of it.
import type { World, WorldFact } from "#research/leaks/subject.js";
import { blankSheet, type Desk } from "./desk.js";

/** The moment from which a pipeline lets itself use a fact; null: never. */
export type Clock = (fact: WorldFact) => number | null;

export const whenPublished: Clock = (fact) => fact.publishedAt;

/** Facts of one name per symbol, in the order in which they became known; facts of the market are under every symbol. */
export function factsBySymbol(world: World, name: string, clock: Clock): (WorldFact & { readonly known: number })[][] {
  const lines: (WorldFact & { readonly known: number })[][] = world.symbols.map(() => []);
  for (const fact of world.facts) {
    const known = fact.name === name ? clock(fact) : null;
    if (known === null) continue;
    if (fact.symbol >= 0) lines[fact.symbol]?.push({ ...fact, known });
    else for (const line of lines) line.push({ ...fact, known });
  }
  for (const line of lines) line.sort((a, b) => a.known - b.known || a.about - b.about || (a.publishedAt ?? 0) - (b.publishedAt ?? 0));
  return lines;
}

/** A figure of what is known of a symbol at each decision: values by period, the latest revision of each, oldest period first. */
export function sheetOfFacts(
  desk: Desk,
  name: string,
  clock: Clock,
  figure: (values: readonly number[], ages: readonly number[]) => number,
): Float64Array {
  const sheet = blankSheet(desk);
  for (const [i, line] of factsBySymbol(desk.world, name, clock).entries()) {
    const periods: { about: number; value: number }[] = [];
    let next = 0;
    for (const [d, { at }] of desk.decisions.entries()) {
      for (; next < line.length && (line[next] as { known: number }).known <= at; next++) {
        const { about, value } = line[next] as WorldFact;
        let place = periods.length;
        while (place > 0 && (periods[place - 1] as { about: number }).about > about) place--;
        if (place > 0 && periods[place - 1]?.about === about) periods[place - 1] = { about, value };
        else periods.splice(place, 0, { about, value });
      }
      if (periods.length === 0) continue;
      const recent = periods.slice(-40);
      sheet[d * desk.width + i] = figure(
        recent.map(({ value }) => value),
        recent.map(({ about }) => at - about),
      );
    }
  }
  return sheet;
}
