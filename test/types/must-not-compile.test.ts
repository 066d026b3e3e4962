// Programs that must not compile, and one that must: the permissions and units that the types promise.
// Every program's first line names the expected error; the line below `// refused:` is where it must appear.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = join(folder, "..", "..");
const names = readdirSync(folder).filter((name) => /\.(fail|pass)\.ts$/.test(name));

/** One program for all files: the project's own options, nothing emitted. */
function compile(paths: readonly string[]): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  });
  if (config === undefined) throw new Error("tsconfig.json cannot be read");
  return ts.createProgram(paths, { ...config.options, noEmit: true, incremental: false });
}

const program = compile(names.map((name) => join(folder, name)));

/** What the compiler says of one file: `TS2322 at line 5`. */
function complaints(name: string): readonly string[] {
  const file = program.getSourceFile(join(folder, name));
  if (file === undefined) throw new Error(`${name} was not compiled`);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ code, start }) => `TS${code} at line ${file.getLineAndCharacterOfPosition(start ?? 0).line + 1}`,
  );
}

it.each(names.filter((name) => name.endsWith(".fail.ts")))("%s is refused for the stated reason, at the stated place", (name) => {
  const lines = readFileSync(join(folder, name), "utf8").split("\n");
  const expected = /^\/\/ (TS\d+): .+\.$/.exec(lines[0] ?? "")?.[1];
  const marked = lines.findIndex((line) => line.trim() === "// refused:");
  expect(expected, "the first line names the expected error").toBeDefined();
  expect(marked, "one line is marked as refused").toBeGreaterThan(0);
  expect(complaints(name)).toEqual([`${expected} at line ${marked + 2}`]);
});

it.each(names.filter((name) => name.endsWith(".pass.ts")))("%s compiles", (name) => {
  expect(complaints(name)).toEqual([]);
});

it("both kinds of program exist", () => {
  expect(names.filter((name) => name.endsWith(".fail.ts")).length).toBeGreaterThanOrEqual(19);
  expect(names).toContain("control.pass.ts");
});
