// The worked examples of the guide work: their files are laid over a copy of the sources, type-checked, judged by the architecture's
// rules and run. A `diff` block must fit the file that it changes.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBannedCalls } from "#test/architecture/banned-calls.js";
import { checkFileShape } from "#test/architecture/file-shape.js";
import { checkImports } from "#test/architecture/import-direction.js";
import { checkOutsideWorld } from "#test/architecture/outside-world.js";
import { report, type SourceFile } from "#test/architecture/repository.js";
import { parseExperiment } from "#app/config/experiment.js";
import { parse } from "yaml";
import { type Fence, fences, fileOf, page, pages, root } from "./markdown.js";

const guides = ["docs/guide/add-a-feature.md", "docs/guide/add-a-model.md", "docs/guide/add-a-venue.md"];
/** Suites besides the examples' own that their changes must leave green. */
const suites = ["src/features/registry.test.ts", "src/models/linear/linear.test.ts"];

const shown = guides
  .map((path) => page(path))
  .flatMap((one) => fences(one).map((fence) => ({ page: one.path, fence, file: fileOf(fence) })));
const written: readonly SourceFile[] = shown.flatMap(({ fence, file }) =>
  fence.language === "ts" && file !== null ? [{ path: file, text: fence.code }] : [],
);
const changes = shown.flatMap(({ page: path, fence, file }) =>
  fence.language === "diff" && file !== null ? [{ page: path, fence, file }] : [],
);

/** Replaces the lines marked `-` (and unmarked ones) by the lines marked `+` (and unmarked ones); they must occur exactly once. */
function applied(text: string, { code, line }: Fence): string {
  const side = (mark: string): string =>
    code
      .split("\n")
      .filter((row) => row.startsWith(mark) || row.startsWith(" "))
      .map((row) => row.slice(1))
      .join("\n");
  const [before, after] = [side("-"), side("+")];
  if (text.split(before).length !== 2) throw new Error(`the block at line ${line} does not fit: ${before}`);
  return text.replace(before, () => after);
}

let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "truewind-guide-"));
  for (const name of [
    "src",
    "test/contracts",
    "test/fixtures",
    "test/needs.ts",
    "test/property-seed.ts",
    "test/reference/linear",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
  for (const { path, text } of written) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  for (const { file, fence } of changes) writeFileSync(join(copy, file), applied(readFileSync(join(copy, file), "utf8"), fence));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe("the worked examples", () => {
  it("name a file for every block of TypeScript, and write no file that exists", () => {
    expect(shown.filter(({ fence, file }) => ["ts", "diff"].includes(fence.language) && file === null)).toEqual([]);
    expect(written.length).toBeGreaterThanOrEqual(10);
    expect(written.filter(({ path }) => ts.sys.fileExists(join(root, path)))).toEqual([]);
  });

  it("compile with the project's options", { timeout: 120_000 }, () => {
    const config = ts.getParsedCommandLineOfConfigFile(join(copy, "tsconfig.json"), undefined, {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    });
    const files = [...written.map(({ path }) => path), ...changes.map(({ file }) => file)].map((path) => join(copy, path));
    const program = ts.createProgram(files, { ...config?.options, noEmit: true, incremental: false });
    const problems = files.flatMap((file) => {
      const source = program.getSourceFile(file);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    expect(
      problems.map(({ file, start, messageText }) => `${file?.fileName}:${start} ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
    ).toEqual([]);
  });

  it("keep the rules of the architecture", () => {
    const violations = [checkImports, checkFileShape, checkBannedCalls, checkOutsideWorld].flatMap((check) => check(written));
    expect(report(violations)).toEqual([]);
  });

  it("pass their own tests, their contracts, and the suites of what they change", { timeout: 300_000 }, () => {
    const tests = [...written.map(({ path }) => path).filter((path) => path.endsWith(".test.ts")), ...suites];
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const run = spawnSync(process.execPath, [vitest, "run", "--root", copy, "--reporter=json", ...tests], { encoding: "utf8", cwd: copy });
    const result = JSON.parse(run.stdout.slice(run.stdout.indexOf("{"))) as {
      readonly numFailedTests: number;
      readonly numTotalTestSuites: number;
      readonly testResults: readonly {
        readonly name: string;
        readonly status: string;
        readonly message: string;
        readonly assertionResults: readonly {
          readonly status: string;
          readonly fullName: string;
          readonly failureMessages: readonly string[];
        }[];
      }[];
    };
    const failed = result.testResults.flatMap((file) => [
      ...(file.assertionResults.length === 0 ? [`${file.name}: ${file.message}`] : []),
      ...file.assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
    ]);
    expect(failed).toEqual([]);
    expect(result.testResults).toHaveLength(tests.length);
    expect(run.status, run.stderr).toBe(0);
  });
});

describe("blocks of YAML that call themselves an experiment", () => {
  const found = pages().flatMap((one) =>
    fences(one)
      .filter(({ language, words }) => language === "yaml" && words.includes("experiment"))
      .map((fence) => [one.path, fence] as const),
  );
  it.each(found)("of %s are one", (path, { code, line }) => {
    expect(() => parseExperiment(parse(code), `${path}:${line}`)).not.toThrow();
  });
});
