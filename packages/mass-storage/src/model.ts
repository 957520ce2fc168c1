import { defineUsbModel, numberWithin, usbSerialNumber, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { Disk } from "./model/disk.ts";
import { diskFaultSchema } from "./model/faults.ts";
import { FileMedium } from "./model/file-medium.ts";
import { MemoryMedium } from "./model/medium.ts";
import type { DiskUnitOptions } from "./model/unit.ts";

export { Disk, type DiskOptions } from "./model/disk.ts";
export { type DiskFault, type DiskFaultKind, MOMENTARY_DISK_FAULTS } from "./model/faults.ts";
export { FileMedium } from "./model/file-medium.ts";
export { type Medium, MemoryMedium } from "./model/medium.ts";
export type { DiskUnit, DiskUnitOptions, SenseTriple } from "./model/unit.ts";

const ascii = (maximum: number) => v.pipe(v.string(), v.regex(/^[\x20-\x7e]*$/), v.maxLength(maximum));

/** One logical unit as the board file has it. */
const unitEntries = {
  /** How many blocks; 64 MiB of them where neither this nor a file is given. */
  blocks: v.optional(wholeNumber(1, 2 ** 40)),
  blockSize: v.optional(v.picklist([512, 1024, 2048, 4096]), 512),
  /** A disk image; left out, the disk is in memory and empty. */
  file: v.optional(v.pipe(v.string(), v.minLength(1))),
  readOnly: v.optional(v.boolean(), false),
  removable: v.optional(v.boolean(), true),
  /** Whether a medium is in. */
  medium: v.optional(v.boolean(), true),
  vendor: v.optional(ascii(8), "Busbar"),
  product: v.optional(ascii(16), "Disk"),
  readyMs: v.optional(wholeNumber(0, 3_600_000), 0),
  startRequired: v.optional(v.boolean(), false),
  missingBlocks: v.optional(wholeNumber(0, 1), 0),
};

const unitSchema = v.strictObject(unitEntries);

/** A disk with one unit has that unit's parameters beside its own. */
const diskSchema = v.strictObject({
  ...unitEntries,
  units: v.optional(v.pipe(v.array(unitSchema), v.minLength(1), v.maxLength(16))),
  speed: v.optional(v.picklist(["full", "high", "super"])),
  serialNumber: v.optional(usbSerialNumber),
  bytesPerSecond: v.optional(wholeNumber(1, 10_000_000_000)),
  commandMs: v.optional(numberWithin(0, 3_600_000)),
  queueing: v.optional(v.boolean()),
  stallShort: v.optional(v.boolean()),
  stallMaxLun: v.optional(v.boolean()),
  silentMaxLun: v.optional(v.boolean()),
  maximumBytes: v.optional(wholeNumber(512, 2 ** 31)),
  overMaximum: v.optional(v.picklist(["stall", "fail", "silent"])),
  commandFaults: v.optional(v.array(diskFaultSchema), []),
});

const DEFAULT_BYTES = 64 * 1024 * 1024;

function unitOf(parameters: v.InferOutput<typeof unitSchema>): DiskUnitOptions {
  const { blocks, file, medium, ...options } = parameters;
  if (!medium) return options;
  const bytes = blocks === undefined ? undefined : blocks * options.blockSize;
  return {
    ...options,
    medium: file === undefined ? new MemoryMedium(bytes ?? DEFAULT_BYTES) : new FileMedium(file, bytes),
  };
}

/** The model "disk" of the board file. */
export default defineUsbModel(diskSchema, (parameters, clock) => {
  const { units, commandFaults, speed, serialNumber, bytesPerSecond, commandMs, ...rest } = parameters;
  const { queueing, stallShort, stallMaxLun, silentMaxLun, maximumBytes, overMaximum, ...unit } = rest;
  const disk = new Disk(
    {
      units: (units ?? [unit]).map(unitOf),
      speed,
      serialNumber,
      bytesPerSecond,
      commandMs,
      queueing,
      stallShort,
      stallMaxLun,
      silentMaxLun,
      maximumBytes,
      overMaximum,
    },
    clock,
  );
  for (const fault of commandFaults) disk.inject(fault);
  return disk;
});
