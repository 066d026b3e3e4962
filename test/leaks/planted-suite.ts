// The suite that someone planted who had not seen the detector, as what is measured.
import type { Planted } from "./measure.js";
import type { PlantedLeak } from "./planted/planted-leak.js";

export function plantedVariant(leak: PlantedLeak, variant: number): Planted {
  const world = leak.world(variant);
  return {
    kind: leak.kind,
    data: leak.group === "data",
    leaky: { subject: leak.subject(variant), world },
    clean: { subject: leak.clean(variant), world: leak.cleanWorld?.(variant) ?? world },
    place: leak.place(variant),
  };
}
