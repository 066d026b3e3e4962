// The technical features against the contract of all features.
import { featureContract } from "#test/contracts/features.js";
import { technical } from "./technical.js";

featureContract("technical", technical);
