/** The built component, through the host, on the simulated device. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type BoardEvent, type BoardFile, readComponent } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { SimulatedUsb, type UsbFault } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { UsbEcho } from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/usb-echo.wasm");

const entry = {
  driver: component,
  usb: { vendorId: "0x1209", interfaces: [0] },
  limits: { callMs: 600_000 },
};

/**
 * QuickJS starts in 2 MiB: a leak of 30 bytes a transfer would not fit into the rest. StarlingMonkey collects nothing before
 * it has some 100 MiB (docs/engines.md).
 */
const MEMORY_MIB = process.env.BUSBAR_ENGINE === "starlingmonkey" ? 160 : 4;

/** A board with one simulated echo in port 1-1. */
async function simulatedBoard(
  faults: readonly UsbFault[] = [],
  devices: BoardFile["devices"] = { echo: entry },
) {
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", new UsbEcho(), { faults, kernelInterfaces: [0] });
  const events: BoardEvent[] = [];
  const board = await openBoard({ devices }, { usb: [usb] });
  board.listen((event) => {
    if (event.kind !== "usb") events.push(event);
  });
  return { board, usb, events };
}

test("imports what its world declares and nothing more", () => {
  const { imports, exports } = readComponent(readFileSync(component), "usb-echo");
  expect(imports.map(({ name }) => name).sort()).toEqual([
    "busbar:board/log@0.1.0",
    "busbar:board/settings@0.1.0",
    "busbar:board/time@0.1.0",
    "busbar:device/errors@0.1.0",
    "component:usb/configuration@0.2.1",
    "component:usb/descriptors@0.2.1",
    "component:usb/device@0.2.1",
    "component:usb/errors@0.2.1",
    "component:usb/transfers@0.2.1",
  ]);
  expect(exports.map(({ name }) => name)).toContain("busbar:device/usb-echo@0.1.0");
});

test("says which device it is, and sends bytes both ways", async () => {
  const { board, events } = await simulatedBoard();
  await using _ = board;
  await using echo = await board.usbEcho("echo");
  expect(echo.info).toEqual({
    vendorId: 0x1209,
    productId: 0x0001,
    vendor: "Busbar",
    product: "echo",
    serialNumber: "1",
    pipes: ["bulk", "interrupt"],
  });
  for (const length of [1, 63, 64, 511, 512, 513, 65_536]) {
    const data = Uint8Array.from({ length }, (_, index) => index * 31);
    expect(await echo.roundTrip("bulk", data)).toEqual(data);
    expect(await echo.roundTrip("interrupt", data)).toEqual(data);
  }
  await expect(echo.roundTrip("bulk", new Uint8Array())).rejects.toMatchObject({ code: "invalid-argument" });
  expect(events.map((event) => event.kind === "lifecycle" && event.event)).toEqual(["started"]);
});

describe("a fault at each transfer", () => {
  test.each<[UsbFault["fault"], string]>([
    ["stall", "protocol"],
    ["no-response", "bus"],
    ["overflow", "bus"],
    ["unplug", "disconnected"],
  ])("%s is %s, and the next open works", async (fault, code) => {
    for (const endpoint of [0x81, 0x01]) {
      const { board, usb } = await simulatedBoard([{ fault, endpoint, transfer: 2 }]);
      await using _ = board;
      const echo = await board.usbEcho("echo");
      expect(await echo.roundTrip("bulk", Uint8Array.of(1))).toEqual(Uint8Array.of(1));
      await expect(echo.roundTrip("bulk", Uint8Array.of(2))).rejects.toMatchObject({ code });
      await echo[Symbol.asyncDispose]();
      usb.unplug("1-1");
      usb.plug("1-1", new UsbEcho());
      await using again = await board.usbEcho("echo");
      expect(await again.roundTrip("bulk", Uint8Array.of(3))).toEqual(Uint8Array.of(3));
    }
  });

  test("a device that does not answer is a timeout", async () => {
    const { board } = await simulatedBoard([{ fault: "slow", endpoint: 0x81, delayMs: 3_600_000 }], {
      echo: { ...entry, settings: { "timeout-ms": 20 } },
    });
    await using _ = board;
    await using echo = await board.usbEcho("echo");
    await expect(echo.roundTrip("bulk", Uint8Array.of(1))).rejects.toMatchObject({ code: "timeout" });
  });
});

test("two devices of the same kind are two instances, side by side", async () => {
  const { board, usb } = await simulatedBoard([], { first: entry, second: entry });
  await using _ = board;
  usb.plug("1-2", new UsbEcho({ serialNumber: "2" }));
  const [first, second] = await Promise.all([board.usbEcho("first"), board.usbEcho("second")]);
  expect([first.info.serialNumber, second.info.serialNumber].sort()).toEqual(["1", "2"]);
  await Promise.all([first.run("bulk", 64, 50), second.run("interrupt", 64, 50)]);
});

test("100,000 transfers: the memory of host and guest stays flat", async () => {
  const { board } = await simulatedBoard([], {
    echo: { ...entry, limits: { callMs: 3_600_000, memoryMiB: MEMORY_MIB } },
  });
  await using _ = board;
  await using echo = await board.usbEcho("echo");
  await echo.run("bulk", 32, 5000);
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  gc();
  const before = process.memoryUsage();
  await echo.run("bulk", 32, 45_000);
  gc();
  const after = process.memoryUsage();
  // 90,000 leaked transfers would be 90 MB.
  expect(after.heapUsed - before.heapUsed).toBeLessThan(30e6);
  expect(after.external - before.external).toBeLessThan(10e6);
}, 180_000);
