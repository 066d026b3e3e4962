// Kinds of leak that sit in the data, declared or passed over in silence; the pipeline on it is honest.
import type { Provenance } from "#research/leaks/subject.js";
import { fromFact } from "./features.js";
import { honest, type Part, perRow, price } from "./parts.js";
import type { Kind } from "./suite.js";

function dataKind(
  name: string,
  leaky: Partial<Provenance>,
  silent: Partial<Provenance>,
  clean: Partial<Provenance>,
  alter: (part: Part) => { leaky: Part; clean: Part },
): Kind {
  return {
    name,
    data: true,
    make(rng) {
      const parts = alter(honest(rng.fork("part")));
      return { ...parts, provenance: { leaky: rng.next() < 0.5 ? leaky : silent, clean } };
    },
  };
}

const same = (part: Part): { leaky: Part; clean: Part } => ({ leaky: part, clean: part });
const withColumn = (part: Part, column: Part["features"][string]): Part => ({ ...part, features: { ...part.features, extra: column } });

/** The newest value told by the row's close, or by the end of its period where no time is given. */
const readsFacts = (part: Part): { leaky: Part; clean: Part } => {
  const column = fromFact("eps", (fact) => fact.publishedAt ?? fact.about, "none");
  return { leaky: withColumn(part, column), clean: withColumn(part, column) };
};

const readsLevels = (part: Part): { leaky: Part; clean: Part } => ({
  leaky: withColumn(
    part,
    perRow((world, row, symbol) => Math.log(price(world, row, symbol))),
  ),
  clean: withColumn(
    part,
    perRow((world, row, symbol) => Math.log(price(world, row, symbol) / price(world, row - 1, symbol))),
  ),
});

export const dataKinds: readonly Kind[] = [
  dataKind("only survivors", { survivorsOnly: true }, { survivorsOnly: null }, {}, same),
  dataKind("universe of today", { pointInTimeUniverse: false }, { pointInTimeUniverse: null }, {}, same),
  dataKind("restated facts", { vintage: "latest" }, { vintage: null }, { vintage: "all" }, readsFacts),
  dataKind("facts without publication times", { publicationTimes: false }, { publicationTimes: null }, {}, readsFacts),
  dataKind("levels of adjusted prices", { priceBasis: "full" }, { priceBasis: null }, { priceBasis: "full" }, readsLevels),
];
