// Weights that may be 0 or must be worth holding, and at most so many of them: a problem with corners that no convex solver knows. It is relaxed,
// narrowed down and polished; how far the result can be from the best is told by the relaxed problem, whose objective no choice exceeds.
import { type OptimizedPortfolio, perName, type PortfolioLimits, usage } from "./portfolio-problem.js";

export interface DiscreteChoice {
  /** Most weights other than 0; null: any number. */
  readonly most: number | null;
  /** Least size of a weight that is neither 0 nor what is held already; 0: none. */
  readonly floor: number;
  readonly names: number;
  readonly held?: ArrayLike<number> | undefined;
  readonly limits: PortfolioLimits;
}

export interface SparsePortfolio extends OptimizedPortfolio {
  /** Objective without the floor and the limit on names. The best choice lies between `objective` and this. */
  readonly bound: number;
  readonly names: readonly number[];
}

type Solve = (limits: PortfolioLimits) => OptimizedPortfolio;

/**
 * `solve` answers the convex problem under limits that differ from the given ones in `low` and `high` alone. Each name ends at 0, at what is held,
 * or with a size of at least the floor. Throws `bad-usage`.
 */
export function discreteWeights(solve: Solve, choice: DiscreteChoice): SparsePortfolio {
  const { most, floor } = choice;
  if (most !== null && !(Number.isInteger(most) && most >= 1)) throw usage(`${most} names: give a whole number above 0.`);
  if (!(floor >= 0 && Number.isFinite(floor))) throw usage(`The least weight of what is held is ${floor}: give 0 or a part above it.`);
  const boxes = new Boxes(choice);
  const count = boxes.needed.filter(Boolean).length;
  if (most !== null && count > most) throw usage(`${count} names may not have a weight of 0, and only ${most} may have one.`);
  const relaxed = solve(choice.limits);
  const of = (found: OptimizedPortfolio): SparsePortfolio => ({ ...found, bound: relaxed.objective, names: heldIn(found) });
  if (relaxed.weights === null) return of(relaxed);
  const search = new Search(solve, choice, boxes, relaxed);
  if (!search.narrow()) return of(search.failed());
  search.polish(relaxed);
  return of(search.found);
}

/** Weights this near are one: what optimizers round to. */
const NEAR = 1e-8;

interface Piece {
  readonly low: number;
  readonly high: number;
}

const NONE: Piece = { low: 0, high: 0 };

/** The parts of a name's box in which its weight may lie. */
class Boxes {
  readonly held: Float64Array;
  /** True for names that may not be 0. */
  readonly needed: readonly boolean[];
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  private readonly floor: number;

  constructor({ names, limits, held, floor }: DiscreteChoice) {
    this.low = perName("The least weight", limits.low, names);
    this.high = perName("The largest weight", limits.high, names);
    this.held = perName("What is held", held ?? 0, names);
    this.floor = floor;
    this.needed = Array.from(this.low, (least, i) => least > 0 || (this.high[i] as number) < 0);
  }

  whole(i: number): Piece {
    return { low: this.low[i] as number, high: this.high[i] as number };
  }

  stay(i: number): Piece {
    return { low: this.held[i] as number, high: this.held[i] as number };
  }

  /** The side of `weight` from the floor on; null where the box does not reach it. */
  side(weight: number, i: number): Piece | null {
    const { low, high } = this.whole(i);
    const piece = weight >= 0 ? { low: Math.max(low, this.floor), high } : { low, high: Math.min(high, -this.floor) };
    return piece.low <= piece.high ? piece : null;
  }

  isSmall(weight: number, i: number): boolean {
    const still = this.held[i] !== 0 && Math.abs(weight - (this.held[i] as number)) < NEAR;
    return Math.abs(weight) > NEAR && Math.abs(weight) < this.floor - NEAR && !still;
  }

  /** What a weight that is too small is settled at, best guess first. */
  settlements(weight: number, i: number): readonly Piece[] {
    const held = this.held[i] as number;
    if (held === 0) return [NONE, this.side(weight, i) ?? NONE];
    const near = Math.abs(weight - held) < Math.abs(weight);
    return [near ? this.stay(i) : NONE, this.side(weight, i) ?? NONE, near ? NONE : this.stay(i)];
  }
}

/** Solutions tried at the end, each with another name taken in, let go or replaced. */
const TRIES = 8;

/** Weights below the floor are settled by halves while there are more of them, then one at a time. */
const FEW = 8;

class Search {
  private readonly pieces: Piece[];
  private broken: readonly string[] = [];
  private tries = 0;

  constructor(
    private readonly solve: Solve,
    private readonly choice: DiscreteChoice,
    private readonly boxes: Boxes,
    public found: OptimizedPortfolio,
  ) {
    // What the relaxed problem leaves out is left out, unless selling it is a matter of turnover.
    this.pieces = Array.from(this.weights, (weight, i) =>
      weight === 0 && boxes.held[i] === 0 && boxes.needed[i] === false ? NONE : boxes.whole(i),
    );
  }

