// What is published about a made market: quarterly earnings with restatements, daily sentiment, a monthly statistic with revisions, index
// membership, sectors. A fact is published some time after the end of what it describes, never at that very moment.
import type { Rng } from "#base/rng.js";
import { DAY_US, HOUR_US, type Micros, MINUTE_US, SECOND_US } from "#domain/time.js";
import type { World, WorldFact } from "#research/leaks/subject.js";
import type { Bars, Life } from "./bars.js";

export type FactTopic = "earnings" | "sentiment" | "macro" | "member" | "sector";

export interface FactScene {
  readonly sessions: World["sessions"];
  readonly lives: readonly Life[];
  readonly bars: Bars;
}

type Told = Omit<WorldFact, "about" | "publishedAt"> & { about: number; publishedAt: number };

/** Each topic draws from its own stream: the earnings of a seed are the same with and without sentiment. Ordered by publication. */
export function makeFacts(rng: Rng, scene: FactScene, topics: readonly FactTopic[]): readonly WorldFact[] {
  const told = topics.flatMap((topic) => makers[topic](rng.fork(topic), scene));
  told.sort((a, b) => a.publishedAt - b.publishedAt || a.about - b.about || a.symbol - b.symbol);
  return told.map((fact) => ({ ...fact, about: fact.about as Micros, publishedAt: fact.publishedAt as Micros }));
}

const makers: Record<FactTopic, (rng: Rng, scene: FactScene) => Told[]> = {
  earnings: makeEarnings,
  sentiment: makeSentiment,
  macro: makeMacro,
  member: makeMembership,
  sector: makeSectors,
};

function makeEarnings(rng: Rng, scene: FactScene): Told[] {
  const [from, to] = spanOf(scene);
  return scene.lives.flatMap((life, symbol) => {
    const [born, died] = daysOf(scene, life);
    const facts: Told[] = [];
    let eps = 0.5 + rng.next();
    for (let about = midnight(from) + (rng.int(90) - 100) * DAY_US; about < to; about += 91 * DAY_US) {
      eps += 0.15 * rng.normal();
      const evening = rng.next() < 0.5;
      const publishedAt = about + (18 + rng.int(30)) * DAY_US + (evening ? 21 : 11) * HOUR_US + rng.int(50) * MINUTE_US;
      if (about < born || publishedAt > died) continue;
      facts.push({ name: "eps", symbol, about, publishedAt, value: cents(eps) });
      if (rng.next() < 0.4) {
        const restatedAt = publishedAt + (25 + rng.int(70)) * DAY_US;
        facts.push({ name: "eps", symbol, about, publishedAt: restatedAt, value: cents(eps + 0.2 * rng.normal() + 0.03) });
      }
    }
    return facts;
  });
}

/** One score a day and name about the night or the day, out within hours; one in twelve comes a day or two late. */
function makeSentiment(rng: Rng, scene: FactScene): Told[] {
  const n = scene.lives.length;
  return scene.sessions.flatMap(({ openAt, closeAt }, s) =>
    scene.lives.flatMap((life, symbol) => {
      const night = rng.next() < 0.5;
      const cell = s * n + symbol;
      const move = night
        ? (scene.bars.open[cell] as number) / (scene.bars.close[cell - n] ?? Number.NaN) - 1
        : (scene.bars.close[cell] as number) / (scene.bars.open[cell] as number) - 1;
      if (s < life.first || s >= life.end || rng.next() < 0.35) return [];
      const about = night ? openAt : closeAt;
      const late = rng.next() < 1 / 12 ? (1 + rng.int(2)) * DAY_US : 0;
      const value = Math.tanh(0.6 * rng.normal() + (Number.isNaN(move) ? 0 : 20 * move));
      const publishedAt = about + late + (4 + rng.int(200)) * MINUTE_US + rng.int(60) * SECOND_US;
      return [{ name: "sentiment", symbol, about, publishedAt, value }];
    }),
  );
}

function makeMacro(rng: Rng, scene: FactScene): Told[] {
  const [from, to] = spanOf(scene);
  const facts: Told[] = [];
  let level = 100;
  for (let about = midnight(from) - 95 * DAY_US; about < to; about += 30 * DAY_US) {
    level += 0.2 + 0.5 * rng.normal();
    let value = level;
    let publishedAt = about + (11 + rng.int(8)) * DAY_US + 13.5 * HOUR_US;
    for (let vintage = 0; vintage < 3; vintage++) {
      facts.push({ name: "activity", symbol: -1, about, publishedAt, value: Math.round(value * 100) / 100 });
      value += 0.35 * rng.normal();
      publishedAt += (27 + rng.int(5)) * DAY_US;
    }
  }
  return facts;
}

/** Two reviews in a quarter; a member is 1. Those that have risen enter, so that today's list knows who rose. */
function makeMembership(rng: Rng, scene: FactScene): Told[] {
  const n = scene.lives.length;
  const facts: Told[] = [];
  for (let s = 5; s < scene.sessions.length; s += 32) {
    const openAt = (scene.sessions[s] as World["sessions"][number]).openAt;
    const about = midnight(openAt);
    const publishedAt = about + 22 * HOUR_US + rng.int(40) * MINUTE_US;
    const alive = scene.lives.map((life, i) => ({ life, i })).filter(({ life }) => s >= life.first && s < life.end);
    const rise = (i: number): number => ratio(scene.bars.close, n, i, s - 60, s) + 0.1 * rng.normal();
    const ranked = alive.map(({ i }) => ({ i, score: rise(i) })).sort((a, b) => b.score - a.score);
    for (const [place, { i }] of ranked.entries())
      facts.push({ name: "member", symbol: i, about, publishedAt, value: place < ranked.length / 2 ? 1 : 0 });
  }
  return facts;
}

/** A name tells its sector on the morning of its listing; three in ten move to another sector later. */
function makeSectors(rng: Rng, scene: FactScene): Told[] {
  return scene.lives.flatMap((life, symbol) => {
    const [born, died] = daysOf(scene, life);
    const about = midnight(born);
    const facts: Told[] = [{ name: "sector", symbol, about, publishedAt: about + (6 + rng.int(4)) * HOUR_US, value: life.sector }];
    const moved = midnight(Math.max(born, spanOf(scene)[0])) + (60 + rng.int(150)) * DAY_US;
    if (rng.next() < 0.3 && moved < died)
      facts.push({ name: "sector", symbol, about: moved, publishedAt: moved + 20 * HOUR_US, value: life.sector === 0 ? 1 : 0 });
    return facts;
  });
}

function spanOf(scene: FactScene): [number, number] {
  return [scene.sessions[0]?.openAt ?? 0, scene.sessions.at(-1)?.closeAt ?? 0];
}

function daysOf(scene: FactScene, life: Life): [number, number] {
  const [from, to] = spanOf(scene);
  return [life.first === 0 ? from - 100 * DAY_US : (scene.sessions[life.first]?.openAt ?? to), scene.sessions[life.end - 1]?.closeAt ?? to];
}

function ratio(close: Float64Array, n: number, i: number, from: number, to: number): number {
  const value = Math.log((close[to * n + i] ?? Number.NaN) / (close[Math.max(from, 0) * n + i] ?? Number.NaN));
  return Number.isNaN(value) ? 0 : value;
}

const midnight = (time: number): number => time - (time % DAY_US);

const cents = (value: number): number => Math.round(value * 100) / 100;
