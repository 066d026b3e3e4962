// What an ensemble learns while it is used: weights that move go on moving with every outcome, and members that learn go on learning. All of it
// is numbers that are handed in and out; what a member said of a decision comes back with the outcome, so that nothing is remembered here.
import type { FeatureFrame } from "#domain/frame.js";
import type { Outcome } from "#domain/signal.js";
import { opinionOf } from "#models/samples/opine-samples.js";
import type { FittedModel, OnlineModel, Opinion } from "#ports/model.js";
import type { Combination } from "./combination.js";
import { type Dynamic, type Mover, learned, lossesAt } from "./dynamic.js";

type Say = (frame: FeatureFrame, combination: Combination, opinions: readonly Opinion[]) => Promise<Opinion>;

interface Part {
  readonly combination: Combination;
  readonly members: readonly { readonly model: FittedModel }[];
  /** Of a frame. */
  readonly regimeOf: (frame: FeatureFrame) => number;
  readonly say: Say;
}

/** Undefined where nothing is learned. */
export function onlineOf({ combination, members, regimeOf, say }: Part): OnlineModel | undefined {
  const models = members.map(({ model }) => model);
  if (combination.kind !== "dynamic" && models.every(({ online }) => online === undefined)) return undefined;
  return {
    begin(instruments, before) {
      // Weights start where the training of this model ended, which has seen what the one before was told; members may go on.
      const old = before === null ? null : readState(combination, models, before);
      return writeState(
        combination,
        models.map(({ online }, m) => online?.begin(instruments, old?.states[m] ?? null) ?? null),
      );
    },
    async opine(frame, state) {
      const { combination: now, states } = readState(combination, models, state);
      const opinions: Opinion[] = [];
      for (const [m, model] of models.entries())
        opinions.push(await (model.online === undefined ? opinionOf(model, frame) : model.online.opine(frame, states[m] as Float64Array)));
      return { ...(await say(frame, now, opinions)), recall: writeRecall(regimeOf(frame), opinions) };
    },
    learn(state, outcome) {
      const said = readRecall(models.length, outcome);
      if (said === null) return state;
      const { combination: now, states } = readState(combination, models, state);
      const next =
        now.kind === "dynamic"
          ? {
              ...now,
              dynamic: learned(
                now.dynamic,
                said.regime,
                lossesAt(
                  now.dynamic.yardstick,
                  said.opinions.map((one) => one.expectedReturn),
                  outcome.realized,
                ),
              ),
            }
          : now;
      return writeState(
        next,
        models.map(({ online }, m) => {
          if (online === undefined) return null;
          // As if the member had spoken alone.
          const { outOfDomain: _, recall: __, ...rest } = outcome.signals;
          return online.learn(states[m] as Float64Array, { ...outcome, signals: { ...rest, ...(said.opinions[m] as Opinion) } });
        }),
      );
    },
  };
}

interface State {
  readonly combination: Combination;
  /** Per member; null of those that do not learn. */
  readonly states: readonly (Float64Array | null)[];
}

const moversOf = ({ perRegime, pooled }: Dynamic): readonly Mover[] => [...perRegime, pooled];

/** Logarithms of all weights, then the length and the state of each member that learns. */
function writeState(combination: Combination, states: readonly (Float64Array | null)[]): Float64Array {
  const logs = combination.kind === "dynamic" ? moversOf(combination.dynamic).flatMap((mover) => mover.logs) : [];
  return Float64Array.of(...logs, ...states.flatMap((state) => (state === null ? [] : [state.length, ...state])));
}

function readState(combination: Combination, models: readonly FittedModel[], state: Float64Array): State {
  let at = 0;
  const take = (count: number): Float64Array => state.subarray(at, (at += count));
  const move = (mover: Mover): Mover => ({ ...mover, logs: [...take(models.length)] });
  let now = combination;
  if (combination.kind === "dynamic") {
    const perRegime = combination.dynamic.perRegime.map(move);
    now = { ...combination, dynamic: { ...combination.dynamic, perRegime, pooled: move(combination.dynamic.pooled) } };
  }
  return { combination: now, states: models.map(({ online }) => (online === undefined ? null : take(take(1)[0] as number))) };
}

/** The regime, then of each member its expected returns, whether it gave uncertainties, these, and the length of its own recall, and that. */
function writeRecall(regime: number, opinions: readonly Opinion[]): Float64Array {
  return Float64Array.from([
    regime,
    ...opinions.flatMap(({ expectedReturn, uncertainty, recall }) => [
      ...expectedReturn,
      uncertainty === null ? 0 : 1,
      ...(uncertainty ?? []),
      recall === undefined ? -1 : recall.length,
      ...(recall ?? []),
    ]),
  ]);
}

/** Null when the outcome is of something else. */
function readRecall(
  count: number,
  { signals, realized }: Outcome,
): { readonly regime: number; readonly opinions: readonly Opinion[] } | null {
  const { recall } = signals;
  if (recall === undefined || recall.length < 1 + count * (realized.length + 2)) return null;
  let at = 1;
  const take = (length: number): Float64Array => recall.subarray(at, (at += length));
  const one = (): number => take(1)[0] as number;
  const opinions = Array.from({ length: count }, (): Opinion => {
    const expectedReturn = take(realized.length);
    const uncertainty = one() === 0 ? null : take(realized.length);
    const length = one();
    return { expectedReturn, uncertainty, confidence: null, ...(length < 0 ? {} : { recall: take(length) }) };
  });
  return at === recall.length ? { regime: recall[0] as number, opinions } : null;
}
