import { join } from "node:path";
import { blockDeviceContract } from "@busbar/contract";
import * as model from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/mass-storage.wasm");
const badSettings = [{ lun: 16 }, { queue: 3 }, { "command-kib": 2048 }, { "read-ahead": "perhaps" }];

blockDeviceContract("mass storage", { component, model, badSettings });
blockDeviceContract("mass storage, each transfer after the other", {
  component,
  model,
  settings: { queue: 0 },
  badSettings: [],
});
blockDeviceContract("mass storage, two commands ahead", {
  component,
  model,
  settings: { queue: 2 },
  badSettings: [],
});
