/** Report descriptors that are nearly right, and what must hold of each. Shared by the tests and by `fuzz.ts`. */

import type { Random } from "@busbar/fuzz";
import {
  buildReport,
  decodeReport,
  GamepadDecoder,
  gamepadMapping,
  HidError,
  KeyboardDecoder,
  MouseDecoder,
  parseReportDescriptor,
  type ReportDescriptor,
  usesIds,
} from "../src/index.ts";

/** Prefixes of items that exist, without their size. */
const prefixes = [
  ...[0x80, 0x90, 0xb0, 0xa0, 0xc0, 0x80, 0x80, 0xc0],
  ...[0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0x84, 0x94, 0xa4, 0xb4],
  ...[0x08, 0x18, 0x28, 0x38, 0x48, 0x58, 0x78, 0x88, 0x98, 0xa8],
];
const pages = [0x01, 0x07, 0x09, 0x0c, 0x08];

/** Items in a random order, most with small data, some with extreme data. */
export function randomItems(random: Random): number[] {
  const descriptor: number[] = [];
  for (let left = 1 + random(30); left > 0; left--) {
    if (random(60) === 0) {
      const size = random(6);
      descriptor.push(
        0xfe,
        size,
        random(256),
        ...Array.from({ length: random(8) === 0 ? 0 : size }, () => random(256)),
      );
      continue;
    }
    const prefix = prefixes[random(prefixes.length)]!;
    const bSize = random(4) === 0 ? random(4) : 1;
    const size = bSize === 3 ? 4 : bSize;
    descriptor.push(prefix | bSize);
    for (let index = 0; index < size; index++) descriptor.push(randomByte(prefix, index, random));
  }
  return descriptor;
}

function randomByte(prefix: number, index: number, random: Random): number {
  if (random(12) === 0) return random(2) === 0 ? 0xff : 0x80;
  if (prefix === 0x04) return index === 0 ? pages[random(pages.length)]! : 0;
  if (prefix === 0xa8) return random(3);
  return index === 0 ? random(48) : random(4) === 0 ? random(256) : 0;
}

/**
 * Parses a descriptor and uses it for everything that it can be used for. Whatever it is, it ends in a result or in a
 * HidError.
 *
 * @returns whether it was accepted
 * @throws anything that must not happen
 */
export function exercise(bytes: Uint8Array, random: Random): boolean {
  let descriptor: ReportDescriptor;
  try {
    descriptor = parseReportDescriptor(bytes);
  } catch (error) {
    if (error instanceof HidError) return false;
    throw error;
  }
  checkLayout(descriptor, bytes.length);
  const decoders = [
    new KeyboardDecoder(),
    new MouseDecoder(),
    new GamepadDecoder(descriptor, gamepadMapping(descriptor)),
  ];
  for (const report of descriptor.reports) {
    // What a claim of a long report costs is the business of a test of its own.
    if (report.bitLength > 4096) continue;
    buildReport(report, []);
    const data = Uint8Array.from({ length: report.transferLength }, () => random(256));
    if (usesIds(descriptor, report.type)) data[0] = report.id ?? 0;
    for (const each of [data, data.subarray(0, 1 + random(data.length))]) {
      if (each.length === 0) continue;
      const decoded = decodeReport(descriptor, report.type, each);
      check(decoded.report === report, "a report is known by its id");
      for (const decoder of decoders) decoder.apply(decoded);
    }
  }
  return true;
}

/** What every accepted descriptor has. */
function checkLayout(descriptor: ReportDescriptor, length: number): void {
  const { reports } = descriptor;
  let fieldCount = 0;
  for (const { type, fields, bitLength, byteLength, transferLength } of reports) {
    let end = 0;
    for (const { bitOffset, bitSize, count, usages, usageCount } of fields) {
      check(bitOffset === end, "fields lie side by side");
      check(bitSize > 0 && count > 0, "fields have bits");
      end = bitOffset + bitSize * count;
      const total = usages.reduce((sum, { first, last }) => sum + last - first + 1, 0);
      check(total === usageCount, "usages are counted");
    }
    fieldCount += fields.length;
    check(end === bitLength && byteLength === Math.ceil(end / 8), "reports are as long as their fields");
    check(
      transferLength === byteLength + (usesIds(descriptor, type) ? 1 : 0) && transferLength <= 0x1_0000,
      "reports are bounded",
    );
  }
  check(fieldCount <= length, "there are no more fields than bytes");
}

function check(condition: boolean, rule: string): void {
  if (!condition) throw new Error(`broken rule: ${rule}`);
}