  /** Lets go of names, or settles them, until all that is asked for is kept; false where that leads nowhere. */
  narrow(): boolean {
    const { boxes, choice } = this;
    const settled = new Set<number>();
    for (let batch = Number.POSITIVE_INFINITY; ; ) {
      const kept = heldIn(this.found);
      const excess = choice.most === null ? 0 : kept.length - choice.most;
      const small = kept.filter((i) => boxes.isSmall(this.weights[i] as number, i));
      if (excess <= 0 && small.length === 0) return true;
      const free = this.smallestFirst(
        (excess > 0 ? kept : small).filter((i) => !settled.has(i) && !(excess > 0 && boxes.needed[i] === true)),
      );
      // Half of what is too much goes at a time: the rest is weighed anew before more goes.
      const half = excess > 0 ? Math.ceil(excess / 2) : small.length > FEW ? Math.floor(small.length / 2) : 1;
      const going = free.slice(0, Math.min(half, batch));
      if (going.length === 0) return false;
      const ways = excess > 0 ? going.map(() => [NONE]) : going.map((i) => boxes.settlements(this.weights[i] as number, i));
      // Several go by the best guess alone; one has every way open to it.
      const orders = going.length > 1 ? 1 : (ways[0] as readonly Piece[]).length;
      let done = false;
      for (let k = 0; k < orders && !done; k++)
        done = this.take(
          going,
          ways.map((way) => way[k] as Piece),
          () => true,
        );
      if (done) {
        for (const i of going) settled.add(i);
        batch = Number.POSITIVE_INFINITY;
      } else if (going.length > 1) batch = 1;
      else if (excess > 0) return false;
      else settled.add(going[0] as number); // nothing will do for it as things stand: another one is settled first
    }
  }

  /** From what obeys to better neighbours: a name at its floor let go, one taken in, or one in place of the weakest. */
  polish(relaxed: OptimizedPortfolio): void {
    const { boxes, choice, weights } = this;
    this.tries = TRIES;
    weights.forEach((weight, i) => {
      if (Math.abs(weight) <= NEAR) this.pieces[i] = boxes.needed[i] === true ? boxes.whole(i) : NONE;
      else if (Math.abs(weight) < choice.floor - NEAR) this.pieces[i] = boxes.stay(i);
      else this.pieces[i] = boxes.side(weight, i) ?? boxes.whole(i);
    });
    const better = (answer: OptimizedPortfolio): boolean => answer.objective > this.found.objective;
    for (const i of heldIn(this.found)) {
      if (this.tries <= TRIES / 2) break;
      const atFloor = choice.floor > 0 && Math.abs(Math.abs(this.weights[i] as number) - choice.floor) < NEAR;
      if (atFloor && boxes.needed[i] === false) this.take([i], [NONE], better);
    }
    const wanted = relaxed.weights as Float64Array;
    const outside = heldIn(relaxed)
      .filter((i) => Math.abs(weights[i] as number) <= NEAR)
      .sort((a, b) => Math.abs(wanted[b] as number) - Math.abs(wanted[a] as number) || a - b);
    for (const i of outside) {
      const side = boxes.side(wanted[i] as number, i);
      if (this.tries <= 0) break;
      if (side === null) continue;
      const kept = heldIn(this.found);
      if ((choice.most === null || kept.length < choice.most) && this.take([i], [side], better)) continue;
      const weakest = this.smallestFirst(kept.filter((one) => boxes.needed[one] === false))[0];
      if (this.tries > 0 && weakest !== undefined) this.take([weakest, i], [NONE, side], better);
    }
  }

  /** The relaxed problem has a solution, and no choice of names was found that has one. */
  failed(): OptimizedPortfolio {
    const broken = ["the least weight or the number of names", ...this.broken];
    return { ...this.found, status: "infeasible", weights: null, objective: Number.NaN, broken };
  }

  /** Puts names into other pieces, and keeps that if it has a solution that is welcome. */
  private take(which: readonly number[], to: readonly Piece[], isWelcome: (answer: OptimizedPortfolio) => boolean): boolean {
    this.tries--;
    const pieces = [...this.pieces];
    which.forEach((i, k) => (pieces[i] = to[k] as Piece));
    const [low, high] = [Float64Array.from(pieces, (one) => one.low), Float64Array.from(pieces, (one) => one.high)];
    const answer = this.solve({ ...this.choice.limits, low, high });
    if (answer.weights === null) this.broken = answer.broken;
    if (answer.weights === null || !isWelcome(answer)) return false;
    this.found = answer;
    which.forEach((i, k) => (this.pieces[i] = to[k] as Piece));
    return true;
  }

  private smallestFirst(names: readonly number[]): readonly number[] {
    return [...names].sort((a, b) => Math.abs(this.weights[a] as number) - Math.abs(this.weights[b] as number) || a - b);
  }

  private get weights(): Float64Array {
    return this.found.weights as Float64Array;
  }
}

function heldIn({ weights }: OptimizedPortfolio): number[] {
  return weights === null ? [] : [...weights.keys()].filter((i) => Math.abs(weights[i] as number) > NEAR);
}
