// Each name has always been in the sector that it is in today.
import type { World } from "#research/leaks/subject.js";
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOf } from "../pipeline/desk.js";
import { sheetOfFacts, whenPublished } from "../pipeline/facts-known.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { mean } from "../pipeline/panels.js";
import { declared } from "../worlds/vendors.js";

export const todaysSectors = dataLeak({
  kind: "today's sectors",
  world: () => ({ topics: ["sector"], names: 18, sectors: 3, sessions: 230 }),
  spoil(honest, draft) {
    const today = new Map(honest.facts.map(({ symbol, value }) => [symbol, value]));
    const told = new Set<number>();
    const facts = honest.facts.flatMap((fact) => {
      if (told.has(fact.symbol)) return [];
      told.add(fact.symbol);
      return [{ ...fact, value: today.get(fact.symbol) as number }];
    });
    return declared({ ...honest, facts } satisfies World, draft, { pointInTimeUniverse: false });
  },
  plan(draft) {
    const formula = draft.turn(["momentum", "volatility", "trend", "range"] as const);
    const window = 4 + draft.rng.int(20);
    return {
      place: "world",
      run(world) {
        const desk = deskOf(world, draft);
        const sector = sheetOfFacts(desk, "sector", whenPublished, (values) => values.at(-1) as number);
        const raw = sheetOfFormula(desk, formula, window);
        const within = sheetOf(desk, (_, i, d) => {
          const row = d * desk.width;
          const peers: number[] = [];
          for (let j = 0; j < desk.width; j++)
            if (sector[row + j] === sector[row + i] && Number.isFinite(raw[row + j])) peers.push(raw[row + j] as number);
          return (raw[row + i] as number) - mean(peers);
        });
        return finish(desk, draft, { features: ordinaryFeatures(desk, draft).set(`${formula}-${window}-in-sector`, within) });
      },
    };
  },
});
