/** Times that are none, times without end, and devices that never come to an end of what they send. */

import { expect, test } from "vitest";
import { Hid } from "../src/device/hid/hid.ts";
import { Sensor } from "../src/device/sensor/sensor.ts";
import { SerialPort } from "../src/device/serial-port/serial-port.ts";
import type { DriverInstance } from "../src/instance/instance.ts";
import { FakeClock } from "./fakes.ts";
import { FakeUsbDevice, noSetup, on, usbBoard } from "./usb-fakes.ts";

/** An instance whose device is `guest`, without a component. */
function instanceOf(guest: Record<string, unknown>): DriverInstance {
  const names = { vendor: "", model: "", product: "", serialNumber: "" };
  const device = { info: () => names, channels: () => [], fields: () => [], collections: () => [], ...guest };
  return {
    callMs: 1000,
    alive: true,
    opened: () => {},
    call: async (invoke: (exports: object) => unknown) => invoke({ open: () => device }),
  } as unknown as DriverInstance;
}

const notANumber = { code: "invalid-argument", message: expect.stringContaining("NaN ms") };

test("a time that is no number is refused, where waiting for it would begin again without end", async () => {
  const clock = new FakeClock();
  const port = await SerialPort.open("port", instanceOf({ read: () => new Uint8Array() }), clock);
  await expect(port.read({ timeoutMs: Number.NaN })).rejects.toMatchObject(notANumber);
  await expect(port.read({ timeoutMs: -1 })).rejects.toMatchObject({ code: "invalid-argument" });
  const hid = await Hid.open(
    "hid",
    instanceOf({ reportDescriptor: () => new Uint8Array(), read: () => undefined, readRaw: () => undefined }),
    clock,
  );
  await expect(hid.read({ timeoutMs: Number.NaN })).rejects.toMatchObject(notANumber);
  await expect(hid.readRaw({ timeoutMs: Number.NaN })).rejects.toMatchObject(notANumber);
  const sensor = await Sensor.open("sensor", instanceOf({ read: () => [] }), clock);
  await expect(sensor.readings({ everyMs: Number.NaN }).next()).rejects.toMatchObject(notANumber);
});

test("readings every 0 ms come one after the other", async () => {
  const sensor = await Sensor.open("sensor", instanceOf({ read: () => [] }), new FakeClock());
  let count = 0;
  for await (const _ of sensor.readings({ everyMs: 0 })) {
    count += 1;
    if (count === 3) break;
  }
  expect(count).toBe(3);
});

test("a serial read has one deadline, however often the driver comes back with nothing", async () => {
  const clock = new FakeClock();
  const waits: number[] = [];
  const read = (_: number, waitMs: number) => {
    waits.push(waitMs);
    clock.advance(waitMs);
    return new Uint8Array();
  };
  const port = await SerialPort.open("port", instanceOf({ read }), clock);
  expect(await port.read({ timeoutMs: 250 })).toHaveLength(0);
  expect(waits).toEqual([100, 100, 50]);
});

test("a device that drips has one deadline for the whole call: a byte now and then does not begin it again", async () => {
  const { board, usb, clock } = await usbBoard(
    { echo: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0] }, limits: { callMs: 1000 } } },
    (imports) => async () => {
      const [[device]] = imports["component:usb/device"].listDevices() as unknown as [
        [{ open(): { claimInterface(number: number): void; newTransfer(...all: unknown[]): never } }],
      ];
      const handle = device.open();
      handle.claimInterface(0);
      for (;;) {
        const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81)) as {
          submitTransfer(data: Uint8Array): void;
        } & Disposable;
        transfer.submitTransfer(new Uint8Array());
        await imports["component:usb/transfers"].awaitTransfer(transfer as never);
        transfer[Symbol.dispose]();
      }
    },
  );
  const device = new FakeUsbDevice();
  device.answer = (transfer) => {
    void clock.sleep(300).then(() => transfer.succeed(Uint8Array.of(1)));
  };
  usb.plug(device);
  const echo = await board.usbEcho("echo");
  const startMs = clock.now();
  await expect(echo.roundTrip("bulk", Uint8Array.of(0))).rejects.toMatchObject({ code: "timeout" });
  expect(clock.now() - startMs).toBeLessThanOrEqual(1200);
  expect(device.transfers.length).toBeLessThanOrEqual(5);
  await board[Symbol.asyncDispose]();
});
