#!/usr/bin/env node
// The command line. It runs the build: `npm run build` makes it.
import { existsSync } from "node:fs";

const main = new URL("../dist/src/app/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write("truewind: the build is missing; run `npm run build` first.\n");
  process.exit(1);
}
const { run } = await import(main.href);
await run(process.argv);
