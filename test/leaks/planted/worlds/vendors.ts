// What vendors do to a true world before they deliver it, and what they say about it.
import type { Micros } from "#domain/time.js";
import type { Provenance, World, WorldFact } from "#research/leaks/subject.js";
import type { Draft } from "../draft.js";

/** Two of three vendors say what they did; of the third nothing is known in that respect. */
export function declared(world: World, draft: Draft, truth: Partial<Provenance>): World {
  const silent = draft.turn([false, true, false]);
  const said = Object.fromEntries(Object.entries(truth).map(([key, value]) => [key, silent ? null : value]));
  return { ...world, provenance: { ...world.provenance, ...said } };
}

/** The world with some of its names only, given by their places in ascending order. */
export function namesOf(world: World, places: readonly number[]): World {
  const width = world.symbols.length;
  const rows = world.sessions.length;
  const column = (values: Float64Array): Float64Array => {
    const out = new Float64Array(rows * places.length);
    for (let s = 0; s < rows; s++) for (const [k, i] of places.entries()) out[s * places.length + k] = values[s * width + i] as number;
    return out;
  };
  return {
    ...world,
    symbols: places.map((i) => world.symbols[i] as string),
    open: column(world.open),
    high: column(world.high),
    low: column(world.low),
    close: column(world.close),
    volume: column(world.volume),
    facts: world.facts.flatMap((fact) => {
      if (fact.symbol < 0) return [fact];
      const symbol = places.indexOf(fact.symbol);
      return symbol < 0 ? [] : [{ ...fact, symbol }];
    }),
  };
}

/** Facts of a name put into groups of one symbol and period each, oldest publication first; other facts are left as they are. */
export function periodsOf(
  world: World,
  name: string,
): { readonly periods: readonly (readonly WorldFact[])[]; readonly others: readonly WorldFact[] } {
  const groups = new Map<string, WorldFact[]>();
  const others: WorldFact[] = [];
  for (const fact of world.facts) {
    if (fact.name !== name) {
      others.push(fact);
      continue;
    }
    const key = `${fact.symbol}/${fact.about}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fact]);
    else group.push(fact);
  }
  for (const group of groups.values()) group.sort((a, b) => (a.publishedAt ?? 0) - (b.publishedAt ?? 0));
  return { periods: [...groups.values()], others };
}

/** One row for each period: the value as it stands today under the date of the first publication. */
export function latestVintage(world: World, name: string, concerns: (first: WorldFact) => boolean = () => true): World {
  const { periods, others } = periodsOf(world, name);
  const told = periods.flatMap((group) => {
    const first = group[0] as WorldFact;
    return concerns(first) ? [{ ...first, value: (group.at(-1) as WorldFact).value }] : group;
  });
  return { ...world, facts: inOrder([...others, ...told]) };
}

export function inOrder(facts: readonly WorldFact[]): readonly WorldFact[] {
  const moment = ({ publishedAt, about }: WorldFact): Micros => publishedAt ?? about;
  return facts.toSorted((a, b) => moment(a) - moment(b) || a.about - b.about || a.symbol - b.symbol);
}
