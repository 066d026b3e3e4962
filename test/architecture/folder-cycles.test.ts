// No folder knots: what taste alone never held in the projects we learned from.
import { expect, it } from "vitest";
import { folderCycles } from "./folder-cycles.js";
import { repositoryFiles } from "./repository.js";

it("there are no cycles between the folders of src", () => {
  expect(folderCycles(repositoryFiles())).toEqual([]);
});

it("a cycle of two folders is found, also when it is made of types only", () => {
  const cycles = folderCycles([
    { path: "src/models/registry.ts", text: 'import { ridge } from "./linear/ridge.js";' },
    { path: "src/models/linear/ridge.ts", text: 'import type { Entry } from "../registry.js";' },
    { path: "src/domain/time.ts", text: 'import type { Brand } from "#base/brand.js";' },
  ]);
  expect(cycles).toEqual([["src/models", "src/models/linear"]]);
});

it("a cycle of three folders is found, and two separate cycles are told apart", () => {
  const file = (path: string, ...targets: readonly string[]): { path: string; text: string } => ({
    path: `src/${path}/x.ts`,
    text: targets.map((target) => `export { x } from "#${target}/x.js";`).join("\n"),
  });
  const cycles = folderCycles([file("a", "b"), file("b", "c"), file("c", "a", "d"), file("d", "e"), file("e", "d"), file("f", "a")]);
  expect(cycles).toHaveLength(2);
  expect(cycles).toContainEqual(["src/a", "src/b", "src/c"]);
  expect(cycles).toContainEqual(["src/d", "src/e"]);
});

it("imports inside one folder and imports of test files are no cycles", () => {
  const cycles = folderCycles([
    { path: "src/a/x.ts", text: 'import { y } from "./y.js";' },
    { path: "src/a/y.ts", text: 'import { x } from "./x.js";\nimport { b } from "#b/b.js";' },
    { path: "src/b/b.test.ts", text: 'import { x } from "#a/x.js";' },
  ]);
  expect(cycles).toEqual([]);
});
