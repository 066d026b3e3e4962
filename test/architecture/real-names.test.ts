// Real names on this repository, and proof that a way around is found.
import { expect, it } from "vitest";
import { checkRealNames } from "./real-names.js";
import { report, repositoryFiles } from "./repository.js";

it("only a few files of app open data under their own symbols", () => {
  expect(report(checkRealNames(repositoryFiles()))).toEqual([]);
});

it("a way around is found", () => {
  const text = "const dataset =\n  await openDataset(workspace.lake, name);";
  expect(checkRealNames([{ path: "src/app/modes/x.ts", text }])).toEqual([expect.objectContaining({ line: 2 })]);
  for (const path of ["src/app/names/read-names.ts", "src/app/modes/x.test.ts", "src/data/lake/check.ts"])
    expect(checkRealNames([{ path, text }])).toEqual([]);
});
