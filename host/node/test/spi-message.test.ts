import { createRequire } from "node:module";
import type { SpiOperation } from "@busbar/host/backend";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  SPI_IOC_MESSAGE,
  SPI_IOC_RD_MODE32,
  SPI_IOC_TRANSFER_SIZE,
  SPI_IOC_WR_MODE32,
} from "../src/spi/constants.ts";
import { loadSpiDev, type SpiDev } from "../src/spi/ioctl.ts";
import { encodeTransfers, messageOf } from "../src/spi/message.ts";
import { thrown } from "./linux-machine.ts";

const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");

const write = (...data: number[]): SpiOperation => ({ kind: "write", data: Uint8Array.from(data) });
const transfer = (...data: number[]): SpiOperation => ({ kind: "transfer", data: Uint8Array.from(data) });
const read = (length: number): SpiOperation => ({ kind: "read", length });
const delay = (ns: number): SpiOperation => ({ kind: "delay", ns });

/** Each transfer as what it sends, what it receives, its length and its delay. */
function shown(...operations: SpiOperation[]) {
  return messageOf(operations).transfers.map(({ txOffset, rxOffset, length, delayUsecs }) => [
    txOffset,
    rxOffset,
    length,
    delayUsecs,
  ]);
}

test("the requests are what a C compiler makes of linux/spi/spidev.h", () => {
  expect(SPI_IOC_WR_MODE32).toBe(0x4004_6b05);
  expect(SPI_IOC_RD_MODE32).toBe(0x8004_6b05);
  expect(SPI_IOC_MESSAGE(1)).toBe(0x4020_6b00);
  expect(SPI_IOC_MESSAGE(511)).toBe(0x7fe0_6b00);
});

