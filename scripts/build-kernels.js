// Compiles src/**/*.as.ts (AssemblyScript) to modules that hold the bytes: kernels.as.ts becomes kernels-wasm.ts beside it. Part of
// `npm run build`. What it writes is committed, so that tests run the sources; a file that would not change is left alone. With --check it
// writes nothing and fails when something would change.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("../", import.meta.url));
const FLAGS = ["-O3", "--runtime", "stub", "--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"].concat([
  "--enable",
  "simd",
  "--enable",
  "threads",
  "--noAssert",
]);

/** The text of the module. Throws what the compiler says. */
async function compileKernels(path) {
  let bytes = null;
  const { error, stderr } = await asc.main([path, ...FLAGS, "--outFile", "kernels.wasm"], {
    readFile: (name) => (existsSync(root + name) ? readFileSync(root + name, "utf8") : null),
    writeFile: (_name, contents) => void (bytes = contents),
    listFiles: () => [],
  });
  if (error !== null || bytes === null) throw new Error(`${path} does not compile: ${stderr.toString()}`);
  const source = path.split("/").at(-1);
  return `// Written by scripts/build-kernels.js from ${source}: WebAssembly, base64.\nexport const KERNELS =\n  "${Buffer.from(bytes).toString("base64")}";\n`;
}

const check = process.argv.includes("--check");
const stale = [];
const sources = readdirSync(`${root}src`, { recursive: true }).filter((name) => name.endsWith(".as.ts"));
for (const name of sources) {
  const path = `src/${name.replaceAll("\\", "/")}`;
  const target = root + path.replace(/\.as\.ts$/, "-wasm.ts");
  const text = await compileKernels(path);
  if (existsSync(target) && readFileSync(target, "utf8") === text) continue;
  stale.push(path);
  if (!check) writeFileSync(target, text);
}
if (check && stale.length > 0) throw new Error(`Run node scripts/build-kernels.js: the bytes of ${stale.join(", ")} are of other sources.`);
