/** The built component, through the host: with the package's own board file, and on a simulated part of the test's. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import { MySerialPortModel } from "../src/model.ts";

const root = join(import.meta.dirname, "..");

test("board.json sends back what it is sent", async () => {
  const options = { simulate, clock: new VirtualClock(), i2c: [], usb: [] };
  await using board = await openBoard(join(root, "board.json"), options);
  const port = await board.serialPort("console");
  const sent = Uint8Array.from({ length: 200 }, (_, index) => index);
  await port.write(sent);
  const received: number[] = [];
  while (received.length < sent.length) received.push(...(await port.read({ timeoutMs: 1000 })));
  expect(received).toEqual([...sent]);
  expect(await port.read({ timeoutMs: 50 })).toHaveLength(0);
});

test("the part is told its line, its signals and its breaks", async () => {
  const model = new MySerialPortModel();
  const clock = new VirtualClock();
  const usb = new SimulatedUsb(clock);
  usb.plug("1-1", model);
  const console = {
    driver: join(root, "dist/my-serial-port.wasm"),
    usb: { vendorId: "0x1209", interfaces: [0] },
    settings: { "baud-rate": 9600 },
  };
  await using board = await openBoard({ devices: { console } }, { clock, i2c: [], usb: [usb] });
  const port = await board.serialPort("console");
  expect([...model.line]).toEqual([0x80, 0x25, 0, 0, 8, 0]);
  expect(await port.lineState()).toMatchObject({ carrierDetect: true, dataSetReady: true });
  await port.sendBreak(100);
  expect(model.breaks).toEqual([1, 0]);
  await port[Symbol.asyncDispose]();
  expect(model.signals).toBe(0);
});
