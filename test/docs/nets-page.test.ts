// The page on nets holds every net, head and block with the settings and defaults of the code, and its settings can be read.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { blockSchema } from "#models/neural/blocks/schema.js";
import { neuralSchema, parseNeuralConfig } from "#models/neural/config.js";
import { headsSchema } from "#models/neural/heads-schema.js";
import { zoo } from "#models/neural/zoo/zoo.js";
import { fences, page, tableRows } from "./markdown.js";

const PAGE = page("docs/guide/nets.md");

/** Rows under a heading: first cell without backticks -> other cells. */
function rowsUnder(heading: string): Readonly<Record<string, readonly string[]>> {
  const section = PAGE.text.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const rows = tableRows({ ...PAGE, text: section }).filter(([first]) => first?.startsWith("`") === true);
  return Object.fromEntries(rows.map(([first, ...others]) => [(first as string).replaceAll("`", ""), others]));
}

/** `units` required, `dropout` 0 */
function settingsOf(shape: Readonly<Record<string, unknown>>): string {
  return Object.entries(shape as Record<string, z.ZodType>)
    .filter(([name]) => name !== "kind")
    .map(([name, part]) => `\`${name}\` ${fallbackOf(part)}`)
    .join(", ");
}

function fallbackOf(part: z.ZodType): string {
  const { success, data } = part.safeParse(undefined);
  if (!success) return "required";
  if (typeof data === "string") return data;
  return typeof data === "object" && data !== null && "kind" in data ? String(data.kind) : JSON.stringify(data);
}

describe("docs/guide/nets.md", () => {
  it("has every key of the settings", () => {
    for (const key of Object.keys(neuralSchema.shape)) expect(PAGE.text).toContain(`| \`${key}\` |`);
  });

  it("has every net with its options, defaults and steps, and no other", () => {
    const rows = rowsUnder("The zoo");
    expect(Object.keys(rows)).toEqual(Object.keys(zoo));
    for (const [name, { options, steps }] of Object.entries(zoo))
      expect(rows[name]?.slice(1, 3), name).toEqual([settingsOf(options.shape), `${steps}`]);
  });

  it("has every head with its settings and defaults, and no other", () => {
    const rows = rowsUnder("Heads");
    const heads = headsSchema.unwrap().shape;
    expect(Object.keys(rows)).toEqual(Object.keys(heads));
    for (const [name, head] of Object.entries(heads)) expect(rows[name]?.[1], name).toBe(settingsOf(head.unwrap().unwrap().shape));
  });

  it("has every block with its settings and defaults, and no other", () => {
    const rows = rowsUnder("Blocks");
    const blocks = Object.fromEntries(blockSchema.options.map(({ shape }) => [shape.kind.value, settingsOf(shape)]));
    expect(Object.keys(rows)).toEqual(Object.keys(blocks));
    for (const [kind, settings] of Object.entries(blocks)) expect(rows[kind]?.[1], kind).toBe(settings);
  });

  it("shows settings that can be read", () => {
    const shown = fences(PAGE).filter(({ language }) => language === "yaml");
    expect(shown.length).toBeGreaterThan(1);
    for (const { code } of shown) {
      const { family, ...settings } = (parse(code) as { model: Record<string, unknown> }).model;
      expect(family).toBe("neural");
      expect(parseNeuralConfig(settings).blocks.length).toBeGreaterThan(0);
    }
  });
});
