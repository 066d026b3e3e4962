// Writes a picture where the user asked for it.
import { writeFileSync } from "node:fs";
import { TruewindError } from "#base/errors.js";

/** Throws `no-such-file` where it cannot be written. */
export function writePicture(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (cause) {
    throw new TruewindError("no-such-file", `Cannot write ${path}: ${(cause as Error).message.split(",")[0] ?? ""}. Check the path.`, {
      cause,
    });
  }
}
