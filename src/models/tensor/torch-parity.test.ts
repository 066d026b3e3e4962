// Operations and layers against PyTorch: values and all gradients on random inputs (test/reference/neural/layers.py made the numbers).
import { describe, expect, it } from "vitest";
import { errorsOf, referenceCases } from "#test/fixtures/neural-reference.js";
import { layers, type Make } from "#test/fixtures/torch-layers.js";
import { operations } from "#test/fixtures/torch-operations.js";

const TOLERANCE = 1e-5;

const left: Readonly<Record<string, string>> = {
  "conv2d-square-stride-2": "no net convolves over two axes at once in windows that overlap",
  "avg-pool-1d": "no net takes means of windows that overlap",
};

const makers = { ...operations, ...layers };

function makerOf(name: string): Make {
  const keys = Object.keys(makers).filter((key) => name === key || name.startsWith(`${key}-`));
  const longest = keys.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw new Error(`nobody builds the case ${name} of the reference`);
  return makers[longest] as Make;
}

const cases = referenceCases("layers.json").filter(({ name }) => !(name in left));

describe.each(["training", "inference"] as const)("%s graphs compute what PyTorch computes", (purpose) => {
  it.each(cases.map((reference) => [reference.name, reference] as const))("%s", async (name, reference) => {
    const errors = await errorsOf(reference, purpose, makerOf(name)(reference.options));
    for (const [what, error] of Object.entries(errors)) expect(error, `relative error of ${what}`).toBeLessThan(TOLERANCE);
  });
});
