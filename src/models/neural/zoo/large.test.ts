// The large forms of the zoo: built, trained a few steps on one batch, evaluated. A long suite: `npm run nightly`.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { draw, infer, normals, openTrainer } from "#test/fixtures/neural-net.js";

const large: readonly { readonly name: string; readonly settings: object; readonly features: number }[] = [
  {
    name: "lstm-batch-norm, 3 layers of 256 over 60 steps",
    settings: { net: "lstm-batch-norm", options: { units: 256, layers: 3, dropout: 0 }, steps: 60 },
    features: 32,
  },
  {
    name: "transformer, width 512, 8 heads",
    settings: { net: "transformer", options: { units: 512, heads: 8, dropout: 0 }, steps: 60 },
    features: 32,
  },
  { name: "deep-lob, 100 books of 10 levels", settings: { net: "deep-lob" }, features: 40 },
];

describe.runIf(process.env["TRUEWIND_NIGHTLY"] === "1")("large nets", () => {
  it.each(large.map((one) => [one.name, one] as const))("%s", async (name, { settings, features }) => {
    const rng = createRng(name);
    const net = draw(settings, features, rng.fork("net"));
    const x = normals(rng, 8 * net.shape.steps * features);
    const batch = { x, y: normals(rng, 8) };
    const trainer = await openTrainer(net, 8, 0.0001);
    const losses: number[] = [];
    for (let step = 0; step < 10; step++) losses.push(await trainer.step(batch));
    await trainer.release();
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    expect((await infer(net, x))["return"]?.every(Number.isFinite)).toBe(true);
  });
});
