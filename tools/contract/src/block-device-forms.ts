/** A board with one simulated disk, opened and used by a driver's component. */

import type { BlockDevice, BoardEvent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import type { UsbDevice } from "@busbar/sim/usbip";
import type { Settings } from "./forms.ts";

/** 8 MiB, of which the suite uses a part. */
const MEDIUM_BYTES = 8 * 1024 * 1024;

/** Where the simulated disk is plugged in. */
const PORT = "1-1";
/** StarlingMonkey collects its garbage only at some 100 MiB (docs/engines.md). */
const limits = { memoryMiB: 160 };

/** What a simulated disk holds. */
export interface SimulatedMedium {
  read(offset: number, length: number): Uint8Array;
}

/** Faults that a driver gets over. */
export type MomentaryDiskFault =
  | "stall-command"
  | "stall-data"
  | "stall-status"
  | "short-data"
  | "no-data"
  | "wrong-tag"
  | "bad-signature"
  | "short-status"
  | "wrong-residue"
  | "garbage"
  | "phase-error"
  | "empty-packet";

/** What goes wrong with a command, and when. What each means, says the model. */
export interface SimulatedDiskFault {
  readonly fault: MomentaryDiskFault | "silent" | "fail" | "zeros-fail" | "answer" | "residue";
  readonly operation?: number;
  readonly command?: number;
  readonly every?: number;
  readonly count?: number;
  readonly data?: readonly number[];
  readonly residue?: number;
  readonly sense?: readonly [key: number, code: number, qualifier: number];
}

/** A simulated disk that counts what is done with it, and can be made to fail. */
export interface SimulatedDisk extends UsbDevice {
  /** How often it was reset. */
  readonly resets: number;
  /** Its units, with the operation codes that each was sent. */
  readonly units: readonly { readonly commands: readonly number[] }[];
  inject(fault: SimulatedDiskFault): void;
  clearFaults(): void;
}

/** How a unit of a disk differs from a plain one. */
export interface UnitSpecimen {
  readonly startRequired?: boolean | readonly [key: number, code: number, qualifier: number];
  readonly readyMs?: number;
}

/** How a disk differs from a plain one, but for its units. */
export interface DeviceSpecimen {
  readonly stallMaxLun?: boolean;
  readonly silentMaxLun?: boolean;
  readonly maxLun?: number;
  readonly maximumBytes?: number;
  readonly overMaximum?: "stall" | "fail" | "silent";
}

/** How the disk of a bench differs from a plain one. */
export interface DiskSpecimen {
  readonly unit?: UnitSpecimen;
  readonly device?: DeviceSpecimen;
}

/** The model of a disk, from the package of the driver: a suite that knew one would need the driver that needs the suite. */
export interface DiskModel {
  readonly Disk: new (
    options: DeviceSpecimen & { readonly units: readonly (UnitSpecimen & { readonly medium: never })[] },
    clock: VirtualClock,
  ) => SimulatedDisk;
  readonly MemoryMedium: new (bytes: number) => SimulatedMedium;
  readonly MOMENTARY_DISK_FAULTS: readonly MomentaryDiskFault[];
}

/** A board, its disk, and what the board has told. */
export interface DiskBench extends AsyncDisposable {
  readonly disk: SimulatedDisk;
  readonly medium: SimulatedMedium;
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
 * @param model of the disk
 * @param component the path of the driver's .wasm file
 * @param settings as the board file has them
 */
export async function diskBench(
  { Disk, MemoryMedium }: DiskModel,
  component: string,
  settings: Settings,
  { unit = {}, device = {} }: DiskSpecimen = {},
): Promise<DiskBench> {
  const clock = new VirtualClock();
  const medium = new MemoryMedium(MEDIUM_BYTES);
  const disk = new Disk({ units: [{ medium: medium as never, ...unit }], ...device }, clock);
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
