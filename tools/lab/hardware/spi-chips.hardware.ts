/**
 * The components of chips on SPI, on every host: bit by bit through spidev of a real kernel those that need few bytes, of which each
 * takes half a second there; all of them on the simulated bus of the board file.
 */
import { join } from "node:path";
import {
  type AttachedUsbDevice,
  attachUsbDevice,
  loadSpiButterfly,
  type SpiButterfly,
} from "@busbar/lab/guest";
import { Max31855 } from "@busbar/max31855/model";
import { Mcp3008 } from "@busbar/mcp3008/model";
import { MosChip7715, type ParallelPins } from "@busbar/sim/usbip";
import { afterAll, beforeAll, expect, test } from "vitest";
import { boardFile, describeOn, hosts } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { ChipOnPins } from "./spi-wire.ts";
import { SLOW_LIMITS } from "./support.ts";

/** What hangs on the port, one after the other. */
class Pins implements ParallelPins {
  pins: ParallelPins | undefined;

  changed(data: number, control: number): number {
    return this.pins?.changed(data, control) ?? 0;
  }
}

describeOn(hosts, "through spidev of this kernel", (host) => {
  const wires = new Pins();
  let port: AttachedUsbDevice;
  let controller: SpiButterfly;

  beforeAll(async () => {
    port = await attachUsbDevice(new MosChip7715(wires, `busbar-${process.pid}`));
    controller = await loadSpiButterfly("mos7720");
  });
  afterAll(async () => {
    await controller?.[Symbol.asyncDispose]();
    await port?.detach();
  });

  const open = async (chip: string, settings: Record<string, string | number>) => {
    const { bus, chipSelect } = controller;
    const part = { driver: driver(chip), spi: { bus, chipSelect }, settings, limits: SLOW_LIMITS };
    return host.openApart(await boardFile({ devices: { part } }));
  };

  test("max31855: both temperatures, and a thermocouple that is open", async () => {
    const clock = { now: () => performance.now() };
    const celsius = { thermocouple: () => -250 * 4, internal: () => 22.0625 * 16 };
    wires.pins = new ChipOnPins(new Max31855(celsius, clock));
    await using board = await open("max31855", { thermocouple: "J" });
    const sensor = await board.sensor("part");
    expect(await sensor.read()).toEqual({ thermocouple: -250, internal: 22.0625 });
    wires.pins = new ChipOnPins(new Max31855({ ...celsius, fault: "open" }, clock));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(sensor.read()).rejects.toMatchObject({ payload: { tag: "protocol" } });
  });

  test("mcp3008: an MCP3004, two pairs", async () => {
    const volts = [3, 1, 2.5, 2.6];
    wires.pins = new ChipOnPins(
      new Mcp3008({ inputs: 4, referenceVolts: 4.096, volts: (input) => volts[input]! }),
    );
    const settings = { part: "MCP3004", mode: "differential", "reference-millivolts": 4096 };
    await using board = await open("mcp3008", settings);
    const sensor = await board.sensor("part");
    expect(await sensor.read()).toEqual({ "ch0-ch1": 2, "ch2-ch3": 0 });
  });
});

describeOn(hosts, "on the simulated bus of the board", (host) => {
  test("bme280, max31855 and mcp3008 read what is there, and w25q keeps what is written", async () => {
    // In this folder, from which the models are found; by the command, which has a simulator on each host.
    await using board = host.openApart(join(import.meta.dirname, "simulated-spi.json"));
    expect(await (await board.sensor("indoor")).read()).toEqual({
      temperature: expect.closeTo(21.5, 2),
      pressure: expect.closeTo(100_000, -1),
      humidity: expect.closeTo(40, 1),
    });
    expect(await (await board.sensor("oven")).read()).toEqual({ thermocouple: 850.25, internal: 31 });
    expect(await (await board.sensor("levels")).read()).toMatchObject({
      ch0: expect.closeTo(1.65, 6),
      ch1: 0,
      ch2: expect.closeTo((3.3 * 1023) / 1024, 6),
    });
    const disk = await board.blockDevice("store");
    expect(await disk.info()).toMatchObject({ product: "W25Q80", blockSize: 4096, blockCount: 256 });
    const data = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7) & 0xff);
    await disk.write(255, data);
    expect(Buffer.compare(await disk.read(255, 1), data)).toBe(0);
  });
});
