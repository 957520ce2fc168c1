import { join } from "node:path";
import { blockDeviceContract } from "@busbar/contract";

const component = join(import.meta.dirname, "../dist/mass-storage.wasm");
const badSettings = [{ lun: 16 }, { queue: 3 }, { "command-kib": 2048 }, { "read-ahead": "perhaps" }];

blockDeviceContract("mass storage", { component, badSettings });
blockDeviceContract("mass storage, each transfer after the other", {
  component,
  settings: { queue: 0 },
  badSettings: [],
});
blockDeviceContract("mass storage, two commands ahead", {
  component,
  settings: { queue: 2 },
  badSettings: [],
});
