// All registered features as one pipeline on a small simulated world, with trades, quotes, books and facts for those that read them. Ticks of a
// day are made from its bar, so that they are altered with it. Whatever the detector says of a feature here is a false alarm.
import { createRng, type Rng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { DAY_US, HOUR_US, type Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { compileFeatures } from "#features/plan/compile.js";
import { features } from "#features/registry.js";
import { detectLeaks } from "#research/leaks/detect-leaks.js";
import type { LeakReport } from "#research/leaks/finding.js";
import type { LeakSubject, World, WorldFact } from "#research/leaks/subject.js";
import { companyOf, makeDays, type Needs, needsOf, ordinaryPrices, type Prices, sessionsOf, tell } from "#test/contracts/feature-world.js";
import { VOUCHED } from "./known/market.js";

const NAMES = 5;
/** Sessions at whose end features are looked at, behind the longest warm-up. */
const LOOKED = 40;
const EVER = 0 as Micros;

/** `most`: features taken, drawn by chance. */
export async function judgeRegistry(most: number, runs: number): Promise<{ readonly features: number; readonly report: LeakReport }> {
  const left = [...features.values()];
  const rng = createRng("features searched for leaks");
  const chosen: FeatureDefinition[] = [];
  while (chosen.length < most && left.length > 0) chosen.push(...left.splice(most >= left.length ? 0 : rng.int(left.length), 1));
  const needs = needsOf(chosen);
  const sessions = Math.max(...chosen.map(({ warmup }) => warmup)) + LOOKED;
  return { features: chosen.length, report: await detectLeaks(subjectOf(chosen, needs), worldOf(sessions, needs, rng), { runs }) };
}

function worldOf(count: number, needs: Needs, rng: Rng): World {
  const sessions = sessionsOf(count);
  const histories = Array.from({ length: NAMES }, (_, i) => ordinaryPrices(rng.fork(`prices ${i}`), count));
  const column = (name: keyof Prices): Float64Array =>
    Float64Array.from({ length: count * NAMES }, (_, cell) => histories[cell % NAMES]?.[Math.floor(cell / NAMES)]?.[name] as number);
  return {
    symbols: histories.map((_, i) => `F${i + 1}`),
    sessions,
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
    facts: factsOf(sessions, needs, rng.fork("facts")),
    provenance: VOUCHED,
  };
}

/** As many periods before the first day as any formula looks back. */
const PERIODS_BEFORE = 15;

function factsOf(sessions: World["sessions"], { facts }: Needs, rng: Rng): WorldFact[] {
  return sessions.flatMap(({ openAt }, t) =>
    facts.flatMap(({ field, about }) =>
      (about === "market" ? [-1] : Array.from({ length: NAMES }, (_, i) => i)).flatMap((symbol) =>
        Array.from({ length: t === 0 ? PERIODS_BEFORE + 1 : 1 }, (_, back) => ({
          name: field,
          symbol,
          about: (openAt - (t === 0 ? PERIODS_BEFORE - back : 0) * DAY_US - HOUR_US) as Micros,
          publishedAt: openAt,
          value: 1 + 0.2 * rng.normal(),
        })),
      ),
    ),
  );
}

function subjectOf(definitions: readonly FeatureDefinition[], needs: Needs): LeakSubject {
  const k = definitions.length;
  return {
    name: `${k} features of the registry`,
    run(world) {
      const n = world.symbols.length;
      const { sessions } = world;
      const always = { minHistory: 1, filters: [], priceBasis: "raw" as const, sessions: sessionsOf(sessions.length + 200) };
      const plan = compileFeatures(definitions, { ...companyOf(n), ...companyAs(n), ...always });
      const histories = world.symbols.map((_, i) => sessions.map((_none, t) => barOf(world, t, i)));
      const days = makeDays("registry", histories as Prices[][], { ...needs, facts: [] });
      const first = Math.max(...definitions.map(({ warmup }) => warmup));
      const told = [...world.facts].sort((a, b) => (a.publishedAt as number) - (b.publishedAt as number) || a.about - b.about);
      const decisions: Micros[] = [];
      const rows: Float64Array[] = [];
      let next = 0;
      days.forEach((day, t) => {
        const { openAt, closeAt } = sessions[t] as World["sessions"][number];
        for (; next < told.length && (told[next]?.publishedAt as number) <= openAt; next++) {
          const { name, symbol, about, publishedAt, value } = told[next] as WorldFact;
          const instrument = symbol < 0 ? null : (symbol as InstrumentIx);
          plan.reference({ kind: "fact", field: name, instrument, at: about, seenAt: publishedAt as Micros, value });
        }
        for (const event of day) tell(plan, event);
        if (t < first) return;
        decisions.push(closeAt);
        rows.push(plan.frame(EVER, EVER).values.slice());
      });
      const columns = definitions.map(({ name }, f) => {
        const column = new Float64Array(decisions.length * n);
        rows.forEach((values, d) => {
          for (let i = 0; i < n; i++) column[d * n + i] = values[i * k + f] as number;
        });
        return [name, column] as const;
      });
      return { decisions, features: new Map(columns), labels: null, predictions: null, folds: null, fills: [] };
    },
  };
}

/** Peers are the old names: who stands for a role does not change when another lists. */
function companyAs(n: number): Pick<ReturnType<typeof companyOf>, "tradable" | "peers"> {
  const { peers } = companyOf(NAMES);
  return { tradable: new Uint8Array(n).fill(1), ...(peers === undefined ? {} : { peers }) };
}

/** Undefined where the name did not trade, and in a session that has only opened. */
function barOf({ symbols, open, high, low, close, volume }: World, t: number, i: number): Prices | undefined {
  const cell = t * symbols.length + i;
  if (Number.isNaN(close[cell])) return undefined;
  return {
    open: open[cell] as number,
    high: high[cell] as number,
    low: low[cell] as number,
    close: close[cell] as number,
    volume: volume[cell] as number,
  };
}
