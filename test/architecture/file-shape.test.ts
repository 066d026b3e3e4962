// Small files, plain names, no default exports, no barrels; and proof that each rule can fail.
import { describe, expect, it } from "vitest";
import { checkFileShape, lineCount, MAX_MEDIAN_LINES, medianLines } from "./file-shape.js";
import { isTest, isTypeScript, report, repositoryFiles } from "./repository.js";

const header = "// A file.\n";
const judge = (path: string, text = `${header}export const x = 1;\n`): readonly string[] => report(checkFileShape([{ path, text }]));

describe("file shape", () => {
  it("is right in this repository", () => {
    expect(report(checkFileShape(repositoryFiles()))).toEqual([]);
  });

  it("keeps the median source file short", () => {
    const files = repositoryFiles();
    const sources = files.filter((file) => file.path.startsWith("src/") && isTypeScript(file) && !isTest(file));
    const median = medianLines(files);
    const longest = Math.max(0, ...sources.map(lineCount));
    process.stdout.write(`source files: ${sources.length}, median ${median} lines, longest ${longest}\n`);
    expect(sources.length).toBeGreaterThan(0);
    expect(median).toBeLessThanOrEqual(MAX_MEDIAN_LINES);
  });

  it("counts lines and takes the median of source files only", () => {
    const file = (path: string, lines: number): { path: string; text: string } => ({ path, text: "x\n".repeat(lines) });
    expect(lineCount(file("src/a/a.ts", 7))).toBe(7);
    expect(medianLines([file("src/a/a.ts", 10), file("src/a/b.ts", 20), file("src/a/a.test.ts", 900), file("test/x.ts", 900)])).toBe(15);
    expect(medianLines([file("src/a/a.ts", 10), file("src/a/b.ts", 20), file("src/a/c.ts", 400)])).toBe(20);
  });

  it.each([
    ["a file of 501 lines", "src/data/x.ts", header + "//\n".repeat(500), "501 lines"],
    ["a capital in the name", "src/data/orderBook.ts", undefined, "kebab-case"],
    ["an underscore in the name", "src/data/order_book.ts", undefined, "kebab-case"],
    ["a folder called utils", "src/data/utils/x.ts", undefined, "utils"],
    ["a folder called helpers in tests", "test/helpers/x.ts", undefined, "helpers"],
    ["an unknown folder", "src/trading/x.ts", undefined, "none of the sixteen"],
    ["a stray file in src", "src/main.ts", undefined, "directly in src"],
    ["export default", "src/data/x.ts", `${header}export default 1;`, "default export"],
    ["export default function", "src/data/x.ts", `${header}export default function f() {}`, "default export"],
    ["export as default", "src/data/x.ts", `${header}const x = 1;\nexport { x as default };`, "default export"],
    ["export star", "src/data/x.ts", `${header}export * from "./y.js";\nexport const z = 1;`, "no barrels"],
    ["a barrel", "src/data/index.ts", `${header}export { y } from "./y.js";`, "barrel"],
    ["no opening comment", "src/data/x.ts", "export const x = 1;", "does not start with a comment"],
  ])("finds %s", (_name, path, text, message) => {
    expect(judge(path, text)).toEqual([expect.stringContaining(message)]);
  });

  it("accepts the package root as the only barrel, tests and workers by name", () => {
    expect(judge("src/index.ts", `${header}export { y } from "#data/y.js";`)).toEqual([]);
    expect(judge("src/data/order-book.test.ts")).toEqual([]);
    expect(judge("src/app/fit.worker.ts")).toEqual([]);
  });
});
