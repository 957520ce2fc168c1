/**
 * The BME280 component over /dev/i2c-N, on every host, judged by the kernel's own driver of the same simulated chips:
 * drivers/iio/pressure/bmp280-core.c, which has Bosch's integer formulas where ours has those in double precision.
 */

import {
  type Bme280Calibration,
  DEFAULT_CALIBRATION,
  encodeCalibration,
  type RawSample,
  rawFromPhysical,
} from "@busbar/bme280/model";
import {
  attachI2cAdapter,
  bindKernelDriver,
  type I2cAdapter,
  type I2cStub,
  loadI2cStub,
  readIio,
} from "@busbar/lab/guest";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { boardFile, describeOn, type HostUnderTest, hosts, some, times } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

const CHIPS = 50;

/** A parameter near that of a real part: parts of one make differ by some percent. */
const near = (typical: number, spread = 0.06) =>
  fc.integer({
    min: Math.floor(typical - Math.abs(typical) * spread),
    max: Math.ceil(typical + Math.abs(typical) * spread),
  });

const calibrations: fc.Arbitrary<Bme280Calibration> = fc.record({
  T1: near(DEFAULT_CALIBRATION.T1),
  T2: near(DEFAULT_CALIBRATION.T2),
  T3: fc.integer({ min: -1000, max: 1000 }),
  P1: near(DEFAULT_CALIBRATION.P1),
  P2: near(DEFAULT_CALIBRATION.P2),
  P3: near(DEFAULT_CALIBRATION.P3),
  P4: near(DEFAULT_CALIBRATION.P4, 0.5),
  P5: fc.integer({ min: -250, max: 250 }),
  P6: fc.constant(-7),
  P7: near(DEFAULT_CALIBRATION.P7),
  P8: near(DEFAULT_CALIBRATION.P8),
  P9: near(DEFAULT_CALIBRATION.P9),
  H1: fc.constantFrom(0, 75),
  H2: near(DEFAULT_CALIBRATION.H2),
  H3: fc.constant(0),
  // Both split fields also with negative values: their sign is where implementations differ.
  H4: fc.integer({ min: -50, max: 400 }),
  H5: fc.integer({ min: -60, max: 60 }),
  H6: fc.constant(30),
});

/** What the part measures (BST-BME280-DS002, tables 2 to 4), as the raw values of that chip. */
const chips = fc
  .record({
    calibration: calibrations,
    temperature: fc.double({ min: -39, max: 84, noNaN: true }),
    pressure: fc.double({ min: 31_000, max: 109_000, noNaN: true }),
    humidity: fc.double({ min: 2, max: 98, noNaN: true }),
  })
  .map(({ calibration, ...physical }) => ({ calibration, raw: rawFromPhysical(calibration, physical) }));

/** Our component's reading of the chip at 0x76 of a bus; the bus is let go of afterwards. */
async function readComponent(host: HostUnderTest, busNumber: number) {
  const i2c = { bus: busNumber, address: "0x76" };
  const chip = { driver: driver("bme280"), i2c, limits: SLOW_LIMITS };
  await using board = await host.open(await boardFile({ devices: { chip } }));
  await using sensor = await board.sensor("chip");
  return { model: sensor.info.model, reading: await sensor.read() };
}

async function readKernel(busNumber: number, name: "bme280" | "bmp280") {
  await using device = await bindKernelDriver(busNumber, 0x76, name);
  return await readIio(device);
}

/** The largest differences seen, for the log: how close "agree" is. */
const worst = { temperature: 0, pressure: 0, humidity: 0 };

function expectAgreement(
  ours: Readonly<Record<string, number>>,
  kernel: { temperature?: number; pressure?: number; humidity?: number },
): void {
  // Half a step of the kernel's own output (0.01 °C, 1/256 Pa, 1/1024 %RH) is not a disagreement.
  const tolerances = { temperature: 0.01, pressure: 1, humidity: 0.01 } as const;
  for (const [channel, tolerance] of Object.entries(tolerances) as [keyof typeof tolerances, number][]) {
    if (kernel[channel] === undefined) {
      expect(ours[channel]).toBeUndefined();
      continue;
    }
    const difference = Math.abs(ours[channel]! - kernel[channel]);
    worst[channel] = Math.max(worst[channel], difference);
    expect(difference, channel).toBeLessThanOrEqual(tolerance);
  }
}

