// A small text file beside the data, whole, unpacked when it is gzip.
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

/** Throws what the file system or zlib says. */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}
