import type { DeviceEntry } from "../board/schema.ts";
import type { InstanceContext } from "../instance/context.ts";
import { boardI2c, boardSettings } from "../interfaces/busbar-board.ts";
import { DelayHandle, I2cHandle } from "../interfaces/wasi-i2c.ts";

/** An interface that the host can give to a driver. */
export interface Offer {
  /** Package and interface, without version: "wasi:i2c/i2c". */
  readonly path: string;
  readonly version: string;
  /** Whether an entry of the board grants it. */
  granted(entry: DeviceEntry): boolean;
  /** The line that an operator adds to the entry to grant it. */
  readonly grantLine: string;
  /** The implementation for one instance, as jco imports it; undefined where there are only types. */
  implement?(context: InstanceContext): object;
}

const i2c = {
  granted: (entry: DeviceEntry) => entry.i2c !== undefined,
  grantLine: '"i2c": { "bus": 1, "address": "0x76" }',
};
const always = { granted: () => true, grantLine: "" };

/** Everything that a driver can import. What is not here cannot be granted at all. */
export const offers: readonly Offer[] = [
  { ...i2c, path: "wasi:i2c/i2c", version: "0.2.0-draft", implement: () => ({ I2c: I2cHandle }) },
  { ...i2c, path: "wasi:i2c/delay", version: "0.2.0-draft", implement: () => ({ Delay: DelayHandle }) },
  { ...i2c, path: "busbar:board/i2c", version: "0.1.0", implement: boardI2c },
  { ...always, path: "busbar:board/settings", version: "0.1.0", implement: boardSettings },
  { ...always, path: "busbar:device/errors", version: "0.1.0" },
];

/** The device interfaces that a driver can export, by the name that programs use for the kind of device. */
export const deviceInterfaces = {
  sensor: { path: "busbar:device/sensor", version: "0.1.0" },
} as const;

/** A kind of device: what `board.sensor(name)` and its siblings give. */
export type DeviceKind = keyof typeof deviceInterfaces;
