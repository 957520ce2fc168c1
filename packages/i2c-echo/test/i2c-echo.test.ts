/** What the component does, on a connection of plain JavaScript: the exact bytes. */

import { expect, test } from "vitest";
import { type Connection, echo, getTemperature, NotPossible } from "../src/i2c-echo.ts";

/** A connection that answers every read with `answer`, and remembers what it was asked. */
function connectionTo(answer: Uint8Array) {
  const calls: unknown[] = [];
  const connection: Connection = {
    write: (address, data) => void calls.push(["write", address, [...data]]),
    writeRead(address, data, length) {
      calls.push(["write-read", address, [...data], Number(length)]);
      return answer;
    },
  };
  return { connection, calls };
}

/** SBOS397, "Temperature Data Format", the table of the 12-bit format. */
const table: [register: number, celsius: number][] = [
  [0x7ff0, 127.9375],
  [0x6400, 100],
  [0x5000, 80],
  [0x1900, 25],
  [0x0040, 0.25],
  [0x0000, 0],
  [0xffc0, -0.25],
  [0xe700, -25],
  [0xc900, -55],
];

test.each(table)("register %i is %d °C", (register, celsius) => {
  // In the middle of a larger buffer, as a view on an engine's memory is.
  const memory = Uint8Array.of(0xff, register >> 8, register & 0xff, 0xff);
  const { connection, calls } = connectionTo(memory.subarray(1, 3));
  expect(getTemperature(connection)).toBe(celsius);
  expect(calls).toEqual([["write-read", 0x48, [0], 2]]);
});

test("the extended format is no temperature", () => {
  expect(() => getTemperature(connectionTo(Uint8Array.of(0x19, 0x01)).connection)).toThrow(NotPossible);
});

test("echo writes from byte 0 on and reads back", () => {
  const { connection, calls } = connectionTo(Uint8Array.of(1, 2));
  expect(echo(connection, 0x50, Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 2));
  expect(calls).toEqual([
    ["write", 0x50, [0, 1, 2]],
    ["write-read", 0x50, [0], 2],
  ]);
});

test.each([0, 257])("echo sends nothing of %i bytes", (length) => {
  const { connection, calls } = connectionTo(new Uint8Array());
  expect(() => echo(connection, 0x50, new Uint8Array(length))).toThrow(NotPossible);
  expect(calls).toEqual([]);
});
