/// <reference types="node" />

/** Devices of public bug reports, as data: test/vectors. A further case is an entry there. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HidVectors, hidVectors } from "@busbar/contract";
import { gamepadStates } from "../src/index.ts";

const component = join(import.meta.dirname, "../dist/hid.wasm");

for (const name of [
  "c_hid_optional",
  "g_hid_length",
  "k_hid_meaning",
  "n_hid_reports",
  "further_hid",
  "odd_hid",
]) {
  const file = new URL(`vectors/${name}.json`, import.meta.url);
  const vectors = JSON.parse(readFileSync(file, "utf8")) as HidVectors;
  hidVectors("@busbar/hid", component, vectors, (hid) => gamepadStates(hid));
}