describe("a transaction as transfers", () => {
  test("each operation has its own part of what is sent and received", () => {
    const message = messageOf([write(1, 2), read(3), transfer(4, 5)]);
    expect(shown(write(1, 2), read(3), transfer(4, 5))).toEqual([
      [0, undefined, 2, 0],
      [undefined, 0, 3, 0],
      [2, 3, 2, 0],
    ]);
    expect(message.tx).toEqual(Uint8Array.of(1, 2, 4, 5));
    message.rx.set([9, 8, 7, 6, 5]);
    expect(message.received).toEqual([Uint8Array.of(9, 8, 7), Uint8Array.of(6, 5)]);
  });

  test("a delay is that of the transfer before it, in microseconds that are not shorter", () => {
    expect(shown(write(1), delay(1), read(1), delay(1000), delay(1001))).toEqual([
      [0, undefined, 1, 1],
      [undefined, 0, 1, 3],
    ]);
  });

  test("a delay before anything is a transfer of no bytes", () => {
    expect(shown(delay(2000), write(1))).toEqual([
      [undefined, undefined, 0, 2],
      [0, undefined, 1, 0],
    ]);
    expect(shown(delay(5_000_000))).toEqual([[undefined, undefined, 0, 5000]]);
  });

  test("a delay of nothing is none", () => {
    expect(shown(delay(0), write(1), delay(0))).toEqual([[0, undefined, 1, 0]]);
  });

  test("more than a transfer's delay holds goes on in transfers of no bytes", () => {
    expect(shown(write(1), delay(65_535_000), delay(1000))).toEqual([
      [0, undefined, 1, 65_535],
      [undefined, undefined, 0, 1],
    ]);
    expect(shown(delay(200_000_000))).toEqual([
      [undefined, undefined, 0, 65_535],
      [undefined, undefined, 0, 65_535],
      [undefined, undefined, 0, 65_535],
      [undefined, undefined, 0, 3395],
    ]);
  });

  test("whatever is asked for, no byte is lost and no delay is shorter", () => {
    const operation = fc.oneof(
      fc.nat(40).map((length) => read(length + 1)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((data) => write(...data)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((data) => transfer(...data)),
      fc.integer({ min: 0, max: 0xffff_ffff }).map(delay),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        const { transfers, tx, rx, received } = messageOf(operations);
        const sent = operations.flatMap((each) =>
          each.kind === "write" || each.kind === "transfer" ? [...each.data] : [],
        );
        expect([...tx]).toEqual(sent);
        const lengths = operations.flatMap((each) =>
          each.kind === "read" ? [each.length] : each.kind === "transfer" ? [each.data.length] : [],
        );
        expect(received.map(({ length }) => length)).toEqual(lengths);
        expect(rx.length).toBe(lengths.reduce((sum, length) => sum + length, 0));
        const askedNs = operations.reduce((sum, each) => sum + (each.kind === "delay" ? each.ns : 0), 0);
        const waitsUsecs = transfers.reduce((sum, { delayUsecs }) => sum + delayUsecs, 0);
        expect(waitsUsecs * 1000).toBeGreaterThanOrEqual(askedNs);
        expect(waitsUsecs * 1000).toBeLessThan(askedNs + 1000 * (operations.length + 1));
        for (const { delayUsecs } of transfers) expect(delayUsecs).toBeLessThanOrEqual(0xffff);
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });
});

describe("the structures", () => {
  const structure = koffi.struct({
    tx_buf: "uint64_t",
    rx_buf: "uint64_t",
    len: "uint32_t",
    speed_hz: "uint32_t",
    delay_usecs: "uint16_t",
    bits_per_word: "uint8_t",
    cs_change: "uint8_t",
    tx_nbits: "uint8_t",
    rx_nbits: "uint8_t",
    word_delay_usecs: "uint8_t",
    pad: "uint8_t",
  });

  test("are laid out as a C compiler does it", () => {
    expect(koffi.sizeof(structure)).toBe(SPI_IOC_TRANSFER_SIZE);
    const { transfers } = messageOf([write(1, 2), delay(7000), read(3), transfer(4)]);
    const place = { hz: 4_000_000_000, txAddress: 0x7fff_1234_5678n, rxAddress: 0x7fff_0000_0010n };
    const expected = Buffer.alloc(3 * SPI_IOC_TRANSFER_SIZE);
    const common = { speed_hz: 4_000_000_000, delay_usecs: 0, bits_per_word: 8, cs_change: 0 };
    const rest = { tx_nbits: 0, rx_nbits: 0, word_delay_usecs: 0, pad: 0 };
    const written = [
      { tx_buf: 0x7fff_1234_5678n, rx_buf: 0n, len: 2, delay_usecs: 7 },
      { tx_buf: 0n, rx_buf: 0x7fff_0000_0010n, len: 3 },
      { tx_buf: 0x7fff_1234_567an, rx_buf: 0x7fff_0000_0013n, len: 1 },
    ];
    for (const [index, each] of written.entries()) {
      koffi.encode(expected, index * SPI_IOC_TRANSFER_SIZE, structure, { ...common, ...rest, ...each });
    }
    expect(Buffer.from(encodeTransfers(transfers, place)).toString("hex")).toBe(expected.toString("hex"));
  });
});

// /dev/null answers ENOTTY to every request: the call went out, and errno came back.
describe.runIf(process.platform === "linux")("the real system calls", () => {
  test("every request reaches the kernel", () => {
    const dev: SpiDev = loadSpiDev();
    const descriptor = dev.open("/dev/null");
    const calls = [
      () => dev.mode(descriptor),
      () => dev.setMode(descriptor, 3),
      () => dev.message(descriptor, messageOf([transfer(1), read(2)]), 1000),
      () => dev.message(descriptor, messageOf([delay(1)]), 1000),
    ];
    for (const call of calls) expect(thrown(call)).toMatchObject({ errno: 25 });
    dev.close(descriptor);
    expect(thrown(() => dev.mode(-1))).toMatchObject({ errno: 9 });
    expect(thrown(() => dev.open("/dev/busbar-has-no-such-file"))).toMatchObject({ errno: 2 });
  });
});
