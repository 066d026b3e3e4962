// Where a dataset lives, and how it changes in one step: `lake/NAME` is a link to a folder under `lake/.versions`.
// A new version is written aside and the link is renamed over the old one, which the file system does at once: a killed
// import leaves the old dataset, a running reader keeps the version it opened. The replaced version goes at the next write.
import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readlink, realpath, rename, rm, symlink, writeFile, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { TruewindError } from "#base/errors.js";

const VERSIONS = ".versions";
const OWNER = "writer.pid";

/** Throws `bad-config` unless the name can be a folder of its own. */
export function checkDatasetName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  throw new TruewindError(
    "bad-config",
    `"${name}" is no dataset name: use letters, digits, dot, dash and underscore, first a letter or digit.`,
  );
}

/** The folder of the dataset's present version. Throws `no-such-dataset`. */
export async function datasetFolder(lakeDir: string, name: string): Promise<string> {
  const link = join(lakeDir, checkDatasetName(name));
  if (!existsSync(join(link, "manifest.json"))) {
    throw new TruewindError("no-such-dataset", `There is no dataset "${name}" in ${lakeDir}: import it first, or list what is there.`);
  }
  return realpath(link);
}

/** Names of the datasets in the lake, sorted. */
export async function datasetNames(lakeDir: string): Promise<string[]> {
  if (!existsSync(lakeDir)) return [];
  const names = (await readdir(lakeDir)).filter((name) => !name.startsWith("."));
  return names.filter((name) => existsSync(join(lakeDir, name, "manifest.json"))).sort();
}

/**
 * Calls `fill` with an empty folder and, when it returns, makes that folder the dataset. When it throws, nothing has
 * changed and nothing is left. Leftovers of killed writers are removed on the way in.
 */
export async function replaceDataset(lakeDir: string, name: string, fill: (folder: string) => Promise<void>): Promise<void> {
  checkDatasetName(name);
  const versions = join(lakeDir, VERSIONS);
  await mkdir(versions, { recursive: true });
  await removeLeftovers(lakeDir, name);
  const folder = await mkdtemp(join(versions, `${name}@`));
  try {
    await writeFile(join(folder, OWNER), String(process.pid));
    await fill(folder);
    await rm(join(folder, OWNER));
    await pointTo(lakeDir, name, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function pointTo(lakeDir: string, name: string, folder: string): Promise<void> {
  const link = join(lakeDir, name);
  const found = await lstat(link).catch(() => null);
  // A lake that was copied by following links holds a plain folder: it becomes a version first.
  if (found?.isDirectory() === true) await rename(link, `${folder}.copied`);
  const fresh = `${folder}.link`;
  await symlink(relative(lakeDir, folder), fresh);
  await rename(fresh, link);
}

async function removeLeftovers(lakeDir: string, name: string): Promise<void> {
  const versions = join(lakeDir, VERSIONS);
  const present = await readlink(join(lakeDir, name)).then(basename, () => null);
  for (const entry of await readdir(versions)) {
    if (!entry.startsWith(`${name}@`) || entry === present) continue;
    const owner = await readFile(join(versions, entry, OWNER), "utf8").catch(() => null);
    if (owner !== null && isAlive(Number(owner))) continue;
    await rm(join(versions, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
