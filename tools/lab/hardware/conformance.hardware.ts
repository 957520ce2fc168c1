/**
 * The conformance component on a real kernel, by both commands: wasi:i2c on an adapter of it, component:usb by libusb on a device
 * that it has enumerated. The targets and the device are those of host/conformance/board.json, over USB/IP; wasi:spi is on the simulated
 * bus there, as everywhere.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AttachedUsbDevice,
  attachI2cAdapter,
  attachUsbDevice,
  type I2cAdapter,
  inVirtualMachine,
} from "@busbar/lab/guest";
import { Loopback, unanswered } from "@busbar/sim";
import { type UsbDevice, type UsbSetup, UsbTransferError } from "@busbar/sim/usbip";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../../packages/conformance/src/table.ts";
import { boardFile, expectedOn, type Line, lineOf } from "../../../packages/conformance/test/tables.ts";
import { wholeHosts } from "./hosts.ts";
import { driver, UNBUILT } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

/** The part of host/conformance/board.json that this test needs. */
interface Board {
  readonly devices: {
    readonly conformance: { readonly i2c: object; readonly spi: object; readonly usb: object };
  };
  readonly simulate: readonly (SimulatedTarget | SimulatedSpi | SimulatedLoopback)[];
}
interface SimulatedTarget {
  readonly i2c: string;
  readonly address: string;
  readonly model: string;
}
interface SimulatedSpi {
  readonly spi: string;
  readonly model: string;
}
interface SimulatedLoopback {
  readonly usb: string;
  readonly speed: UsbDevice["speed"];
  readonly device: string;
  readonly configurations: readonly string[];
  readonly strings: readonly string[];
  readonly faults: readonly { readonly fault: string; readonly value: number }[];
}

const { devices, simulate }: Board = JSON.parse(readFileSync(boardFile, "utf8"));

/** The chips of the board. */
const targets = simulate.flatMap((entry) => {
  if (!("i2c" in entry)) return [];
  const { i2c: _, address, ...parameters } = entry;
  return { ...parameters, address: Number(address) };
});

/** Its loopback, whose faults are the device's own: whatever else can go wrong is the kernel's. */
class FaultyLoopback extends Loopback {
  readonly #faults: ReadonlyMap<number, string>;

  constructor({ speed, device, configurations, strings, faults }: SimulatedLoopback) {
    const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
    const wellFormed = configurations.map(bytes).filter(([, type]) => type === 2);
    const described = bytes(device);
    // bNumConfigurations. The kernel takes no device with a malformed one.
    described[17] = wellFormed.length;
    super({ speed, descriptors: { device: described, configurations: wellFormed, strings } });
    this.#faults = new Map(faults.map(({ value, fault }) => [value, fault]));
  }

  override async control(setup: UsbSetup, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const fault = this.#faults.get(setup.wValue);
    if (fault === "stall" || fault === "no-response" || fault === "overflow") {
      throw new UsbTransferError(fault, "injected");
    }
    if (fault === "silent") return await unanswered(signal);
    const answer = await super.control(setup, data, signal);
    return fault === "short" ? answer.subarray(0, answer.length >> 1) : answer;
  }
}

describe.runIf(inVirtualMachine())("conformance", () => {
  let adapter: I2cAdapter;
  let loopback: AttachedUsbDevice;
  let board: string;

  beforeAll(async () => {
    adapter = await attachI2cAdapter(targets);
    loopback = await attachUsbDevice(new FaultyLoopback(simulate.find((entry) => "usb" in entry)!));
    board = join(await mkdtemp("/tmp/busbar-conformance-"), "board.json");
    const { i2c, spi, usb } = devices.conformance;
    const wired = { i2c: { ...i2c, bus: adapter.busNumber }, spi, usb: { ...usb, serialNumber: "1" } };
    const conformance = { driver: driver("conformance"), ...wired, limits: SLOW_LIMITS };
    const onSpi = simulate.filter((entry) => "spi" in entry);
    await writeFile(board, JSON.stringify({ devices: { conformance }, simulate: onSpi }));
  });
  afterAll(async () => {
    await loopback?.detach();
    await adapter?.detach();
  });

  test.for(wholeHosts)(
    "every function answers as the tables say, on $name",
    {
      timeout: 400_000,
    },
    async (host, { skip }) => {
      skip(!host.isBuilt, UNBUILT);
      const table = async (...call: string[]): Promise<Row[]> => {
        const { code, stdout, stderr } = await host.run("call", board, "conformance", ...call, "--json");
        if (code !== 0) throw new Error(stderr);
        return JSON.parse(stdout).result;
      };
      // As they were: the host before has written to them.
      await adapter.replace(targets);
      const rows = [
        ...(await table("i2c-table", "i2c", "delay")),
        ...(await table("spi-table")),
        ...(await table("usb-table")),
      ];
      const inItsPlace = await placeOf(loopback);
      expect(rows.map(lineOf).map(inItsPlace)).toEqual(expectedOn(host.name, "linux"));
    },
  );
});

/** Puts a device where the table has it: on bus 1, with address 2. */
async function placeOf({ path }: AttachedUsbDevice): Promise<(line: Line) => Line> {
  const read = async (file: string) => Number(await readFile(join(path, file), "utf8"));
  const [bus, address] = [await read("busnum"), await read("devnum")];
  const place = (text: string) =>
    text
      .replace(`bus-number: ${bus}, device-address: ${address},`, "bus-number: 1, device-address: 2,")
      .replace(`bus: ${bus}, address: ${address},`, "bus: 1, address: 2,");
  return (line) => ({ ...line, answer: place(line.answer) });
}
