/// <reference types="node" />

/** Devices of public bug reports, as data: test/vectors. A further case is an entry there. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HidVectors, hidVectors } from "@busbar/contract";
import { gamepadStates } from "@busbar/hid";

const component = join(import.meta.dirname, "../dist/xbox-controller.wasm");

for (const name of ["a_xbox_share", "further_xbox", "odd_xbox"]) {
  const file = new URL(`vectors/${name}.json`, import.meta.url);
  const vectors = JSON.parse(readFileSync(file, "utf8")) as HidVectors;
  hidVectors("@busbar/xbox-controller", component, vectors, (hid) => gamepadStates(hid));
}
