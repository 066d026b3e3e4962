// The install policy on this repository, and proof on small bad manifests that each rule can fail.
import { describe, expect, it } from "vitest";
import { checkLockfile, checkManifest } from "./package-policy.js";
import { report, repositoryFiles } from "./repository.js";

const textOf = (path: string): string => {
  const file = repositoryFiles().find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`${path} is not in the repository`);
  return file.text;
};
const judge = (manifest: object): readonly string[] => report(checkManifest(JSON.stringify(manifest)));

describe("package policy", () => {
  it("holds for package.json, the lockfile and .npmrc", () => {
    expect(report(checkManifest(textOf("package.json")))).toEqual([]);
    expect(report(checkLockfile(textOf("package-lock.json")))).toEqual([]);
    const settings = textOf(".npmrc").trim().split("\n");
    expect(settings).toEqual(expect.arrayContaining(["engine-strict=true", "ignore-scripts=true", "save-exact=true"]));
  });

  it.each(["^1.2.3", "~1.2.3", "1.x", "*", "latest", ">=1.0.0", "git+ssh://host/x.git"])("refuses the version %s", (version) => {
    expect(judge({ dependencies: { zod: version } })).toHaveLength(1);
    expect(judge({ devDependencies: { zod: version } })).toHaveLength(1);
    expect(judge({ overrides: { a: { b: version } } })).toHaveLength(1);
  });

  it("accepts exact versions, pre-releases included", () => {
    expect(judge({ dependencies: { zod: "4.6.7", duckdb: "1.5.6-r.1" } })).toEqual([]);
  });

  it.each(["prepare", "postinstall", "preinstall", "install", "prepublishOnly"])("refuses the script %s", (name) => {
    expect(judge({ scripts: { [name]: "node x.js" } })).toHaveLength(1);
  });

  it("refuses pre and post scripts of our own commands, not words that begin alike", () => {
    expect(judge({ scripts: { test: "node x.js", pretest: "node y.js" } })).toHaveLength(1);
    expect(judge({ scripts: { preview: "node x.js" } })).toEqual([]);
  });

  it.each(["rm -rf dist", "FOO=1 node x.js", "node x.js | tee log", "node x.js > log", "node x.js ; node y.js", "node 'x.js'", "node $X"])(
    "refuses the command %s",
    (command) => {
      expect(judge({ scripts: { go: command } })).not.toEqual([]);
    },
  );

  it("refuses a lockfile that names a host", () => {
    expect(checkLockfile('{\n  "resolved": "https://registry.example/zod.tgz"\n}')).toHaveLength(1);
    expect(checkLockfile('{\n  "resolved": "node_modules/a"\n}')).toEqual([]);
  });

  it("refuses a lockfile without the binaries of other platforms", () => {
    const parent = { optionalDependencies: { "tool-darwin-arm64": "1.0.0" } };
    expect(report(checkLockfile(JSON.stringify({ packages: { "node_modules/tool": parent } })))).toEqual([
      expect.stringContaining("lacks tool-darwin-arm64"),
    ]);
    expect(checkLockfile(JSON.stringify({ packages: { "node_modules/tool": parent, "node_modules/tool-darwin-arm64": {} } }))).toEqual([]);
  });
});
