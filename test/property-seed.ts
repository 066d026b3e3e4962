// What fast-check draws is the same on every day, so that a change is judged by itself; `npm run nightly` draws anew, and prints the seed of a failure.
import fc from "fast-check";

if (process.env["TRUEWIND_NIGHTLY"] !== "1") fc.configureGlobal({ seed: 1 });
