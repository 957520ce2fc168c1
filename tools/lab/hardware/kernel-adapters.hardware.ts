/**
 * I2C adapters on USB, each by its model over USB/IP: first driven by the kernel's own driver, through /dev/i2c-N; then, taken from the
 * kernel, by our component through libusb. On the far side the wires have to see the same.
 */
import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { BoardFile, OpenBoard } from "@busbar/host";
import { I2cError, type I2cErrorCode, type I2cOperation } from "@busbar/host/i2c";
import { linuxI2c, openBoard } from "@busbar/host-node";
import { inVirtualMachine, startUdevd } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BridgeReply, BridgeRequest, BridgeWorkerData } from "./bridge-worker.ts";
import { isWhole } from "./hosts.ts";
import { ADDRESS } from "./recorded-wires.ts";
import { Random, SLOW_LIMITS } from "./support.ts";

const require = createRequire(import.meta.url);

/** Nobody is there. */
const EMPTY = 0x51;

const write = (...data: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(data) });
const read = (length: number): I2cOperation => ({ kind: "read", length });

/** An adapter, and what both of its drivers run. */
interface Adapter {
  readonly name: BridgeWorkerData["name"];
  /** The part of the board entry. */
  readonly usb: object;
  /** The longest write, the longest write before a read, and the longest read. */
  readonly longest: { readonly write: number; readonly writeBeforeRead: number; readonly read: number };
  /** Whether they run more than a write and a read in one transaction. */
  readonly runsAll?: boolean;
  /** Whether the kernel's driver takes half a minute to look at it, so that it is judged with the whole set only. */
  readonly isSlowToProbe?: boolean;
  /** A case, by its name, after which the kernel's driver can do nothing until the adapter is plugged in again. */
  readonly kernelFailsAfter?: string;
}

const adapters: readonly Adapter[] = [
  {
    name: "i2c-tiny-usb",
    usb: { vendorId: "0x0403", productId: "0xC631", interfaces: [0], allow: ["device-requests"] },
    longest: { write: 254, writeBeforeRead: 254, read: 254 },
    runsAll: true,
  },
  {
    name: "mcp2221a",
    usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] },
    // To hid-mcp2221 of Linux 6.1 it is an error that a transfer of more than one report is not over after the first one.
    longest: { write: 60, writeBeforeRead: 16, read: 60 },
    // The chip keeps the failure until it is cancelled, which Linux 6.1 does after a write or a read alone, and not after both.
    kernelFailsAfter: "a write and a read with nobody",
    isSlowToProbe: true,
  },
  {
    name: "cp2112",
    usb: { vendorId: "0x10C4", productId: "0xEA90", interfaces: [0] },
    // The chip reads up to 512, but hid-cp2112 gives each report of them 50 ms, which nine in a row do not always keep to where the
    // processor is emulated.
    longest: { write: 61, writeBeforeRead: 16, read: 121 },
  },
];

interface Case {
  readonly name: string;
  readonly address: number;
  readonly operations: readonly I2cOperation[];
}

function casesOf({ longest, runsAll = false, kernelFailsAfter }: Adapter): readonly Case[] {
  const random = new Random(11);
  const bytes = (length: number) => Array.from({ length }, () => random.below(256));
  const upTo = (most: number) =>
    [...new Set([1, 2, 16, 59, 60, 61, 62, 120, 121, most])].filter((each) => each <= most);
  const cases: readonly Case[] = [
    { name: "a write", address: ADDRESS, operations: [write(0x10, 1, 2, 3)] },
    { name: "a read", address: ADDRESS, operations: [read(2)] },
    { name: "a write and a read", address: ADDRESS, operations: [write(0x10), read(4)] },
    { name: "a write to nobody", address: EMPTY, operations: [write(1, 2)] },
    { name: "a write after that", address: ADDRESS, operations: [write(0x20, 9)] },
    { name: "a read from nobody", address: EMPTY, operations: [read(3)] },
    { name: "a read after that", address: ADDRESS, operations: [write(0x20), read(1)] },
    { name: "a write and a read with nobody", address: EMPTY, operations: [write(1), read(3)] },
    { name: "a write and a read after that", address: ADDRESS, operations: [write(0x1f), read(3)] },
    ...upTo(longest.write).map((length) => ({
      name: `a write of ${length}`,
      address: ADDRESS,
      operations: [write(0x30, ...bytes(length - 1))],
    })),
    ...upTo(longest.read).map((length) => ({
      name: `a read of ${length}`,
      address: ADDRESS,
      operations: [write(0x28), read(length)],
    })),
    {
      name: "the longest write before a read",
      address: ADDRESS,
      operations: [write(0x40, ...bytes(longest.writeBeforeRead - 1)), read(5)],
    },
    ...(runsAll
      ? [
          {
            name: "all in one",
            address: ADDRESS,
            operations: [write(0x10), read(2), write(0x20, 7), read(1), write(0x21, 8), write(0x20), read(2)],
          },
        ]
      : []),
  ];
  return cases.filter((each) => each.name !== kernelFailsAfter);
}

