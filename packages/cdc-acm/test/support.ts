/// <reference types="node" />

/** What several tests need. */

import { readFileSync } from "node:fs";
import { type DeviceError, DriverError } from "@busbar/guest";

export const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

export const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

export const readVectors = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), "utf8"));

/** An interface as the vectors list it. */
export interface InterfaceVector {
  readonly number: number;
  readonly alternate: number;
  readonly class: number;
  readonly subclass: number;
  readonly protocol: number;
  readonly endpoints: readonly { readonly address: number; readonly max_packet_size: number }[];
  readonly other_descriptors: readonly { readonly type: number; readonly hex: string }[];
}

/** A configuration of usb_config_descriptors.json, or a device of usb_cdc_acm.json. */
export interface ConfigurationVector {
  readonly name: string;
  readonly configuration_hex: string;
  readonly expected: { readonly interfaces: readonly InterfaceVector[] };
}

const { devices } = readVectors("usb_cdc_acm") as { readonly devices: readonly ConfigurationVector[] };
/** What damaged inputs are made from: the devices of the vectors, line settings, and a notification. */
export const corpus = [
  ...devices.map(({ configuration_hex }) => configuration_hex),
  "80250000000008",
  "a1200000000002000300",
].map(bytes);

/** The WIT error that `body` ends in. */
export function payloadOf(body: () => unknown): DeviceError {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
  throw new Error("nothing was thrown");
}
