// What a zod schema says of its keys, as the texts that a page's table must hold: path, type with bounds, default.
import { z } from "zod";

export interface KeyText {
  /** `costs.feeBps`; of a union told apart by `kind`, `portfolio.k (top-k)`; of a list, `costs.cashRate[].from`. */
  readonly key: string;
  readonly type: string;
  /** `required`, `none` when it may be left out and nothing stands in for it, else the default in backticks. */
  readonly fallback: string;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** `resolved`: what parsing gives when nothing optional is set, for defaults that lie behind a transformation. */
export function schemaKeys(schema: z.ZodType, resolved: unknown = {}): readonly KeyText[] {
  return keysOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema, "", "", resolved, {});
}

/** `given`: what stands in for the whole part when it is left out. */
function keysOf(schema: Schema, prefix: string, suffix: string, resolved: unknown, given: unknown): readonly KeyText[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const key = `${prefix}${name}`;
    const standing = (resolved as Record<string, unknown> | undefined)?.[name];
    const implied = (given as Record<string, unknown> | undefined)?.[name];
    if (part.const !== undefined && name === "kind") return [];
    if (part.oneOf !== undefined) {
      return [
        { key, type: part.oneOf.map(kindOf).join(" or "), fallback: fallbackOf(part.default) },
        ...part.oneOf.flatMap((one) => keysOf(one, `${key}.`, ` (${one.properties?.["kind"]?.const})`, undefined, undefined)),
      ];
    }
    if (part.properties !== undefined) return keysOf(part, `${key}.`, suffix, standing, part.default);
    const needed = schema.required?.includes(name) === true && implied === undefined;
    const fallback = needed ? "required" : fallbackOf(implied ?? (part.default === undefined ? standing : part.default));
    const own = { key: key + suffix, type: typeText(part), fallback };
    return part.items?.properties === undefined ? [own] : [own, ...keysOf(part.items, `${key}[].`, suffix, undefined, undefined)];
  });
}

const kindOf = (one: Schema): string => `\`${one.properties?.["kind"]?.const}\``;

function fallbackOf(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "object" && value !== null && "kind" in value) return `\`${String(value.kind)}\``;
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function typeText(schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(typeText).join(" or ");
  if (Array.isArray(schema.type)) return (schema.type as string[]).map((type) => typeText({ ...schema, type })).join(" or ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  switch (schema.type) {
    case "string":
      return "text";
    case "integer":
      return `whole number${bounds(schema)}`;
    case "number":
      return `number${bounds(schema)}`;
    case "boolean":
      return "true or false";
    case "array":
      if ("prefixItems" in schema || schema.items === undefined) return "list";
      return schema.items.properties === undefined ? `list of ${typeText(schema.items)}` : "list";
    case "object":
      if (schema.properties === undefined) return "map";
      return `\`{ ${Object.keys(schema.properties).join(", ")} }\``;
    default:
      return String(schema.type);
  }
}

function bounds({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const words: string[] = [];
  if (minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER) words.push(`at least ${minimum}`);
  if (exclusiveMinimum !== undefined) words.push(`above ${exclusiveMinimum}`);
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) words.push(`at most ${maximum}`);
  return words.length === 0 ? "" : `, ${words.join(", ")}`;
}
