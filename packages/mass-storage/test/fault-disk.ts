/** The disks of test/vectors/faults: what a device does, as data, on the simulated disk. */

import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import { Disk, type DiskFault, MemoryMedium } from "../src/model.ts";
import { bytes } from "./hex.ts";

/** What a disk does with a command: its own thing, or something else. */
export interface FaultAnswer {
  /** It does what a disk does. */
  readonly own?: boolean;
  /** How often in a row, of several answers; once where it is left out. */
  readonly times?: number;
  readonly silent?: boolean;
  readonly stall?: boolean;
  /** bCSWStatus. */
  readonly status?: number;
  readonly sense_hex?: string;
  readonly data_hex?: string;
  readonly residue?: number;
}

/** A disk. */
export interface FaultDevice {
  readonly blocks: number;
  /** Offset in bytes, and what is there. */
  readonly content: readonly (readonly [number, string])[];
  /** By operation code; of several answers, the last one stays. */
  readonly answers?: Readonly<Record<string, FaultAnswer | readonly FaultAnswer[]>>;
  readonly maximumBytes?: number;
  readonly overMaximum?: "stall" | "fail" | "silent";
  readonly needsStart?: boolean;
  /** Control requests, "a1/fe", that are stalled, or never answered. */
  readonly stall?: readonly string[];
  readonly silent?: readonly string[];
}

const GET_MAX_LUN = "a1/fe";

/** The disk in port 1-1 of a simulated USB. */
export function pluggedIn(device: FaultDevice): { usb: SimulatedUsb; disk: Disk; clock: VirtualClock } {
  const clock = new VirtualClock();
  const medium = new MemoryMedium(device.blocks * 512);
  for (const [offset, text] of device.content) medium.write(offset, bytes(text));
  const { maximumBytes, overMaximum, needsStart = false, stall = [], silent = [] } = device;
  const disk = new Disk(
    {
      units: [{ medium, startRequired: needsStart && [2, 0x04, 0x00] }],
      maximumBytes,
      overMaximum,
      stallMaxLun: stall.includes(GET_MAX_LUN),
      silentMaxLun: silent.includes(GET_MAX_LUN),
    },
    clock,
  );
  for (const [operation, answers] of Object.entries(device.answers ?? {})) {
    const list = Array.isArray(answers) ? answers : [answers];
    let command = 1;
    for (const [index, answer] of list.entries()) {
      const { times: count = 1 } = answer;
      const fault = faultOf(answer);
      const place = { operation: Number.parseInt(operation, 16), command };
      const isLast = index === list.length - 1;
      if (fault !== undefined) disk.inject({ ...fault, ...place, ...(isLast ? { every: 1 } : { count }) });
      command += count;
    }
  }
  const usb = new SimulatedUsb(clock);
  usb.plug("1-1", disk);
  return { usb, disk, clock };
}

function faultOf(answer: FaultAnswer): DiskFault | undefined {
  const { own, silent, stall, status = 0, sense_hex, data_hex, residue } = answer;
  if (silent) return { fault: "silent" };
  if (data_hex !== undefined) return { fault: "answer", data: [...bytes(data_hex)], residue };
  if (status === 1) {
    const sense = sense_hex === undefined ? new Uint8Array(18) : bytes(sense_hex);
    return { fault: "fail", sense: [sense[2]! & 0x0f, sense[12]!, sense[13]!] };
  }
  if (stall) return { fault: "stall-command" };
  if (residue !== undefined) return { fault: "residue", residue };
  if (own) return undefined;
  throw new RangeError(`an answer of an unknown kind: ${JSON.stringify(answer)}`);
}
