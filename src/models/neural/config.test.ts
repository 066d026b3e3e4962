// Settings of nets: defaults, and every problem in one sentence.
import { describe, expect, it } from "vitest";
import { parseNeuralConfig } from "./config.js";
import { zoo } from "./zoo/zoo.js";

const problems = (raw: unknown): string => {
  try {
    parseNeuralConfig(raw);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a net of the zoo", () => {
  it.each(Object.keys(zoo))("%s comes to blocks, with steps that suit it, and parses to itself", (net) => {
    const config = parseNeuralConfig({ net });
    expect(config.steps).toBe(zoo[net]?.steps);
    expect(config.blocks.length).toBeGreaterThan(0);
    expect(parseNeuralConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it("takes options, and names the known ones when it does not know one", () => {
    const { blocks } = parseNeuralConfig({ net: "lstm-batch-norm", options: { units: 256, layers: 3 }, steps: 60 });
    expect(blocks[0]).toMatchObject({ kind: "lstm", units: 256, layers: 3, norm: "batch" });
    expect(problems({ net: "lstm-batch-norm", options: { width: 3 } })).toContain(
      "options.width: not known to lstm-batch-norm, whose options are units, layers, dropout",
    );
  });
});

it("tells all problems at once", () => {
  const text = problems({
    net: "tcn",
    options: { kernel: 0, width: 1 },
    steps: 0,
    blocks: [],
    heads: { return: { weight: -1 } },
    depth: 2,
  });
  for (const part of ["options.kernel", "options.width", "steps", "blocks: stand in place", "heads.return.weight", "depth"])
    expect(text).toContain(part);
});

describe.each([
  ["options without a net", { options: { units: 3 } }, "options: belong to a `net`"],
  ["an unknown net", { net: "rnn" }, "lstm-batch-norm"],
  [
    "a recurrence behind a pool",
    { blocks: [{ kind: "last" }, { kind: "gru", units: 3 }] },
    "blocks.1: gru reads steps, but a block before it left none",
  ],
  ["means over more steps than there are", { net: "multi-scale", steps: 4 }, "downsample takes means over 8 steps, but there are 4"],
  [
    "branches of different length",
    { steps: 4, blocks: [{ kind: "parallel", branches: [[], [{ kind: "last" }]] }] },
    "joins branches of different length (4 steps, none)",
  ],
  [
    "volatility at other steps than the input's",
    {
      steps: 8,
      blocks: [
        { kind: "downsample", factor: 2 },
        { kind: "position", encoding: "volatility" },
      ],
    },
    "reads the volatility of 8 steps, but a block before it left 4",
  ],
  ["a likelihood without its deviation", { heads: { return: { loss: "nll" } } }, "nll needs the volatility head"],
  ["no head that gives a score", { heads: { confidence: {} } }, "need one of return, direction and quantiles"],
  ["quantiles that fall", { heads: { quantiles: { levels: [0.9, 0.1] } } }, "must rise"],
  ["an unknown loss", { heads: { return: { loss: "mae" } } }, "expected mse, huber, nll, ic, rank"],
] as const)("%s", (_, raw, text) => {
  it("is refused", () => {
    expect(problems(raw)).toContain(text);
  });
});