describeOn(hosts, "our component and the kernel's driver", (host) => {
  let adapter: I2cAdapter;
  beforeAll(async () => {
    adapter = await attachI2cAdapter([]);
  });
  afterAll(async () => {
    console.log("largest differences from the kernel:", worst);
    await adapter.detach();
  });

  it(`agree on ${times(host, CHIPS)} random BME280`, { timeout: 600_000 }, async () => {
    for (const { calibration, raw } of fc.sample(chips, { seed: 280, numRuns: times(host, CHIPS) })) {
      await adapter.replace([{ address: 0x76, model: "bme280", calibration: { ...calibration }, raw }]);
      const { model, reading } = await readComponent(host, adapter.busNumber);
      expect(model).toBe("BME280");
      expectAgreement(reading, await readKernel(adapter.busNumber, "bme280"));
    }
  });

  it("agree on random BMP280", { timeout: 300_000 }, async () => {
    for (const { calibration, raw } of fc.sample(chips, { seed: 58, numRuns: times(host, 5) })) {
      const { temperature, pressure } = raw;
      await adapter.replace([
        {
          address: 0x76,
          model: "bme280",
          chip: "bmp280",
          calibration: { ...calibration },
          raw: { temperature, pressure },
        },
      ]);
      const { model, reading } = await readComponent(host, adapter.busNumber);
      expect(model).toBe("BMP280");
      expectAgreement(reading, await readKernel(adapter.busNumber, "bmp280"));
    }
  });

  it("do not share a chip: one that the kernel drives is refused", { timeout: 120_000 }, async () => {
    await adapter.replace([{ address: 0x76, model: "bme280" }]);
    await using _ = await bindKernelDriver(adapter.busNumber, 0x76, "bme280");
    await expect(readComponent(host, adapter.busNumber)).rejects.toMatchObject({ code: "bus" });
  });

  it("a chip that is not there is a typed error", { timeout: 120_000 }, async () => {
    await adapter.replace([]);
    await expect(readComponent(host, adapter.busNumber)).rejects.toMatchObject({
      payload: { tag: "bus", val: { kind: expect.stringMatching(/^no-acknowledge/) } },
    });
  });
});

describeOn(hosts, "on an adapter that speaks SMBus only", (host) => {
  /** i2c-stub's chips are plain registers: what a BME280 shows after a measurement stays there. */
  async function writeChip(stub: I2cStub, id: number, calibration: Bme280Calibration, raw: RawSample) {
    const { from88, fromE1 } = encodeCalibration(calibration);
    await stub.write(0x76, 0x88, from88);
    await stub.write(0x76, 0xe1, fromE1);
    await stub.write(0x76, 0xd0, Uint8Array.of(id));
    const split = (value: number) => [value >> 12, (value >> 4) & 0xff, (value << 4) & 0xff];
    const humidity = [raw.humidity >> 8, raw.humidity & 0xff];
    await stub.write(
      0x76,
      0xf7,
      Uint8Array.from([...split(raw.pressure), ...split(raw.temperature), ...humidity]),
    );
  }

  const ids = [
    ["bme280", 0x60],
    ["bmp280", 0x58],
  ] as const;
  it.each(some(host, ids))(
    "our component and the kernel's driver agree on random %s",
    { timeout: 300_000 },
    async (name, id) => {
      for (const { calibration, raw } of fc.sample(chips, { seed: 76, numRuns: times(host, 3) })) {
        await using stub = await loadI2cStub([0x76]);
        await writeChip(stub, id, calibration, raw);
        const { reading } = await readComponent(host, stub.busNumber);
        await writeChip(stub, id, calibration, raw);
        expectAgreement(reading, await readKernel(stub.busNumber, name));
      }
    },
  );
});
