// What a variant of a kind is made of: schedule, features, horizon, model, ending. Structure goes round in turns, so that twenty variants
// differ; numbers are drawn from the variant's own stream.
import { createRng, type Rng } from "#base/rng.js";
import type { PipelineOutput, World } from "#research/leaks/subject.js";
import { type Desk, type Moment, openDesk, type Schedule } from "./pipeline/desk.js";
import { type Formula, formulas, rankedAcross, sheetOfFormula, standardisedAcross } from "./pipeline/formulas.js";
import { forwardLabels, type LabelKind, type Labels } from "./pipeline/labels.js";
import { type Fit, fits, type ModelName, modelNames } from "./pipeline/models.js";
import { buyBest, type Fill, nextPrice } from "./pipeline/trade.js";
import { type Walk, walkForward } from "./pipeline/walk.js";

export interface Draft {
  readonly variant: number;
  readonly rng: Rng;
  readonly schedule: Schedule;
  readonly horizon: number;
  readonly labelKind: LabelKind;
  readonly model: ModelName;
  readonly fit: Fit;
  readonly walk: Walk;
  /** Names bought at each decision. */
  readonly top: number;
  readonly features: readonly { readonly formula: Formula; readonly window: number; readonly across: "raw" | "rank" | "z" }[];
  /** How far a pipeline goes: to its features, to predictions, to fills. */
  readonly ending: "features" | "predictions" | "fills";
  /** The turn of a list that goes with this variant; another `stride` gives turns that do not move together. */
  turn<T>(list: readonly T[], stride?: number): T;
}

const moments: readonly Moment[] = ["close", "morning", "midday", "evening", "close"];
const rhythms: readonly Schedule["every"][] = [1, "new-week", 3, 5, 1, 2];
const labelKinds: readonly LabelKind[] = ["return", "excess", "direction", "scaled"];

export function draftOf(kind: string, variant: number): Draft {
  const rng = createRng(`planted/${kind}/${variant}`);
  const offset = createRng(`planted/${kind}`).int(60);
  const turn = <T>(list: readonly T[], stride = 1): T => list[(Math.floor(variant / stride) + offset) % list.length] as T;
  const every = turn(rhythms);
  const pace = every === "new-week" ? 5 : every;
  const model = turn(modelNames);
  const first = 1 + rng.int(formulas.length);
  return {
    variant,
    rng,
    schedule: { moment: turn(moments), every, warmUp: 15 + rng.int(30) },
    horizon: [2, 5, 3, 10, 7][(variant + rng.int(2)) % 5] as number,
    labelKind: turn(labelKinds),
    model,
    fit: fits[model],
    walk: {
      first: Math.ceil(50 / pace),
      refit: Math.max(2, Math.ceil((15 + rng.int(15)) / pace)),
      window: Math.ceil((60 + rng.int(80)) / pace),
    },
    top: 1 + rng.int(4),
    features: Array.from({ length: 2 + (variant % 3) }, (_, k) => ({
      formula: formulas[(first + k * 3) % formulas.length] as Formula,
      window: 4 + rng.int(22),
      across: (["raw", "rank", "z"] as const)[rng.int(3)] as "raw" | "rank" | "z",
    })),
    ending: turn(["predictions", "features", "fills", "predictions"] as const),
    turn,
  };
}

/** The same study with labels that reach over at least the next decision. */
export function overlapping(draft: Draft): Draft {
  const { every } = draft.schedule;
  return { ...draft, horizon: (every === "new-week" ? 5 : every) + 2 + ((draft.variant * 3) % 7) };
}

/** The same study with fewer decisions, for pipelines that fit many times over. */
export function unhurried(draft: Draft): Draft {
  const { every } = draft.schedule;
  const walk = { first: 14, refit: 5, window: 22 };
  return every === 1 || every === 2 ? { ...draft, schedule: { ...draft.schedule, every: 3 }, walk } : draft;
}

export function deskOf(world: World, draft: Draft): Desk {
  return openDesk(world, draft.schedule);
}

/** The ordinary features of a draft by name, such as `momentum-12-rank`. */
export function ordinaryFeatures(desk: Desk, draft: Draft): Map<string, Float64Array> {
  return new Map(
    draft.features.map(({ formula, window, across }) => {
      const raw = sheetOfFormula(desk, formula, window);
      const sheet = across === "raw" ? raw : across === "rank" ? rankedAcross(desk, raw) : standardisedAcross(desk, raw);
      return [`${formula}-${window}-${across}`, sheet];
    }),
  );
}

/** What a pipeline ends with; what is not given is made in the ordinary way, as far as the draft's ending goes. */
export interface Finish {
  readonly ending?: Draft["ending"];
  readonly labels?: Labels;
  /** Features that are handed out, and those that the model sees where they are others. */
  readonly features: ReadonlyMap<string, Float64Array>;
  readonly columns?: readonly Float64Array[];
  readonly predictions?: Float64Array;
  readonly fills?: (scores: Float64Array) => readonly Fill[];
}

export function finish(desk: Desk, draft: Draft, made: Finish): PipelineOutput {
  const decisions = desk.decisions.map(({ at }) => at);
  const ending = made.ending ?? draft.ending;
  if (ending === "features")
    return { decisions, features: made.features, labels: made.labels ?? null, predictions: null, folds: null, fills: [] };
  const labels = made.labels ?? forwardLabels(desk, draft.labelKind, draft.horizon);
  const predictions = made.predictions ?? walkForward(desk, made.columns ?? [...made.features.values()], labels, draft.fit, draft.walk);
  const fills = ending === "fills" ? (made.fills ?? ((scores) => buyBest(desk, scores, draft.top, nextPrice(desk))))(predictions) : [];
  return { decisions, features: made.features, labels, predictions, folds: null, fills };
}
