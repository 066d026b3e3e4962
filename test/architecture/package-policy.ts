// What package.json and the lockfile may say: exact versions, no life-cycle scripts, plain commands, no download host.
import type { Violation } from "./repository.js";

const exact = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
/** npm runs these by itself; with ignore-scripts they would be skipped silently. */
const lifeCycle = new Set(["install", "prepare", "prepublish", "prepublishOnly", "preprepare", "postprepare", "dependencies"]);
const dependencyFields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const commands = new Set(["node", "npm", "tsc", "vitest", "oxlint", "eslint", "biome", "knip"]);

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export function checkManifest(text: string): readonly Violation[] {
  const manifest = JSON.parse(text) as Manifest;
  const messages: string[] = [];
  for (const field of dependencyFields)
    for (const [name, version] of Object.entries((manifest[field] ?? {}) as Record<string, string>))
      if (!exact.test(version)) messages.push(`${field}: ${name} is not pinned to one version: ${version}`);
  for (const version of overriddenVersions(manifest["overrides"]))
    if (!exact.test(version)) messages.push(`overrides: not pinned to one version: ${version}`);

  const scripts = manifest.scripts ?? {};
  for (const [name, command] of Object.entries(scripts)) {
    const hook = /^(pre|post)(.+)$/.exec(name);
    if (
      lifeCycle.has(name) ||
      (hook !== null &&
        (Object.hasOwn(scripts, hook[2] as string) || ["install", "pack", "publish", "version"].includes(hook[2] as string)))
    )
      messages.push(`scripts: ${name} is run by npm itself, and skipped under ignore-scripts`);
    for (const part of command.split("&&").map((piece) => piece.trim())) {
      if (!commands.has(part.split(" ")[0] ?? ""))
        messages.push(`scripts: ${name} calls something other than node or an installed binary: ${part}`);
      if (/[|;<>$`*'"\\]|(^|\s)&(\s|$)/.test(part)) messages.push(`scripts: ${name} needs a shell: ${part}`);
    }
  }
  return messages.map((message) => ({ path: "package.json", line: 0, message }));
}

function overriddenVersions(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return value === null || typeof value !== "object" ? [] : Object.values(value).flatMap(overriddenVersions);
}

interface Lockfile {
  readonly packages?: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/** A lockfile that names a host ties everyone to one registry; one without another platform's binaries makes `npm ci` fail. */
export function checkLockfile(text: string): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [index, line] of text.split("\n").entries())
    if (/"resolved"\s*:/.test(line) && /:\/\//.test(line))
      violations.push({ path: "package-lock.json", line: index + 1, message: `names a download host: ${line.trim()}` });
  const packages = (JSON.parse(text) as Lockfile).packages ?? {};
  for (const [parent, { optionalDependencies }] of Object.entries(packages))
    for (const name of Object.keys(optionalDependencies ?? {}))
      if (packages[`${parent}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined)
        violations.push({ path: "package-lock.json", line: 0, message: `lacks ${name}: run node scripts/complete-lockfile.js` });
  return violations;
}
