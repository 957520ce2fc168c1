/** The built driver in the host: on the simulator's loopback, and on a pseudo terminal of the kernel. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Pty } from "@busbar/contract";
import { readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/uart-port.wasm");

test("the component imports what its world declares and nothing more", () => {
  const { imports, exports } = readComponent(readFileSync(component), component);
  expect(imports.map(({ name }) => name).sort()).toEqual([
    "busbar:board/log@0.1.0",
    "busbar:board/settings@0.1.0",
    "busbar:board/time@0.1.0",
    "busbar:board/uart@0.1.0",
    "busbar:device/errors@0.1.0",
  ]);
  expect(exports.map(({ name }) => name)).toEqual(["busbar:device/serial-port@0.1.0"]);
});

describe("on a wire from TX to RX", () => {
  function board(uart: object = {}, entry: object = {}) {
    return openBoard(
      {
        devices: { console: { driver: component, uart: { port: "sim", ...uart } } },
        simulate: [{ uart: "sim", model: "loopback", ...entry }],
      },
      { clock: new VirtualClock(), simulate, uart: [] },
    );
  }

  test("what is sent is received, whatever it is", async () => {
    await using opened = await board();
    await using port = await opened.serialPort("console");
    const sent = Uint8Array.from({ length: 3000 }, (_, index) => index & 0xff);
    await port.write(sent);
    const received: number[] = [];
    while (received.length < sent.length) received.push(...(await port.read({ timeoutMs: 1000 })));
    expect(Uint8Array.from(received)).toEqual(sent);
    expect(await port.read({ timeoutMs: 5 })).toEqual(new Uint8Array());
  });

  test("reading and writing go on at the same time", async () => {
    await using opened = await board();
    await using port = await opened.serialPort("console");
    const reading = port.read();
    await port.write(Uint8Array.of(1));
    expect(await reading).toEqual(Uint8Array.of(1));
  });

  test("speeds are the board's", async () => {
    await using opened = await board({ baudRates: [115_200] });
    await using port = await opened.serialPort("console");
    const settings = await port.lineSettings();
    expect(settings).toEqual({ baudRate: 9600, dataBits: 8, parity: "none", stopBits: "one" });
    await port.setLineSettings({ ...settings, baudRate: 115_200 });
    expect((await port.lineSettings()).baudRate).toBe(115_200);
    await expect(port.setLineSettings({ ...settings, baudRate: 57_600 })).rejects.toMatchObject({
      ...{
        code: "access-denied",
        message: expect.stringContaining("57600 baud are not granted, only 9600, 115200"),
      },
    });
  });

  test("a port that is pulled out in the middle is back a second later", async () => {
    await using opened = await board({}, { faults: [{ fault: "disconnected", call: 2 }] });
    const port = await opened.serialPort("console");
    await port.write(Uint8Array.of(1));
    await expect(port.read({ timeoutMs: 50 })).rejects.toMatchObject({ code: "disconnected" });
    await using again = await opened.serialPort("console");
    await again.write(Uint8Array.of(2));
    expect(await again.read()).toEqual(Uint8Array.of(2));
  });
});

describe.runIf(process.platform === "linux")("on a pseudo terminal", () => {
  const board = (port: string) => openBoard({ devices: { console: { driver: component, uart: { port } } } });

  test("bytes go both ways, all values of them", async () => {
    const pty = new Pty();
    await using opened = await board(pty.port);
    const port = await opened.serialPort("console");
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    await port.write(all);
    await port.drain();
    expect(pty.received()).toEqual(all);
    const reading = port.read();
    pty.send(Uint8Array.of(0xff, 0, 0x11, 0x13, 0x0d));
    const received: number[] = [...(await reading)];
    while (received.length < 5) received.push(...(await port.read()));
    expect(received).toEqual([0xff, 0, 0x11, 0x13, 0x0d]);
    await port[Symbol.asyncDispose]();
    pty.unplug();
  });

  test("one that is pulled out is disconnected", async () => {
    const pty = new Pty();
    await using opened = await board(pty.port);
    const port = await opened.serialPort("console");
    const reading = port.read();
    reading.catch(() => undefined);
    await setTimeout(1);
    pty.unplug();
    await expect(reading).rejects.toMatchObject({ code: "disconnected" });
  });
});
