export { type FuzzTarget, fuzz, longRun, type Tally } from "./long-run.ts";
export { mutate } from "./mutate.ts";
export { type Random, randomBytes, randomOf } from "./random.ts";
export { randomConfiguration } from "./usb-configuration.ts";
