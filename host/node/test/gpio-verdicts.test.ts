/** host/verdicts/linux-gpio.json, which a host in another language answers as well. */
import { endianness } from "node:os";
import { describe, expect, test } from "vitest";
import verdicts from "../../verdicts/linux-gpio.json" with { type: "json" };
import * as constants from "../src/gpio/constants.ts";
import { LINE_ERRNOS, lineError } from "../src/gpio/errno.ts";
import {
  chipInfoSize,
  decodeChipInfo,
  decodeEvents,
  decodeLineInfo,
  decodeValues,
  encodeLineConfig,
  encodeLineRequest,
  encodeValues,
  type LineConfig,
  lineConfigSize,
  lineInfoSize,
  lineRequestSize,
  lineValuesSize,
} from "../src/gpio/structures.ts";
import { ErrnoError } from "../src/linux/errno.ts";

/** What of a structure is not 0: numbers `[at, bytes, value]` in the machine's order, and texts `[at, text]`. */
interface Written {
  readonly fields?: readonly (readonly number[])[];
  readonly texts?: readonly (readonly (number | string)[])[];
}

const isLittleEndian = endianness() === "LE";

function bytesOf({ fields = [], texts = [] }: Written, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, length, value] of fields) {
    if (length === 8) view.setBigUint64(at!, BigInt(value!), isLittleEndian);
    else view.setUint32(at!, value!, isLittleEndian);
  }
  for (const [at, text] of texts) bytes.set(new TextEncoder().encode(text as string), at as number);
  return bytes;
}

test.each(verdicts.requests)("$name", ({ name, number }) => {
  expect((constants as Record<string, number | string>)[name]).toBe(Number(number));
});

test.each(verdicts.configurations)("$name", ({ config, fields }) => {
  expect(encodeLineConfig(config as LineConfig)).toEqual(bytesOf({ fields }, lineConfigSize));
});

test.each(verdicts.lines)("$name: its request", ({ offset, consumer, config, ...written }) => {
  const request = encodeLineRequest(offset, consumer, config as LineConfig);
  expect(request).toEqual(bytesOf(written, lineRequestSize));
});

test.each(verdicts.values)("the level $level", ({ level, fields }) => {
  const bytes = bytesOf({ fields }, lineValuesSize);
  expect(encodeValues(level as "low")).toEqual(bytes);
  expect(decodeValues(bytes)).toBe(level);
});

test.each(verdicts.chips)("$name: what is answered", ({ chip, ...written }) => {
  expect(decodeChipInfo(bytesOf(written, chipInfoSize))).toEqual(chip);
});

test.each(verdicts.infos)("$name: what is answered", ({ info, ...written }) => {
  expect(decodeLineInfo(bytesOf(written, lineInfoSize))).toEqual(info);
});

test.each(verdicts.events)("$name: the edges", ({ bytes, fields, events }) => {
  const whole = bytesOf({ fields }, 200).subarray(0, bytes);
  const told = decodeEvents(whole).map((each) => ({ ...each, timestampNs: Number(each.timestampNs) }));
  expect(told).toEqual(events);
});

describe("errnos", () => {
  test.each(verdicts.errnos)("errno $errno of a line", ({ errno, code, message }) => {
    const error = lineError(new ErrnoError("ioctl", errno), "/dev/gpiochip0, line 17");
    expect(error.payload).toEqual(code);
    expect(error.message).toBe(message);
  });

  test("the whole table is there", () => {
    const known = new Set(verdicts.errnos.map(({ errno }) => errno));
    expect([...LINE_ERRNOS.keys()].filter((errno) => !known.has(errno))).toEqual([]);
  });
});
