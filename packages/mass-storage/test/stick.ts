/** A stick for playback tests: its interface, and the steps of commands. */

import type { ExpectedUsbStep, PlaybackDevice } from "@busbar/guest/usb-playback";
import { type Command, encodeCommand } from "../src/bot.ts";
import * as scsi from "../src/scsi.ts";

export const IN = 0x81;
export const OUT = 0x02;

/** One bulk-only interface with endpoints 0x81 and 0x02. */
export const stick: PlaybackDevice = {
  interfaces: [
    {
      interfaceClass: 8,
      interfaceSubclass: 6,
      interfaceProtocol: 0x50,
      endpoints: [
        { endpointAddress: IN, attributes: 2 },
        { endpointAddress: OUT, attributes: 2 },
      ],
    },
  ],
};

/** A status wrapper, written out by hand. */
export function status(tag: number, value = 0, residue = 0): Uint8Array {
  const bytes = new Uint8Array(13);
  bytes.set([0x55, 0x53, 0x42, 0x53]);
  new DataView(bytes.buffer).setUint32(4, tag, true);
  new DataView(bytes.buffer).setUint32(8, residue, true);
  bytes[12] = value;
  return bytes;
}

/** The steps of reset recovery: BOT 5.3.4. */
export const recovery: readonly ExpectedUsbStep[] = [
  { control: [0x21, 0xff, 0, 0], out: [] },
  { clearHalt: IN },
  { clearHalt: OUT },
];

/** What is tried where that has not helped. */
export const portReset: ExpectedUsbStep = { reset: true };

/** The wrapper of a command. */
export function wrapper(tag: number, command: Command): ExpectedUsbStep {
  return { endpoint: OUT, out: encodeCommand(tag, command) };
}

/** The steps of a command that goes well, or fails with a status of 1. */
export function steps(
  tag: number,
  block: Uint8Array,
  data?: { readonly in: Uint8Array; readonly length?: number } | { readonly out: Uint8Array },
  value = 0,
): ExpectedUsbStep[] {
  const direction = data === undefined ? "none" : "in" in data ? "in" : "out";
  const sent = data === undefined ? 0 : "in" in data ? data.in.length : data.out.length;
  const length = data !== undefined && "length" in data && data.length !== undefined ? data.length : sent;
  const command: Command = { lun: 0, block, direction, length };
  const answer = { endpoint: IN, in: status(tag, value, length - sent) };
  if (data === undefined) return [wrapper(tag, command), answer];
  const phase = "in" in data ? { endpoint: IN, in: data.in, length } : { endpoint: OUT, out: data.out };
  return [wrapper(tag, command), phase, answer];
}

/** REQUEST SENSE with this answer. */
export function senseSteps(tag: number, key: number, code: number, qualifier = 0): ExpectedUsbStep[] {
  const data = new Uint8Array(18);
  data.set([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier]);
  return steps(tag, scsi.requestSense(18), { in: data });
}

/** INQUIRY data of a disk. */
export function inquiryData(removable = true): Uint8Array {
  const data = new Uint8Array(36).fill(0x20);
  data.set([0, removable ? 0x80 : 0, 4, 2, 31, 0, 0, 0]);
  data.set(Buffer.from("Acme"), 8);
  data.set(Buffer.from("Stick"), 16);
  data.set(Buffer.from("1.00"), 32);
  return data;
}

/** READ CAPACITY (10) data. */
export function capacityData(lastBlock: number, blockLength = 512): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, lastBlock);
  view.setUint32(4, blockLength);
  return new Uint8Array(view.buffer);
}

/** What the driver asks about a medium, from this tag on: three commands. */
export function mediumSteps(tag: number, lastBlock: number, isProtected = false): ExpectedUsbStep[] {
  return [...steps(tag, scsi.testUnitReady()), ...sizeSteps(tag + 1, lastBlock, isProtected)];
}

/** The last two of them. */
export function sizeSteps(tag: number, lastBlock: number, isProtected = false): ExpectedUsbStep[] {
  const mode = Uint8Array.of(3, 0, isProtected ? 0x80 : 0, 0);
  return [
    ...steps(tag, scsi.readCapacity10(), { in: capacityData(lastBlock) }),
    ...steps(tag + 1, scsi.modeSense6(0x3f, 192), { in: mode, length: 192 }),
  ];
}

/** How the driver opens a stick with 1000 blocks: tags 1 to 4. */
export function openSteps({ removable = true, isProtected = false } = {}): ExpectedUsbStep[] {
  return [
    { control: [0xa1, 0xfe, 0, 0], in: [0] },
    ...steps(1, scsi.inquiry(36), { in: inquiryData(removable) }),
    ...mediumSteps(2, 999, isProtected),
  ];
}
