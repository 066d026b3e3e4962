// Kinds of leak that the maker of the detector planted, so that it is seen to find what it was made for. Each kind has variants by seed, and
// each variant an honest twin. (The kinds in test/leaks/planted were written by someone who had not seen the detector.)
import { createRng, type Rng } from "#base/rng.js";
import type { LeakSubject, Provenance, World } from "#research/leaks/subject.js";
import { dataKinds } from "./data.js";
import { featureKinds } from "./features.js";
import { makeMarket } from "./market.js";
import { modelKinds } from "./models.js";
import { type Part, pipeline } from "./parts.js";

export interface Kind {
  readonly name: string;
  /** No test of code can show it: it must be refused or stamped. */
  readonly data: boolean;
  make(rng: Rng): {
    readonly leaky: Part;
    readonly clean: Part;
    readonly provenance?: { readonly leaky: Partial<Provenance>; readonly clean: Partial<Provenance> };
  };
}

export const knownKinds: readonly Kind[] = [...featureKinds, ...modelKinds, ...dataKinds];

export interface Variant {
  readonly leaky: { readonly subject: LeakSubject; readonly world: World };
  readonly clean: { readonly subject: LeakSubject; readonly world: World };
}

export function knownVariant(kind: Kind, variant: number): Variant {
  const seed = `${kind.name}/${variant}`;
  const { leaky, clean, provenance } = kind.make(createRng(seed));
  return {
    leaky: { subject: pipeline(`${seed}, leaking`, leaky), world: makeMarket(seed, provenance?.leaky) },
    clean: { subject: pipeline(`${seed}, honest`, clean), world: makeMarket(seed, provenance?.clean) },
  };
}
