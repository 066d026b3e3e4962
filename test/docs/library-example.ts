// Runs the block of a page that is marked `library` against the library, and gives back what it printed. Tests only.
import { runInThisContext } from "node:vm";
import ts from "typescript";
import * as library from "#index.js";
import { fences, type page } from "./markdown.js";

type Run = (given: typeof library, console: { log(...words: unknown[]): void }) => Promise<void>;

export async function runExample(of: ReturnType<typeof page>): Promise<readonly unknown[]> {
  const example = fences(of).find(({ words }) => words.includes("library"))?.code ?? "";
  const [line, names] = /^import \{([^}]*)\} from "truewind";$/m.exec(example) as unknown as [string, string];
  const body = `(async ({ ${names} }, console) => {\n${example.replace(line, "")}\n})`;
  const compiled = ts.transpileModule(body, { compilerOptions: { target: ts.ScriptTarget.ES2023 } });
  const said: unknown[] = [];
  const run = runInThisContext(compiled.outputText) as Run;
  await run(library, { log: (...words) => said.push(...words) });
  return said;
}
