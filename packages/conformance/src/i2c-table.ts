/**
 * wasi:i2c on the bus "sim" of host/conformance/board.json: a memory at 0x50 whose bytes are behind a one-byte address, one
 * target for each error from 0x51 on, and nothing at 0x5f.
 */

import type { Delay } from "wasi:i2c/delay@0.2.0-draft";
import { toU64, type Wiring } from "@busbar/guest";
import { Table } from "./table.ts";

const memory = 0x50;

/** Targets that fail every transaction, and one that is not there. */
const failing = [
  ["a bus that misbehaves", 0x51],
  ["another controller that wins", 0x52],
  ["an address that is not acknowledged", 0x53],
  ["data that is not acknowledged", 0x54],
  ["an acknowledge that is missing somewhere", 0x55],
  ["an overrun", 0x56],
  ["any other failure", 0x57],
  ["a target that is gone half way", 0x58],
  ["no target", 0x5f],
] as const;

/** The most operations of one transaction, and the most bytes of one operation. */
const mostOperations = 42;
const mostBytes = 8192;

const read = (length: number) => ({ tag: "read", val: toU64(length) });
const write = (...bytes: number[]) => ({ tag: "write", val: Uint8Array.from(bytes) });

/** Calls every function of wasi:i2c. */
export function i2cTable(bus: Wiring["bus"], delay: Delay): Table {
  const table = new Table();
  const i2c = (name: string, method: string, ...parameters: unknown[]) =>
    table.call(name, bus, `wasi:i2c/i2c [method]i2c.${method}`, ...parameters);

  i2c("bytes are written", "write", memory, Uint8Array.of(0x10, 1, 2, 3, 4));
  i2c("bytes are read after a repeated start", "write-read", memory, Uint8Array.of(0x10), toU64(4));
  i2c("one byte is written", "write", memory, Uint8Array.of(0x11));
  i2c("bytes are read from where the target points", "read", memory, toU64(2));
  i2c("a transaction gives a list for each read", "transaction", memory, [
    write(0x10),
    read(2),
    write(0x13),
    read(1),
    read(1),
  ]);
  i2c("a transaction that only writes", "transaction", memory, [write(0x20, 7), write(0x30, 8)]);
  i2c("what it wrote", "transaction", memory, [write(0x20), read(1), write(0x30), read(1)]);
  i2c("a transaction of nothing", "transaction", memory, []);
  i2c("the longest read", "read", memory, toU64(mostBytes));
  i2c("the longest write", "write", memory, new Uint8Array(mostBytes));
  const most = Array.from({ length: mostOperations }, () => read(1));
  i2c("the most operations", "transaction", memory, most);

  for (const [what, address] of failing) {
    i2c(`${what}: read`, "read", address, toU64(4));
    i2c(`${what}: write`, "write", address, Uint8Array.of(0, 1, 2, 3));
    i2c(`${what}: write-read`, "write-read", address, Uint8Array.of(0), toU64(4));
    i2c(`${what}: transaction`, "transaction", address, [write(0, 1), read(2)]);
  }

  i2c("a read of no bytes", "read", memory, toU64(0));
  i2c("a write of no bytes", "write", memory, new Uint8Array());
  i2c("a write-read that writes no bytes", "write-read", memory, new Uint8Array(), toU64(1));
  i2c("a write-read that reads no bytes", "write-read", memory, Uint8Array.of(0), toU64(0));
  i2c("a transaction with an operation of no bytes", "transaction", memory, [write(0), read(0)]);
  i2c("a read that is too long", "read", memory, toU64(mostBytes + 1));
  i2c("a read of more than there is memory", "read", memory, toU64(Number.MAX_SAFE_INTEGER));
  i2c("a write that is too long", "write", memory, new Uint8Array(mostBytes + 1));
  i2c("more operations than there may be", "transaction", memory, [...most, read(1)]);
  i2c("more bytes than a transaction may have", "transaction", memory, [
    read(mostBytes),
    read(mostBytes),
    read(1),
  ]);
  i2c("an address that is not granted", "read", 0x20, toU64(1));
  i2c("an address of 10 bits", "read", 0x150, toU64(1));
  i2c("the largest address", "write-read", 0xffff, Uint8Array.of(0), toU64(1));

  table.call("no wait", delay, "wasi:i2c/delay [method]delay.delay-ns", 0);
  table.call("a short wait", delay, "wasi:i2c/delay [method]delay.delay-ns", 20_000);
  table.call("a wait", delay, "wasi:i2c/delay [method]delay.delay-ns", 2_000_000);
  return table;
}
