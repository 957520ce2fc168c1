/**
 * wasi:spi on the device of host/conformance/board.json: a wire from MOSI to MISO, whose first transactions fail in each way, four
 * times each.
 */

import * as spi from "wasi:spi/spi";
import { toU64 } from "@busbar/guest";
import { Table } from "./table.ts";

/** The device's name in the board file. */
const device = "conformance";

/** How the first transactions fail, in this order. */
const failing = [
  "a chip select that cannot be driven",
  "data that comes too fast",
  "another controller that drives the bus",
  "a frame that is none",
  "any other failure of a device",
  "a device that is gone half way",
] as const;

/** The most bytes, and nanoseconds of delays, of one transaction. */
const mostBytes = 4096;
const mostDelayNs = 10_000_000;

const read = (length: number) => ({ tag: "read", val: toU64(length) });
const write = (...bytes: number[]) => ({ tag: "write", val: Uint8Array.from(bytes) });
const transfer = (...bytes: number[]) => ({ tag: "transfer", val: Uint8Array.from(bytes) });
const delay = (ns: number) => ({ tag: "delay-ns", val: ns });

/** Calls every function of wasi:spi. */
export function spiTable(): Table {
  const table = new Table();
  const open = (name: string, asked: string) => table.call<Disposable>(name, spi, "wasi:spi/spi open", asked);
  const opened = open("a device is opened by its name", device);
  if (opened === undefined) throw new Error(`there is no SPI device "${device}"`);
  using _opened = opened;
  const call = (name: string, method: string, ...parameters: unknown[]) =>
    table.call(name, opened, `wasi:spi/spi [method]spi-device.${method}`, ...parameters);

  for (const what of failing) {
    call(`${what}: read`, "read", toU64(4));
    call(`${what}: write`, "write", Uint8Array.of(1, 2, 3, 4));
    call(`${what}: transfer`, "transfer", Uint8Array.of(1, 2, 3, 4));
    call(`${what}: transaction`, "transaction", [write(1, 2), transfer(3, 4), read(2)]);
  }

  call("bytes go both ways at the same time", "transfer", Uint8Array.of(0x9f, 0, 0xff));
  call("bytes are received", "read", toU64(3));
  call("bytes are sent", "write", Uint8Array.of(6));
  call("one result for each operation", "transaction", [
    write(3),
    delay(1000),
    read(2),
    transfer(4, 5),
    delay(0),
  ]);
  call("SPI: a transaction that only writes", "transaction", [write(1), write(2)]);
  call("a transaction that only waits", "transaction", [delay(20_000)]);
  call("SPI: a transaction of nothing", "transaction", []);
  call("SPI: the longest read", "read", toU64(mostBytes));
  call("SPI: the longest write", "write", new Uint8Array(mostBytes));
  call("SPI: the longest transfer", "transfer", new Uint8Array(mostBytes).fill(0x55));
  call("SPI: the most bytes of a transaction", "transaction", [read(mostBytes - 1), write(1)]);
  call("the longest delays", "transaction", [delay(mostDelayNs - 1), read(1), delay(1)]);

  call("SPI: a read of no bytes", "read", toU64(0));
  call("SPI: a write of no bytes", "write", new Uint8Array());
  call("a transfer of no bytes", "transfer", new Uint8Array());
  call("SPI: a transaction with an operation of no bytes", "transaction", [write(1), read(0)]);
  call("SPI: a read that is too long", "read", toU64(mostBytes + 1));
  call("SPI: a read of more than there is memory", "read", toU64(Number.MAX_SAFE_INTEGER));
  call("SPI: a write that is too long", "write", new Uint8Array(mostBytes + 1));
  call("SPI: a transfer that is too long", "transfer", new Uint8Array(mostBytes + 1));
  call("SPI: more bytes than a transaction may have", "transaction", [read(mostBytes), write(1)]);
  call("delays that are too long together", "transaction", [delay(mostDelayNs), read(1), delay(1)]);
  call("a delay of two seconds", "transaction", [delay(2_000_000_000)]);

  open("a name that is another's", "indoor");
  open("no name", "");
  open("a long name", "x".repeat(100));
  using again = open("the device is opened again", device);
  if (again !== undefined) {
    table.call("the other handle works", again, "wasi:spi/spi [method]spi-device.read", toU64(1));
  }
  return table;
}
