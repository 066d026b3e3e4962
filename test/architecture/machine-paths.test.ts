// Machine paths on this repository, and proof that they are found.
import { expect, it } from "vitest";
import { checkMachinePaths } from "./machine-paths.js";
import { report, repositoryFiles } from "./repository.js";

/** Written in two pieces, so that this file does not break its own rule. */
const slash = "/";

it("no file names a path of one machine", () => {
  expect(report(checkMachinePaths(repositoryFiles()))).toEqual([]);
});

it.each([`"${slash}work/main/x"`, `see ${slash}root/notes`, `(${slash}home/ann/data)`, `${slash}home/ann/`, `=${slash}Users/ann/x`])(
  "%s is found",
  (text) => {
    expect(checkMachinePaths([{ path: "docs/x.md", text: `first line\n${text}` }])).toEqual([expect.objectContaining({ line: 2 })]);
  },
);

it.each(["https://example.org/work/list", "../work/x", "src/home/x/y", "./root/x"])("%s is not", (text) => {
  expect(checkMachinePaths([{ path: "docs/x.md", text }])).toEqual([]);
});
