// The features of regimes against the contract of all features.
import { featureContract } from "#test/contracts/features.js";
import { regime } from "./regime.js";

featureContract("regime", regime);
