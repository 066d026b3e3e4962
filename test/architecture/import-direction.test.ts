// The table of architecture 3.3 on this repository, and proof on small bad examples that each rule can fail.
import { describe, expect, it } from "vitest";
import { checkImports, parseImports } from "./import-direction.js";
import { report, repositoryFiles } from "./repository.js";

const judge = (path: string, text: string): readonly string[] => report(checkImports([{ path, text }]));

describe("import direction", () => {
  it("holds in this repository", () => {
    expect(report(checkImports(repositoryFiles()))).toEqual([]);
  });

  it("sees every form of import and ignores comments and strings", () => {
    const text = [
      'import a from "./a.js";',
      'import type { B } from "#domain/b.js";',
      'export { c } from "./c.js";',
      'const d = await import("./d.js");',
      'type E = import("./e.js").E;',
      '// import f from "./f.js";',
      "const g = 'import h from \"./h.js\"';",
    ].join("\n");
    expect(parseImports(text).map(({ specifier, line }) => `${line} ${specifier}`)).toEqual([
      "1 ./a.js",
      "2 #domain/b.js",
      "3 ./c.js",
      "4 ./d.js",
      "5 ./e.js",
    ]);
  });

  it.each([
    ["a type import counts", "src/features/x.ts", 'import type { Run } from "#research/run.js";', "features may not import research"],
    ["import() counts", "src/engine/x.ts", 'const s = await import("#simulation/venue.js");', "engine may not import simulation"],
    ["re-export counts", "src/domain/x.ts", 'export { y } from "#ports/y.js";', "domain may not import ports"],
    ["a strategy cannot reach risk", "src/strategy/x.ts", 'import { review } from "#risk/review.js";', "strategy may not import risk"],
    ["risk knows no ports", "src/risk/x.ts", 'import type { RiskEngine } from "#ports/stages.js";', "risk may not import ports"],
    [
      "nobody but app imports research",
      "src/monitoring/x.ts",
      'import { ic } from "#research/ic.js";',
      "monitoring may not import research",
    ],
    [
      "research does not know monitoring",
      "src/research/x.ts",
      'import { a } from "#monitoring/a.js";',
      "research may not import monitoring",
    ],
    ["base imports nothing", "src/base/x.ts", 'import { m } from "#domain/time.js";', "base may not import domain"],
    ["tests obey the table too", "src/engine/x.test.ts", 'import { a } from "#features/a.js";', "engine may not import features"],
  ])("%s", (_name, path, text, message) => {
    expect(judge(path, text)).toEqual([expect.stringContaining(message)]);
  });

  it("refuses relative paths that leave the folder", () => {
    expect(judge("src/app/modes/x.ts", 'import { a } from "../../domain/a.js";')).toEqual([expect.stringContaining("leaves app")]);
    expect(judge("src/app/modes/x.ts", 'import { a } from "../config/a.js";')).toEqual([]);
  });

  it("refuses one adapter that imports another", () => {
    const text = 'import { a } from "../../stores/sql/a.js";';
    expect(judge("src/adapters/venues/ib/x.ts", text)).toEqual([expect.stringContaining("one adapter imports another")]);
    expect(judge("src/adapters/venues/ib/x.ts", 'import { a } from "./schema.js";')).toEqual([]);
  });

  it("refuses test helpers, benches and the package root in the product", () => {
    expect(judge("src/data/x.ts", 'import { a } from "#test/contracts/venue.js";')).toHaveLength(1);
    expect(judge("src/data/x.test.ts", 'import { a } from "#test/contracts/venue.js";')).toEqual([]);
    expect(judge("src/data/x.ts", 'import { a } from "#bench/contract.js";')).toHaveLength(1);
    expect(judge("src/app/x.ts", 'import { a } from "#index.js";')).toHaveLength(1);
  });

  it("refuses computed imports outside adapters and app", () => {
    expect(judge("src/models/x.ts", "const m = await import(name);")).toHaveLength(1);
    expect(judge("src/app/x.ts", "const m = await import(name);")).toEqual([]);
  });
});
