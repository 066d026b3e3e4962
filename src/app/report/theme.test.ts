// Contrast by WCAG 2.2 (relative luminance), checked for both color schemes from the style sheet itself.
import { describe, expect, it } from "vitest";
import { theme } from "./theme.js";

function tokens(text: string): Map<string, string> {
  return new Map([...text.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] as string, match[2] as string]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const [day, night] = theme.split("@media screen and (prefers-color-scheme: dark)").map((part) => tokens(part)) as [
  Map<string, string>,
  Map<string, string>,
];

describe.each([
  ["day", day],
  ["night", night],
])("colors by %s", (_, scheme) => {
  const color = (name: string): string => scheme.get(name) ?? expect.fail(`no color ${name}`);

  it.each(["page", "card", "sky"])("keeps text readable on the ground of %s", (ground) => {
    expect(contrast(color("ink"), color(ground))).toBeGreaterThanOrEqual(7);
    expect(contrast(color("muted"), color(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it("keeps stamps and links readable", () => {
    expect(contrast(color("stamp"), color("stamp-ground"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(color("accent"), color("page"))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["strategy", "baseline", "benchmark", "oracle"])("sets the line of %s off from the card", (line) => {
    expect(contrast(color(line), color("card"))).toBeGreaterThanOrEqual(3);
  });
});
