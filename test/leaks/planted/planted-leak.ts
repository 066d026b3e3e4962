// A kind of leak: pipelines that have it, the same pipelines with it mended, and the worlds they run on.
import type { LeakSubject, PipelineOutput, World } from "#research/leaks/subject.js";
import { type Draft, draftOf } from "./draft.js";
import { makeWorld, type WorldOptions } from "./worlds/make-world.js";

/** Where a leak shows: in a feature of that name, in what is made of features, or in the world itself. */
export type Place = `feature ${string}` | "labels" | "predictions" | "fills" | "folds" | "world";

export interface PlantedLeak {
  readonly kind: string;
  /** Whether the code looks ahead, or the data were made with what came later. */
  readonly group: "code" | "data";
  readonly variants: number;
  subject(variant: number): LeakSubject;
  clean(variant: number): LeakSubject;
  world(variant: number): World;
  /** The world of the clean twin, where it is another. */
  cleanWorld?(variant: number): World;
  place(variant: number): Place;
}

export interface Plan {
  readonly place: Place;
  readonly run: (world: World, leaky: boolean) => PipelineOutput;
}

interface KindOfLeak {
  readonly kind: string;
  /** Of the worlds of a variant, beyond seed and size. */
  readonly world?: (draft: Draft) => WorldOptions;
  /** Draws everything that varies; `run` draws nothing. */
  readonly plan: (draft: Draft) => Plan;
  /** How many worlds a variant passes over: those in which a choice among few falls the same way with and without hindsight. */
  readonly passedOver?: Readonly<Record<number, number>>;
}

interface KindOfDataLeak extends KindOfLeak {
  /** The world as a vendor delivers it who knows how things went. */
  readonly spoil: (honest: World, draft: Draft) => World;
  /** The honest world as the clean twin gets it, where it differs from the made one. */
  readonly mend?: (honest: World, draft: Draft) => World;
}

const VARIANTS = 20;

export function codeLeak(spec: KindOfLeak): PlantedLeak {
  return {
    kind: spec.kind,
    group: "code",
    variants: VARIANTS,
    subject: (variant) => subjectOf(spec, variant, true),
    clean: (variant) => subjectOf(spec, variant, false),
    world: (variant) => honestWorld(spec, variant),
    place: (variant) => spec.plan(draftOf(spec.kind, variant)).place,
  };
}

export function dataLeak(spec: KindOfDataLeak): PlantedLeak {
  return {
    kind: spec.kind,
    group: "data",
    variants: VARIANTS,
    subject: (variant) => subjectOf(spec, variant, true),
    clean: (variant) => subjectOf(spec, variant, false),
    world: (variant) => spec.spoil(honestWorld(spec, variant), draftOf(spec.kind, variant)),
    cleanWorld: (variant) => (spec.mend ?? ((honest) => honest))(honestWorld(spec, variant), draftOf(spec.kind, variant)),
    place: () => "world",
  };
}

function subjectOf({ kind, plan }: KindOfLeak, variant: number, leaky: boolean): LeakSubject {
  const { run } = plan(draftOf(kind, variant));
  return { name: `${kind} ${variant}${leaky ? "" : ", mended"}`, run: (world) => run(world, leaky) };
}

function honestWorld({ kind, world, passedOver }: KindOfLeak, variant: number): World {
  return makeWorld(`${kind}/${variant}${"/next".repeat(passedOver?.[variant] ?? 0)}`, world?.(draftOf(kind, variant)));
}
