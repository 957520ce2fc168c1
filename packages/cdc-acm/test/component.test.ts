/** The built components of both engines, through the host, on a simulated serial port. Time is simulated. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { expectUsbWorld } from "@busbar/contract";
import { randomBytes, randomOf } from "@busbar/fuzz";
import type { BoardEvent, UsbGrant } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, type UsbFault, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CdcAcmEcho, type CdcAcmEchoOptions } from "../src/model.ts";

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-cdc-acm-"));
const components = {
  quickjs: join(packageFolder, "dist/cdc-acm.wasm"),
  starlingmonkey: join(built, "cdc-acm.wasm"),
};
const engines = ["quickjs", "starlingmonkey"] as const;

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 120_000);
afterAll(() => rmSync(built, { recursive: true }));

const text = (value: string) => new TextEncoder().encode(value);

interface Setup {
  readonly engine?: (typeof engines)[number];
  readonly model?: CdcAcmEchoOptions;
  readonly faults?: readonly UsbFault[];
  readonly settings?: Record<string, string | number | boolean>;
  readonly usb?: Partial<UsbGrant>;
}

/** A board with one simulated serial port. */
async function simulatedBoard({
  engine = "quickjs",
  model,
  faults = [],
  settings = {},
  usb: grant,
}: Setup = {}) {
  const clock = new VirtualClock();
  const device = new CdcAcmEcho(model);
  const usb = new SimulatedUsb(clock);
  const plug = () => usb.plug("1-1", device, { faults, kernelInterfaces: [0, 1] });
  plug();
  const events: BoardEvent[] = [];
  const board = await openBoard(
    {
      devices: {
        console: {
          driver: components[engine],
          usb: { vendorId: "0x1209", interfaces: [0, 1], ...grant },
          settings,
        },
      },
    },
    { clock, i2c: [], usb: [usb], onEvent: (event) => events.push(event) },
  );
  const denied = () => events.filter(({ kind }) => kind === "denied");
  return { board, clock, device, usb, plug, denied };
}

test.each(engines)("the %s component imports what its world declares and nothing more", (engine) => {
  expectUsbWorld(components[engine], "serial-port");
});

describe("an opened port", () => {
  test("says which device it is, and has set the line and the signals", async () => {
    const { board, device, denied } = await simulatedBoard({
      model: { serialNumber: "55736" },
      settings: { "baud-rate": 19_200, parity: "even", "stop-bits": 2, "data-bits": 7 },
    });
    await using _ = board;
    const port = await board.serialPort("console");
    expect(port.info).toEqual({
      vendorId: 0x1209,
      productId: 2,
      vendor: "Busbar",
      product: "serial echo",
      serialNumber: "55736",
    });
    expect([...device.lineCoding]).toEqual([0x00, 0x4b, 0, 0, 2, 2, 7]);
    expect(device.controlLineState).toBe(3);
    expect(denied()).toEqual([]);
  });

  test.each(engines)("sends and receives (%s)", async (engine) => {
    const { board } = await simulatedBoard({ engine });
    await using _ = board;
    const port = await board.serialPort("console");
    await port.write(text("hello"));
    expect(await port.read()).toEqual(text("hello"));
    expect(await port.read({ timeoutMs: 0 })).toHaveLength(0);
  });

  test("waits as long as it is told to", async () => {
    const { board, clock } = await simulatedBoard();
    await using _ = board;
    const port = await board.serialPort("console");
    const before = clock.now();
    expect(await port.read({ timeoutMs: 2350 })).toHaveLength(0);
    expect(clock.now() - before).toBe(2350);
  });
});

describe("a megabyte of random bytes each way, the app pausing at random", () => {
  test("arrives whole", async () => {
    const { board, clock } = await simulatedBoard();
    await using _ = board;
    const port = await board.serialPort("console");
    const random = randomOf(1);
    const sent = randomBytes(1024 * 1024, random);
    const sending = (async () => {
      for (let offset = 0; offset < sent.length; ) {
        const length = 1 + random(20_000);
        await port.write(sent.subarray(offset, offset + length));
        offset += length;
        if (random(4) === 0) await clock.sleep(random(3000));
      }
    })();
    const received = new Uint8Array(sent.length);
    let length = 0;
    while (length < received.length) {
      const bytes = await port.read({ maxBytes: 1 + random(30_000) });
      received.set(bytes, length);
      length += bytes.length;
      if (random(4) === 0) await clock.sleep(random(3000));
    }
    await sending;
    expect(Buffer.compare(received, sent)).toBe(0);
    expect(await port.read({ timeoutMs: 1000 })).toHaveLength(0);
  }, 60_000);
});

