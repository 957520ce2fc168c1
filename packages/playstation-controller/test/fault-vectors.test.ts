/// <reference types="node" />

/** Devices of public bug reports, as data: test/vectors. A further case is an entry there. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HidVectors, hidVectors } from "@busbar/contract";
import { gamepadStates } from "@busbar/hid";

const component = join(import.meta.dirname, "../dist/playstation-controller.wasm");

for (const name of ["i_playstation_optional", "n_playstation", "further_playstation", "odd_playstation"]) {
  const file = new URL(`vectors/${name}.json`, import.meta.url);
  const vectors = JSON.parse(readFileSync(file, "utf8")) as HidVectors;
  hidVectors("@busbar/playstation-controller", component, vectors, (hid) => gamepadStates(hid));
}
