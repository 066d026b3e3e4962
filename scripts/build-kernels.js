// Compiles src/**/*.as.ts (AssemblyScript) to modules that hold the bytes: kernels.as.ts becomes kernels-wasm.ts beside it. Part of
// `npm run build`. What it writes is committed, so that tests run the sources. A module that bears the mark of its sources and compiler is
// left alone, uncompiled. With --check everything is compiled, nothing written, and it fails when something would change.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const FLAGS = ["-O3", "--runtime", "stub", "--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"].concat([
  "--enable",
  "simd",
  "--enable",
  "threads",
  "--noAssert",
]);

/** The text of the module. Throws what the compiler says. */
async function compileKernels(path, mark) {
  const { default: asc } = await import("assemblyscript/asc");
  let bytes = null;
  const { error, stderr } = await asc.main([path, ...FLAGS, "--outFile", "kernels.wasm"], {
    readFile: (name) => (existsSync(root + name) ? readFileSync(root + name, "utf8") : null),
    writeFile: (_name, contents) => void (bytes = contents),
    listFiles: () => [],
  });
  if (error !== null || bytes === null) throw new Error(`${path} does not compile: ${stderr.toString()}`);
  const source = path.split("/").at(-1);
  return `// Written by scripts/build-kernels.js from ${source}: WebAssembly, base64.\n${mark}\nexport const KERNELS =\n  "${Buffer.from(bytes).toString("base64")}";\n`;
}

const check = process.argv.includes("--check");
const stale = [];
const paths = readdirSync(`${root}src`, { recursive: true })
  .filter((name) => name.endsWith(".as.ts"))
  .map((name) => `src/${name.replaceAll("\\", "/")}`)
  .sort();
const compiler = readFileSync(`${root}node_modules/assemblyscript/package.json`, "utf8");
const hash = createHash("sha256").update(JSON.parse(compiler).version).update(FLAGS.join(" "));
for (const path of paths) hash.update(readFileSync(root + path, "utf8"));
const mark = `// Of sources and compiler with the hash ${hash.digest("hex").slice(0, 16)}.`;
for (const path of paths) {
  const target = root + path.replace(/\.as\.ts$/, "-wasm.ts");
  const present = existsSync(target) ? readFileSync(target, "utf8") : "";
  if (!check && present.includes(mark)) continue;
  const text = await compileKernels(path, mark);
  if (present === text) continue;
  stale.push(path);
  if (!check) writeFileSync(target, text);
}
if (check && stale.length > 0) throw new Error(`Run node scripts/build-kernels.js: the bytes of ${stale.join(", ")} are of other sources.`);
