// Adds to package-lock.json the optional binaries of other platforms that npm left out because the registry in use does not serve
// them; without them `npm ci` refuses the lockfile. Run it after every `npm install` behind such a registry. Platforms are read from names.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** `binding-linux-arm-musleabihf` -> { cpu: ["arm"], os: ["linux"], libc: ["musl"] }; throws when the name says nothing. */
function platformOf(name) {
  if (name === "fsevents") return { os: ["darwin"] };
  const words = name.replace(/^.*\//, "").split("-");
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined && cpu === undefined) throw new Error(`the name ${name} tells no platform: add it by hand`);
  const libc =
    os !== "linux"
      ? undefined
      : words.some((word) => word.startsWith("musl"))
        ? "musl"
        : words.some((word) => word.startsWith("gnu"))
          ? "glibc"
          : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }), ...(libc && { libc: [libc] }) };
}

let added = 0;
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${parent}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some((place) => lock.packages[place]?.version === version || (lock.packages[place] !== undefined && !/^\d/.test(version))))
      continue;
    if (!/^\d/.test(version)) throw new Error(`${parent} wants ${name} ${version}, and no version is known`);
    const place = lock.packages[places[1]] === undefined ? places[1] : places[0];
    lock.packages[place] = { version, ...platformOf(name), ...(entry.dev && { dev: true }), optional: true };
    added++;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(sorted);
if (added > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} optional packages added to package-lock.json\n`);
