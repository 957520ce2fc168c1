/** A board with one simulated disk, opened and used by a driver's component. */

import type { BlockDevice, BoardEvent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import {
  Disk,
  type DiskOptions,
  type DiskUnitOptions,
  MemoryMedium,
  SimulatedUsb,
  VirtualClock,
} from "@busbar/sim";
import type { Settings } from "./forms.ts";

/** 8 MiB, of which the suite uses a part. */
const MEDIUM_BYTES = 8 * 1024 * 1024;

/** Where the simulated disk is plugged in. */
const PORT = "1-1";
/** StarlingMonkey collects its garbage only at some 100 MiB (docs/engines.md). */
const limits = { memoryMiB: 160 };

/** How the disk of a bench differs from a plain one. */
export interface DiskSpecimen {
  readonly unit?: DiskUnitOptions;
  readonly device?: Partial<DiskOptions>;
}

/** A board, its disk, and what the board has told. */
export interface DiskBench extends AsyncDisposable {
  readonly disk: Disk;
  readonly medium: MemoryMedium;
  readonly usb: SimulatedUsb;
  readonly clock: VirtualClock;
  open(): Promise<BlockDevice>;
  /** Pulls the disk out, or puts it back. */
  plug(): void;
  unplug(): void;
  /** What the operator was told that is no error. */
  warnings(): string[];
  /** How often the driver's instance has trapped. */
  traps(): number;
}

/**
 * Makes a bench.
 *
 * @param component the path of the driver's .wasm file
 * @param settings as the board file has them
 */
export async function diskBench(
  component: string,
  settings: Settings,
  { unit = {}, device = {} }: DiskSpecimen = {},
): Promise<DiskBench> {
  const clock = new VirtualClock();
  const medium = new MemoryMedium(MEDIUM_BYTES);
  const disk = new Disk({ units: [{ medium, ...unit }], ...device }, clock);
  const usb = new SimulatedUsb(clock);
  usb.plug(PORT, disk);
  const events: BoardEvent[] = [];
  const board = await openBoard(
    { devices: { stick: { driver: component, usb: { port: PORT, class: "0x08" }, settings, limits } } },
    { clock, usb: [usb], i2c: [], onEvent: (event) => events.push(event) },
  );
  return {
    disk,
    medium,
    usb,
    clock,
    open: () => board.blockDevice("stick"),
    plug: () => void usb.plug(PORT, disk),
    unplug: () => usb.unplug(PORT),
    warnings: () => events.flatMap((event) => (event.kind === "warning" ? [event.message] : [])),
    traps: () => events.filter((each) => each.kind === "lifecycle" && each.event === "trapped").length,
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
}
