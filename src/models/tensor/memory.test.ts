import { expect, it } from "vitest";
import { withinMemory } from "./memory.js";

it("memory that does not suffice is one sentence with the size asked for; other errors stay what they are", async () => {
  const fails = (message: string): Promise<unknown> =>
    withinMemory("a test", () => Promise.reject(new Error(message))).catch((error: unknown) => error);
  expect(await fails("AllocateRawInternal Failed to allocate memory for requested buffer of size 4398046511104")).toMatchObject({
    code: "out-of-memory",
    message: "There is not enough memory for a test: 4194304 MB were asked for at once; take a smaller batch, fewer steps or fewer units.",
  });
  expect(await fails("std::bad_alloc")).toMatchObject({ code: "out-of-memory" });
  expect(await fails("Invalid typed array length: 26214400000")).toMatchObject({
    code: "out-of-memory",
    message: expect.stringContaining("for a test: 100000 MB were asked for at once"),
  });
  expect(await fails("something else")).toMatchObject({ message: "something else" });
});
