// The page on trees holds every setting of the three families with its type and default, and its settings can be read.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { modelFamily } from "#models/registry/families.js";
import { boostingSchema } from "#models/trees/boosting/config.js";
import { treeSchema } from "#models/trees/fitting/settings.js";
import { extraTreesSchema, forestSchema } from "#models/trees/forest/config.js";
import { fences, page, tableRows } from "./markdown.js";
import { type KeyText, schemaKeys } from "./schema-table.js";

const PAGE = page("docs/guide/trees.md");
const sections = PAGE.text.split(/^## /m);

const shown = (heading: string): readonly KeyText[] =>
  tableRows({ ...PAGE, text: sections.find((part) => part.startsWith(heading)) ?? "" })
    .filter(([first]) => first?.startsWith("`") === true)
    .map(([first, type, fallback]) => ({ key: (first as string).replaceAll("`", ""), type: type as string, fallback: fallback as string }));

const keysOf = (schema: z.ZodType): readonly KeyText[] => schemaKeys(schema, schema.parse({}));
const shared = new Set(keysOf(treeSchema).map(({ key }) => key));
const own = (schema: z.ZodType): readonly KeyText[] => keysOf(schema).filter(({ key }) => !shared.has(key));

describe("docs/guide/trees.md", () => {
  it("has every setting of all three with its type and default, and no other", () => {
    expect(shown("Settings of all three")).toEqual(keysOf(treeSchema));
  });

  it("has every setting of boosting, and no other", () => {
    expect(shown("Settings of boosting")).toEqual(own(boostingSchema));
  });

  it("has every setting of forests, and no other; extra-trees differ in one default", () => {
    expect(shown("Settings of forests")).toEqual(own(forestSchema));
    const differing = own(extraTreesSchema).filter(({ fallback }, i) => fallback !== own(forestSchema)[i]?.fallback);
    expect(differing).toEqual([{ key: "bootstrap", type: "true or false", fallback: "`false`" }]);
  });

  it("tells of every objective", () => {
    const rows = shown("What is learned").map(({ key }) => key);
    expect(`\`${rows.join("` or `")}\``).toBe(own(boostingSchema)[0]?.type);
  });

  it("shows settings that can be read", () => {
    const [example] = fences(PAGE);
    const { family, ...settings } = (parse(example?.code ?? "") as { model: { family: string } }).model;
    expect(modelFamily(family).parseConfig(settings)).toMatchObject({ rounds: 500, minDataInLeaf: 200 });
  });
});
