// No file may know the machine it was written on.
import type { SourceFile, Violation } from "./repository.js";

/** Absolute paths below a home or a workplace; a URL or a relative path that contains the same words is none. */
const machinePath = /(?<![\w.:/-])\/(work|root|home\/[\w.-]+|Users\/[\w.-]+)\/|\b[A-Z]:\\Users\\/;

export function checkMachinePaths(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const match = machinePath.exec(line);
      return match === null ? [] : [{ path, line: index + 1, message: `names a path of one machine: ${match[0]}` }];
    }),
  );
}
