// How far ahead a value looks, and at what: the future is altered from later and later moments on, until the value no longer moves.
import type { Rng } from "#base/rng.js";
import { type Altered, type Future, alterFuture } from "./alter.js";
import { firstUnclosed, isRunning } from "./known.js";
import type { Runner } from "./runner.js";
import type { PipelineOutput, World } from "./subject.js";

/** A value that moved though nothing up to its decision did. `feature`: null for predictions. */
export interface Suspect {
  readonly feature: string | null;
  readonly decision: number;
  readonly symbol: number;
  readonly future: Future;
  /** Behind which the world was altered when it moved. */
  readonly moment: number;
  /** Label of the chance that made the future which moved it. */
  readonly chance: string;
}

export interface Reach {
  /** The last session whose data moves the value. */
  readonly session: number;
  /** Sessions from the last one closed at the decision to it. */
  readonly ahead: number;
  /** The session had opened at the decision and had not closed. */
  readonly isRunning: boolean;
  /** Facts move it and bars do not. */
  readonly onlyFacts: boolean;
}

/** Remembers what it ran: values of one decision that moved in one future share the runs. */
export class Blame {
  private readonly memory = new Map<string, PipelineOutput | null>();

  constructor(
    private readonly world: World,
    private readonly base: PipelineOutput,
    private readonly runner: Runner,
    private readonly rng: Rng,
    /** Runs that it may take. */
    private most: number,
  ) {}

  /** Null when there are no runs left to tell. */
  async reachOf(suspect: Suspect): Promise<Reach | null> {
    const { world } = this;
    const first = firstUnclosed(world, this.base.decisions[suspect.decision] as number);
    const onlyFacts = world.facts.length > 0 && (await this.moves(suspect, suspect.moment, "bars")) === false;
    const source: Altered = onlyFacts ? "facts" : "all";
    // The value moves when everything after `low` has closed is altered, and does not when everything after `high` has.
    let low = firstUnclosed(world, suspect.moment) - 1;
    let high = world.sessions.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const moved = await this.moves(suspect, world.sessions[middle]?.closeAt as number, source);
      if (moved === null) return null;
      if (moved) low = middle;
      else high = middle;
    }
    const moment = this.base.decisions[suspect.decision] as number;
    return { session: high, ahead: high - (first - 1), isRunning: high === first && isRunning(world, first, moment), onlyFacts };
  }

  private async moves({ feature, decision, symbol, future, chance }: Suspect, moment: number, altered: Altered): Promise<boolean | null> {
    const key = `${chance} ${future} ${altered} ${moment}`;
    if (!this.memory.has(key)) {
      if (this.most <= 0 || this.runner.left <= 0) return null;
      this.most--;
      this.memory.set(key, await this.runner.try(alterFuture(this.world, moment, future, this.rng.fork(chance), altered)));
    }
    const other = this.memory.get(key) ?? null;
    if (other === null) return null;
    const n = this.world.symbols.length;
    const place = other.decisions.indexOf(this.base.decisions[decision] as PipelineOutput["decisions"][number]);
    if (place < 0) return true;
    const column = (output: PipelineOutput): Float64Array | null | undefined =>
      feature === null ? output.predictions : output.features.get(feature);
    return !Object.is(column(this.base)?.[decision * n + symbol], column(other)?.[place * n + symbol]);
  }
}
