/** A board with one simulated disk and the built driver. */

import { join } from "node:path";
import type { BoardEvent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { randomBytes, SimulatedUsb, VirtualClock } from "@busbar/sim";
import { Disk, type DiskOptions, type DiskUnitOptions, MemoryMedium } from "../src/model.ts";

/** Where the build puts the component. */
export const component = join(import.meta.dirname, "../dist/mass-storage.wasm");

export const MIB = 1024 * 1024;

/** Settings of the board file. */
export type Settings = Record<string, string | number | boolean>;

/** A board with a disk of 8 MiB in port 1-1. */
export async function boardWith(
  unit: DiskUnitOptions = {},
  settings: Settings = {},
  options: Partial<DiskOptions> = {},
  driver = component,
  allow?: ("reset" | "set-configuration")[],
) {
  const clock = new VirtualClock();
  const medium = unit.medium ?? new MemoryMedium(8 * MIB);
  const disk = new Disk({ units: [{ ...unit, medium }], ...options }, clock);
  const usb = new SimulatedUsb(clock);
  usb.plug("1-1", disk);
  const events: BoardEvent[] = [];
  const board = await openBoard(
    { devices: { stick: { driver, usb: { class: "0x08", ...(allow && { allow }) }, settings } } },
    { clock, usb: [usb], i2c: [], onEvent: (event) => events.push(event) },
  );
  return { board, disk, medium, usb, clock, events };
}

/** Bytes that differ from place to place. */
export function pattern(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, randomBytes(seed));
}
