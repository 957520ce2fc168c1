import { fileURLToPath } from "node:url";
import { boardOf, loopback } from "../board.ts";
import type { HostileCase } from "../case.ts";

/** The registers of a BME280 as the native hosts' simulator has them: the data sheet's example, and one reading. */
const registers = {
  "0x88": "706b 4367 18fc 7d8e 43d6 d00b 270b 8c00 f9ff 8c3c f8c6 7017 00 4b",
  "0xd0": "60",
  "0xe1": "6f01 00 13 1d 03 1e",
  "0xf7": "655a c07e ed00 6c00",
};

const chip = { address: "0x76", model: "registers", registers } as const;

/** The path of the healthy sensor's driver, which is copied into a case's own folder: nothing is installed there. */
export const healthyDriver = fileURLToPath(import.meta.resolve("@busbar/bme280/package.json")).replace(
  "package.json",
  "dist/bme280.wasm",
);

/** What its component is called there, without ".wasm". */
export const healthyName = "healthy";

const healthy = { driver: `./${healthyName}.wasm`, i2c: { bus: "sim", address: "0x76" } };

/** The board of a case with a healthy sensor beside it, on what the native hosts simulate. */
export function nativeBoardOf(each: HostileCase): object {
  const simulate = [...["sim", "other"].map((i2c) => ({ i2c, ...chip })), loopback];
  return { ...boardOf(each, { devices: { healthy } }), simulate };
}
