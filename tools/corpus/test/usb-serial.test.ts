/** Public descriptors of serial devices, each driven through the built driver: every port of each opens and works. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseConfiguration } from "@busbar/guest";
import { openBoard } from "@busbar/host-node";
import { DescribedPort, SimulatedUsb, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

interface Device {
  readonly id: string;
  readonly vendor_id: number;
  readonly product_id: number;
  readonly name: string;
  readonly source: string;
  readonly configuration_hex: string;
  /** Control and data interface of each CDC-ACM port. */
  readonly ports: readonly (readonly [number, number])[];
}

const component = fileURLToPath(import.meta.resolve("@busbar/cdc-acm/package.json")).replace(
  /package\.json$/,
  "dist/cdc-acm.wasm",
);
const { devices } = JSON.parse(readFileSync(new URL("../usb/serial.json", import.meta.url), "utf8")) as {
  readonly devices: readonly Device[];
};

function plugged(device: Device) {
  const configuration = Uint8Array.from(Buffer.from(device.configuration_hex, "hex"));
  const { vendor_id: vendorId, product_id: productId } = device;
  const clock = new VirtualClock();
  const usb = new SimulatedUsb(clock);
  const port = new DescribedPort({ configuration, vendorId, productId });
  usb.plug("1-1", port);
  const open = (interfaces: readonly number[]) =>
    openBoard(
      {
        devices: {
          console: {
            driver: component,
            usb: {
              vendorId: `0x${vendorId.toString(16).padStart(4, "0")}`,
              interfaces: [...new Set(interfaces)],
            },
          },
        },
      },
      { clock, i2c: [], usb: [usb] },
    );
  return { open, port, interfaces: parseConfiguration(configuration).interfaces };
}

describe("the descriptors of", () => {
  test.each(devices)(
    "$id: whole, and without a serial number of anybody's",
    ({ configuration_hex, source }) => {
      const bytes = Uint8Array.from(Buffer.from(configuration_hex, "hex"));
      expect(bytes.length).toBe(bytes[2]! | (bytes[3]! << 8));
      expect(source).not.toBe("");
    },
  );

  test("at least twenty devices with a port", () => {
    expect(devices.filter(({ ports }) => ports.length > 0).length).toBeGreaterThanOrEqual(20);
    expect(new Set(devices.map(({ id }) => id)).size).toBe(devices.length);
  });

  test.each(devices.flatMap((device) => device.ports.map((port) => [device.id, port, device] as const)))(
    "%s: the port of interfaces %j opens, sends and receives",
    async (_, port, device) => {
      const { open, port: simulated } = plugged(device);
      await using board = await open(port);
      const opened = await board.serialPort("console");
      const sent = Uint8Array.from({ length: 100 }, (_, index) => index);
      await opened.write(sent);
      const received: number[] = [];
      while (received.length < sent.length) {
        const bytes = await opened.read({ timeoutMs: 1000 });
        expect(bytes.length).toBeGreaterThan(0);
        received.push(...bytes);
      }
      expect(received).toEqual([...sent]);
      await opened[Symbol.asyncDispose]();
      // Each request went to the control interface of this port.
      const index = port[0].toString(16).padStart(4, "0");
      expect(simulated.requests.map((request) => request.slice(-4))).toEqual([index, index, index]);
    },
  );

  test.each(devices.filter(({ ports }) => ports.length === 0))(
    "$id: no serial port of this class, whatever is granted",
    async (device) => {
      const { open, interfaces } = plugged(device);
      await using board = await open(interfaces.map(({ number }) => number));
      await expect(board.serialPort("console")).rejects.toMatchObject({ code: "wrong-device" });
    },
  );
});
