/** What spidev of a real kernel puts on the wires for one of our transactions: each bit is seen on the far side of a simulated port. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { SpiOperation } from "@busbar/host/backend";
import {
  type AttachedUsbDevice,
  attachUsbDevice,
  inVirtualMachine,
  loadSpiButterfly,
  type SpiButterfly,
} from "@busbar/lab/guest";
import { MosChip7715 } from "@busbar/sim/usbip";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RecordedWire } from "./spi-wire.ts";
import type { SpiReply, SpiRequest } from "./spi-worker.ts";

const write = (...data: number[]): SpiOperation => ({ kind: "write", data: Uint8Array.from(data) });
const transfer = (...data: number[]): SpiOperation => ({ kind: "transfer", data: Uint8Array.from(data) });
const read = (length: number): SpiOperation => ({ kind: "read", length });
const delay = (ns: number): SpiOperation => ({ kind: "delay", ns });

describe.runIf(inVirtualMachine())("on a parallel port on USB whose MOSI is wired to its MISO", () => {
  const wire = new RecordedWire();
  let port: AttachedUsbDevice;
  let controller: SpiButterfly;
  let worker: Worker;

  beforeAll(async () => {
    port = await attachUsbDevice(new MosChip7715(wire, `busbar-${process.pid}`));
    controller = await loadSpiButterfly("mos7720");
    worker = new Worker(new URL("./spi-worker.ts", import.meta.url));
  });
  afterAll(async () => {
    await worker?.terminate();
    await controller?.[Symbol.asyncDispose]();
    await port?.detach();
  });

  /** One transaction: what was received, and what the wires saw. */
  async function run(...operations: SpiOperation[]) {
    wire.transactions.length = 0;
    const { bus, chipSelect } = controller;
    const wiring = { device: "x", chipSelect, mode: 0, maximumHz: 1_000_000, bitOrder: "msb-first" } as const;
    const request: SpiRequest = { bus, wiring, operations };
    worker.postMessage(request);
    const [reply] = (await once(worker, "message")) as [SpiReply];
    return { ...reply, wires: wire.transactions };
  }

  test("chip select is held over all operations, and each byte goes both ways", async () => {
    const operations = [write(0x9f, 0x01), delay(1_000_000), read(1), transfer(0xa5, 0x3c)];
    expect(await run(...operations)).toEqual({
      received: [Uint8Array.of(0), Uint8Array.of(0xa5, 0x3c)],
      wires: [["9f", "01", "00", "a5", "3c"]],
    });
  });

  test("delays before and after everything assert it too, and no byte", async () => {
    expect(await run(delay(1_000_000), transfer(0x81), delay(1_000_000))).toEqual({
      received: [Uint8Array.of(0x81)],
      wires: [["81"]],
    });
    expect(await run(delay(1_000_000))).toEqual({ received: [], wires: [[]] });
  });

  test("it is released between two transactions", async () => {
    await run(write(0x06));
    const first = [...wire.transactions];
    await run(write(0x04));
    expect([...first, ...wire.transactions]).toEqual([["06"], ["04"]]);
  });
});
