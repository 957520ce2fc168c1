/** Bytes that are nearly right, and what must hold of each. Shared by the tests and by `fuzz.ts`. */

import type { Random } from "@busbar/fuzz";
import { DriverError, parseConfiguration } from "@busbar/guest";
import {
  CdcError,
  decodeLineCoding,
  decodeSerialState,
  encodeLineCoding,
  findAcmFunctions,
  NotificationAssembler,
} from "../src/index.ts";

/** Up to three serial ports, more or less as they should be, behind a configuration descriptor. */
export function randomPorts(random: Random): Uint8Array {
  const descriptors: number[][] = [];
  for (let left = 1 + random(3); left > 0; left -= 1) descriptors.push(...randomPort(random));
  if (random(4) === 0) descriptors.sort(() => random(3) - 1);
  const bytes = descriptors.flatMap((each) => damaged(each, random));
  const total = random(20) === 0 ? random(0x10000) : 9 + bytes.length;
  return Uint8Array.from([9, 2, total & 0xff, total >> 8, random(4), 1, 0, 0x80, 50, ...bytes]);
}

/**
 * Feeds bytes to every parser.
 *
 * @returns whether they have a serial port, a line coding or a notification
 * @throws when anything else than a typed error comes out, or a result that cannot be
 */
export function exercise(input: Uint8Array, random: Random): boolean {
  const results = [
    typed(() => checkFunctions(input)),
    typed(() => checkLineCoding(input)),
    typed(() => checkNotifications(input, 1 + random(16))),
  ];
  return results.includes(true);
}

function checkFunctions(input: Uint8Array): boolean {
  const functions = findAcmFunctions(parseConfiguration(input));
  for (const { input: source, output, notifications, controlInterface, dataInterface } of functions) {
    const isRight =
      source.address >= 0x80 &&
      output.address < 0x80 &&
      (notifications === undefined || notifications.address >= 0x80) &&
      [source, output].every(({ packetBytes }) => packetBytes >= 1 && packetBytes <= 0x7ff) &&
      [controlInterface, dataInterface].every((number) => number >= 0 && number <= 0xff);
    if (!isRight) throw new Error("a serial port that cannot be");
  }
  // Each needs nine bytes for its interface at least: nothing is made of a claim.
  if (functions.length * 9 > input.length) throw new Error("more serial ports than there are bytes for");
  return functions.length > 0;
}

function checkLineCoding(input: Uint8Array): boolean {
  const settings = decodeLineCoding(input);
  if (settings.baudRate === 0) return true;
  const again = encodeLineCoding(settings);
  if (again.some((byte, index) => byte !== input[index])) throw new Error("another line coding comes back");
  return true;
}

function checkNotifications(input: Uint8Array, packetBytes: number): boolean {
  const assembler = new NotificationAssembler();
  let isAny = false;
  for (let offset = 0; offset < input.length; offset += packetBytes) {
    isAny =
      typed(() => {
        const notification = assembler.add(input.subarray(offset, offset + packetBytes));
        if (notification === undefined) return false;
        if (notification.data.length > input.length) throw new Error("more data than came");
        if (notification.code === 0x20) decodeSerialState(notification.data);
        return true;
      }) || isAny;
  }
  return isAny;
}

/** A typed error is a right answer. */
function typed(body: () => boolean): boolean {
  try {
    return body();
  } catch (error) {
    if (error instanceof CdcError || error instanceof DriverError) return false;
    throw error;
  }
}

function randomPort(random: Random): number[][] {
  const number = () => (random(12) === 0 ? random(256) : random(3));
  const often = (descriptor: number[]) => (random(5) === 0 ? [] : [descriptor]);
  const endpoint = (address: number, attributes: number) => [7, 5, address, attributes, 64, 0, 1];
  const [control, data] = [number(), number()];
  return [
    [9, 4, control, random(8) === 0 ? 1 : 0, random(4), 2, 2, random(2), 0],
    ...often([5, 0x24, 1, random(4), data]),
    ...often([4, 0x24, 2, random(16)]),
    ...often([5, 0x24, 6, control, data]),
    ...often(endpoint(0x82, 3)),
    ...often([9, 4, data, random(2), random(3), 10, 0, 0, 0]),
    ...often(endpoint(0x81, 2 + random(2))),
    ...often(endpoint(random(8) === 0 ? random(256) : 0x01, 2)),
  ];
}

function damaged(descriptor: number[], random: Random): number[] {
  if (random(40) === 0) descriptor[0] = random(12);
  if (random(40) === 0) descriptor.pop();
  if (random(40) === 0) descriptor[random(descriptor.length)] = random(256);
  return descriptor;
}