/** What came of a transaction, and what the wires saw of it. */
interface Outcome {
  readonly received?: readonly Uint8Array[];
  readonly failed?: I2cErrorCode;
  readonly seen: string;
}

const judged = adapters.filter(({ isSlowToProbe = false }) => isWhole || !isSlowToProbe);

describe.runIf(inVirtualMachine())("adapters", () => {
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
  });
  afterAll(async () => {
    await udevd?.[Symbol.asyncDispose]();
  });

  describe.each(judged)("$name by the kernel and by us", (adapter) => {
    const cases = casesOf(adapter);
    const byKernel: Outcome[] = [];
    let worker: Worker;
    /** Whether the kernel took it. */
    let isThere = false;
    let board: OpenBoard;

    async function ask(request: BridgeRequest): Promise<BridgeReply> {
      worker.postMessage(request);
      return await reply();
    }

    async function reply(): Promise<BridgeReply> {
      const [message] = (await once(worker, "message")) as [BridgeReply];
      return message;
    }

    async function outcomeOf(run: () => Promise<readonly Uint8Array[]>): Promise<Outcome> {
      try {
        return { received: await run(), seen: String(await ask("take")) };
      } catch (error) {
        if (!(error instanceof I2cError)) throw error;
        return { failed: error.payload, seen: String(await ask("take")) };
      }
    }

    beforeAll(async () => {
      const serialNumber = `busbar-${process.pid}-${adapter.name}`;
      const workerData: BridgeWorkerData = { name: adapter.name, serialNumber };
      worker = new Worker(new URL("./bridge-worker.ts", import.meta.url), { workerData });
      const busNumber = Number(await reply());
      isThere = true;
      const bus = linuxI2c().openI2c(busNumber)!;
      for (const { address, operations } of cases) {
        byKernel.push(await outcomeOf(async () => bus.transaction(address, operations)));
      }
      bus.close();
      await ask("renew");
      const client = require
        .resolve("@busbar/i2c-echo/package.json")
        .replace("package.json", "dist/i2c-echo.wasm");
      const file: BoardFile = {
        bridges: {
          dongle: {
            driver: `@busbar/${adapter.name}`,
            usb: { ...adapter.usb, serialNumber } as never,
            limits: SLOW_LIMITS,
          },
        },
        devices: Object.fromEntries(
          [ADDRESS, EMPTY].map((each) => [
            `at-${each}`,
            {
              driver: client,
              i2c: { bus: "dongle", address: `0x${each.toString(16)}` },
              limits: SLOW_LIMITS,
            },
          ]),
        ),
      };
      board = await openBoard(file, { folder: import.meta.dirname });
    });
    afterAll(async () => {
      await board?.[Symbol.asyncDispose]();
      if (isThere) await ask("detach");
      await worker?.terminate();
    });

    test.each(cases.map((each, index) => ({ ...each, index })))(
      "$name",
      async ({ address, operations, index }) => {
        const { i2c } = await board.component(`at-${address}`);
        const asked = operations.map((each) =>
          each.kind === "read"
            ? { tag: each.kind, val: BigInt(each.length) }
            : { tag: each.kind, val: each.data },
        );
        const byUs = await outcomeOf(
          async () => await i2c.transaction(address, asked as Parameters<typeof i2c.transaction>[1]),
        );
        const { received, failed, seen } = byKernel[index]!;
        expect(byUs.seen).toBe(seen);
        expect(byUs.received).toEqual(received);
        // Each has its own word for why.
        expect(byUs.failed === undefined).toBe(failed === undefined);
        expect(failed === undefined).toBe(address === ADDRESS);
      },
    );
  });
});
