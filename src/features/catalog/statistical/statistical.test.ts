// The statistical features against the contract of all features.
import { featureContract } from "#test/contracts/features.js";
import { statistical } from "./statistical.js";

featureContract("statistical", statistical);
