// A thread that takes its share of growing trees. Started by team.ts only; ends when told to, or with the process.
import { workerData } from "node:worker_threads";
import { help, type HelperSetup } from "./team.js";

help(workerData as HelperSetup);