describe("line settings, signals and state", () => {
  test.each(engines)("reach the device and come back (%s)", async (engine) => {
    const { board, device } = await simulatedBoard({ engine, model: { notificationPacketBytes: 8 } });
    await using _ = board;
    const port = await board.serialPort("console");
    const settings = {
      baudRate: 4_294_967_295,
      dataBits: 16,
      parity: "mark",
      stopBits: "one-and-half",
    } as const;
    await port.setLineSettings(settings);
    expect(await port.lineSettings()).toEqual(settings);
    await expect(port.setLineSettings({ ...settings, dataBits: 9 })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await port.lineState()).toMatchObject({
      carrierDetect: true,
      dataSetReady: true,
      breakReceived: false,
    });
    await port.sendBreak(250);
    expect(device.breaks).toEqual([250]);
    expect(await port.lineState()).toMatchObject({ breakReceived: true });
    expect(await port.lineState()).toMatchObject({ breakReceived: false });
    await port.setControlSignals({ dataTerminalReady: false, requestToSend: true });
    expect(device.controlLineState).toBe(2);
    expect(await port.lineState()).toMatchObject({ carrierDetect: false, dataSetReady: false });
  });

  test("closing drains, lowers the signals and gives the interfaces back", async () => {
    const faults = [{ fault: "slow", endpoint: 0x01, delayMs: 700 }] as const;
    const { board, clock, device } = await simulatedBoard({ faults });
    await using _ = board;
    const port = await board.serialPort("console");
    await port.write(text("last words"));
    const before = clock.now();
    await port[Symbol.asyncDispose]();
    await port[Symbol.asyncDispose]();
    expect(clock.now() - before).toBe(700);
    expect(device.controlLineState).toBe(0);
    await expect(port.read()).rejects.toMatchObject({ code: "disconnected" });
    const again = await board.serialPort("console");
    await again.write(text("hello"));
    expect(await again.read({ timeoutMs: 100 })).toEqual(text("hello"));
  });
});

describe("an injected fault", () => {
  const settings = { "write-timeout-ms": 1000 };

  test.each([
    ["of IN transfers, a stall", { fault: "stall", endpoint: 0x81, every: 50, count: 10 }],
    ["of OUT transfers, slowness", { fault: "slow", endpoint: 0x01, every: 3, delayMs: 500 }],
    ["of IN transfers, slowness", { fault: "slow", endpoint: 0x81, every: 7, delayMs: 500 }],
    ["of notifications, a stall", { fault: "stall", endpoint: 0x82, every: 2, count: 3 }],
  ] as const)("%s, loses nothing", async (_, fault) => {
    const { board } = await simulatedBoard({ faults: [fault], settings });
    await using opened = board;
    const port = await opened.serialPort("console");
    const sent = randomBytes(20_000, randomOf(3));
    const received: number[] = [];
    const writing = port.write(sent);
    while (received.length < sent.length) received.push(...(await port.read()));
    await writing;
    expect(Buffer.compare(Uint8Array.from(received), sent)).toBe(0);
  });

  test.each([
    ["stall", "protocol"],
    ["no-response", "bus"],
    ["short", "protocol"],
    ["slow", "timeout"],
  ] as const)("of an OUT transfer, %s, is a typed error; the port works on", async (fault, code) => {
    const faults = [{ fault, endpoint: 0x01, delayMs: 5000 }];
    const { board } = await simulatedBoard({ faults, settings });
    await using _ = board;
    const port = await board.serialPort("console");
    await port.write(text("lost"));
    await expect(port.drain()).rejects.toMatchObject({ code });
    await port.read({ timeoutMs: 100 });
    await port.write(text("there again"));
    expect(await port.read({ timeoutMs: 1000 })).toEqual(text("there again"));
  });

  test.each([
    ["no-response", "bus"],
    ["overflow", "bus"],
  ] as const)("of an IN transfer, %s, is a typed error; the port works on", async (fault, code) => {
    const { board } = await simulatedBoard({ faults: [{ fault, endpoint: 0x81 }] });
    await using _ = board;
    const port = await board.serialPort("console");
    await expect(port.read({ timeoutMs: 1000 })).rejects.toMatchObject({ code });
    await port.write(text("hello"));
    expect(await port.read({ timeoutMs: 1000 })).toEqual(text("hello"));
  });

  test("of each control transfer of opening ends it with a typed error; the next one works", async () => {
    // The configuration, a language and three strings, line coding, signals; the last one is of closing.
    for (let transfer = 1; transfer <= 8; transfer += 1) {
      const { board } = await simulatedBoard({ faults: [{ fault: "no-response", endpoint: 0, transfer }] });
      await using _ = board;
      const failure = await board.serialPort("console").then(
        (port) => port[Symbol.asyncDispose]().then(() => undefined),
        (error) => error,
      );
      if (failure !== undefined) expect(failure).toMatchObject({ code: "bus" });
      const port = await board.serialPort("console");
      await port.write(text("hello"));
      expect(await port.read({ timeoutMs: 1000 })).toEqual(text("hello"));
    }
  });
});

describe("unplugging", () => {
  test.each([1, 20, 77])(
    "in the middle, at transfer %i, ends every call in disconnected; the next plug works",
    async (transfer) => {
      const { board, usb, plug } = await simulatedBoard({
        faults: [{ fault: "unplug", endpoint: 0x01, transfer }],
      });
      await using _ = board;
      const port = await board.serialPort("console");
      const writing = port.write(randomBytes(300_000, randomOf(5)));
      const reading = (async () => {
        for (;;) await port.read();
      })();
      await expect(writing).rejects.toMatchObject({ code: "disconnected" });
      await expect(reading).rejects.toMatchObject({ code: "disconnected" });
      await expect(port.drain()).rejects.toMatchObject({ code: "disconnected" });
      await port[Symbol.asyncDispose]();
      usb.unplug("1-1");
      plug();
      const again = await board.serialPort("console");
      expect(again.info.product).toBe("serial echo");
    },
  );
});

test("a port whose interfaces are not granted is refused, with a line in the audit trail", async () => {
  const { board, denied } = await simulatedBoard({ usb: { interfaces: [0] } });
  await using _ = board;
  await expect(board.serialPort("console")).rejects.toMatchObject({ code: "access-denied" });
  expect(denied()).toMatchObject([{ device: "console", denied: "interface" }]);
});
