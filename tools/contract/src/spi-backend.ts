/** What every SPI backend must do, whatever is behind it: @busbar/host, `SpiDevice`. */

import { type SpiDevice, SpiError, type SpiOperation, type SpiWiring } from "@busbar/host/backend";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** A backend under test, with a device of which it is known what it sends. */
export interface SpiBackendContract {
  readonly name: string;
  /** Opens the device; called several times, each for a handle of its own. */
  open(wiring?: Partial<SpiWiring>): SpiDevice;
  /** Makes the bus. */
  setUp?(): Promise<void>;
  /** Takes it away. */
  tearDown?(): Promise<void>;
  /** What is received while a byte is sent: the byte itself, where a wire goes from MOSI to MISO. Of 0 it is told for reads too. */
  answer(sent: number): number;
  /** Whether bytes can go with their least significant bit first, and in all modes. */
  readonly anyWiring: boolean;
}

/** An emulated machine takes its time for each of them. */
const TIMEOUT_MS = 120_000;

const write = (...bytes: number[]): SpiOperation => ({ kind: "write", data: Uint8Array.from(bytes) });
const transfer = (data: Uint8Array): SpiOperation => ({ kind: "transfer", data });
const read = (length: number): SpiOperation => ({ kind: "read", length });
const delay = (ns: number): SpiOperation => ({ kind: "delay", ns });

/** What a transaction that must fail says. */
function failure(transaction: () => unknown): SpiError {
  try {
    transaction();
  } catch (thrown) {
    if (thrown instanceof SpiError) return thrown;
    throw thrown;
  }
  throw new Error("the transaction did not fail");
}

/** The suite; call it in a test file. */
export function spiBackendContract(contract: SpiBackendContract): void {
  const answer = (data: Uint8Array) => data.map((byte) => contract.answer(byte));
  const answerToReads = (length: number) => answer(new Uint8Array(length));
  const counting = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7 + 1) & 0xff);

  describe(`the SPI backend ${contract.name}`, { timeout: TIMEOUT_MS }, () => {
    let device: SpiDevice;
    beforeAll(async () => {
      await contract.setUp?.();
      device = contract.open();
    }, TIMEOUT_MS);
    afterAll(async () => {
      device?.close();
      await contract.tearDown?.();
    }, TIMEOUT_MS);

    test("a transfer receives as many bytes as it sends, at the same time", () => {
      const sent = counting(256);
      expect(device.transaction([transfer(sent)])).toEqual([answer(sent)]);
    });

    test("a write receives nothing, and a read what it asked for", () => {
      expect(device.transaction([write(1, 2, 3)])).toEqual([]);
      expect(device.transaction([read(3)])).toEqual([answerToReads(3)]);
    });

    test("one array for each read and each transfer, in order", () => {
      const sent = counting(3);
      const received = device.transaction([write(9), transfer(sent), read(2), write(8), transfer(sent)]);
      expect(received).toEqual([answer(sent), answerToReads(2), answer(sent)]);
    });

    test("delays before, between and after change nothing of the bytes", () => {
      const sent = counting(2);
      const received = device.transaction([
        ...[delay(1_000), delay(2_500_000), transfer(sent), delay(500)],
        ...[delay(0), read(1), delay(1_000_000), write(1), delay(1_000)],
      ]);
      expect(received).toEqual([answer(sent), answerToReads(1)]);
      expect(device.transaction([delay(10_000)])).toEqual([]);
    });

    test("the longest transaction that the host lets through", () => {
      const sent = counting(4096);
      expect(device.transaction([transfer(sent)])).toEqual([answer(sent)]);
    });

    test("the most operations that the host lets through", () => {
      const operations = Array.from({ length: 511 }, () => write(1));
      expect(device.transaction(operations)).toEqual([]);
    });

    test("results and what is sent are the caller's own: a later transaction does not change them", () => {
      const sent = counting(4);
      const [before] = device.transaction([transfer(sent)]);
      const after = device.transaction([transfer(new Uint8Array(4).fill(0x55))]);
      expect([before, sent]).toEqual([answer(counting(4)), counting(4)]);
      expect(after).toEqual([answer(new Uint8Array(4).fill(0x55))]);
    });

    test.runIf(contract.anyWiring)("every mode and bit order can be opened, and is the handle's own", () => {
      const sent = counting(16);
      for (const mode of [0, 1, 2, 3]) {
        for (const bitOrder of ["msb-first", "lsb-first"] as const) {
          const other = contract.open({ mode, bitOrder });
          expect(other.transaction([transfer(sent)])).toEqual([answer(sent)]);
          other.close();
        }
      }
      expect(device.transaction([transfer(sent)])).toEqual([answer(sent)]);
    });

    test("a closed handle fails, closing twice is legal, and other handles go on", () => {
      const other = contract.open();
      expect(other.transaction([read(1)])).toHaveLength(1);
      other.close();
      other.close();
      const { payload, message } = failure(() => other.transaction([read(1)]));
      expect(payload).toEqual({ tag: "other", val: message });
      expect(device.transaction([read(1)])).toHaveLength(1);
    });
  });
}
