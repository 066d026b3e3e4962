// The vendor sells the names of today with their past: those that failed or left are missing.
import { deskOf, finish, ordinaryFeatures } from "../draft.js";
import { dataLeak } from "../planted-leak.js";
import { sheetOfFormula } from "../pipeline/formulas.js";
import { declared, namesOf } from "../worlds/vendors.js";

export const survivorsOnly = dataLeak({
  kind: "survivors only",
  world: () => ({ names: 16, delistedShare: 0.3 }),
  spoil(honest, draft) {
    const { sessions, symbols } = honest;
    const width = symbols.length;
    const fromStart = draft.turn([false, false, true]); // those only that were there all the time
    const traded = (i: number, from: number, to: number): boolean =>
      honest.close.subarray(from * width, to * width).some((price, cell) => cell % width === i && Number.isFinite(price));
    const kept = [...symbols.keys()].filter((i) => traded(i, sessions.length - 8, sessions.length) && (!fromStart || traded(i, 0, 8)));
    return declared(namesOf(honest, kept), draft, { survivorsOnly: true });
  },
  plan(draft) {
    const window = 5 + draft.rng.int(30);
    return {
      place: "world",
      run(world) {
        // The fallen come back, where all who did not are gone.
        const desk = deskOf(world, draft);
        const fallen = sheetOfFormula(desk, "momentum", window).map((value) => -value);
        const features = ordinaryFeatures(desk, draft).set(`fallen-${window}`, fallen);
        return finish(desk, draft, draft.turn([{ features }, { features, predictions: fallen }], 2));
      },
    };
  },
});
