/**
 * The built driver on another host: jco's, with wasi:i2c and busbar:board written by hand, and nothing of @busbar/host.
 * Only the `wasi:i2c/delay` waits; all else are plain calls.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startWithJco } from "@busbar/jco";
import { expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/tmp102.wasm");

/** A TMP102 of a few lines: registers of 16 bits, and a conversion for each one-shot (SBOS397, "Register Maps"). */
class Chip {
  readonly registers = [0x0000, 0x60a0, 0x4b00, 0x5000];

  write([register = 0, high, low]: Uint8Array): void {
    if (high === undefined || low === undefined) return;
    // R1 and R0 are read-only; writing OS converts at once, and it reads 1 when that is done.
    const value = (high << 8) | low;
    this.registers[register] = register === 1 ? value | 0x6000 : value;
    if (register === 1 && (value & 0x8000) !== 0) this.registers[0] = 0x1980;
  }

  read(register: number): Uint8Array {
    return Uint8Array.of(this.registers[register]! >> 8, this.registers[register]! & 0xff);
  }
}

/** The whole of a host for an I2C driver. */
function host(chip: Chip, settings: [string, string][]) {
  const waits: number[] = [];
  let dropped = 0;
  class I2c {
    write(address: number, data: Uint8Array): void {
      if (address !== 0x48)
        throw Object.assign(new Error(), { payload: { tag: "no-acknowledge", val: "address" } });
      chip.write(data);
    }
    writeRead(address: number, data: Uint8Array, _length: bigint): Uint8Array {
      this.write(address, data);
      return chip.read(data[0]!);
    }
    [Symbol.dispose](): void {
      dropped += 1;
    }
  }
  class Delay {
    async delayNs(ns: number): Promise<void> {
      waits.push(ns);
    }
    [Symbol.dispose](): void {
      dropped += 1;
    }
  }
  const imports = {
    "wasi:i2c/i2c": { I2c },
    "wasi:i2c/delay": { Delay },
    "busbar:board/i2c": {
      open: (name: string) => ({ bus: new I2c(), address: name === "indoor" ? 0x48 : 0x49 }),
      openDelay: () => new Delay(),
    },
    "busbar:board/settings": { get: () => settings },
  };
  return { imports, waits, dropped: () => dropped };
}

interface Sensor {
  open(name: string): Promise<{
    channels(): Promise<{ label: string }[]>;
    read(): Promise<Float64Array>;
    close(): Promise<void>;
  }>;
}

async function start(chip: Chip, settings: [string, string][] = []) {
  const { imports, ...rest } = host(chip, settings);
  const exports = await startWithJco<{ "busbar:device/sensor@0.1.0": Sensor }>(
    await readFile(component),
    imports,
    {
      waits: ["wasi:i2c/delay#[method]delay.delay-ns"],
    },
  );
  return { sensor: exports["busbar:device/sensor@0.1.0"], ...rest };
}

test("opens, reads, closes, and gives its handles back", async () => {
  const chip = new Chip();
  const { sensor, waits, dropped } = await start(chip);
  const device = await sensor.open("indoor");
  expect((await device.channels()).map(({ label }) => label)).toEqual(["temperature"]);
  expect([...(await device.read())]).toEqual([25.5]);
  expect(waits.length).toBeGreaterThan(0);
  await device.close();
  // Shut down: SD.
  expect(chip.registers[1]! & 0x0100).toBe(0x0100);
  expect(dropped()).toBe(2);
});

test("reads its settings, and returns its errors", async () => {
  const { sensor } = await start(new Chip(), [["mode", "sideways"]]);
  await expect(sensor.open("indoor")).rejects.toMatchObject({ payload: { tag: "invalid-argument" } });
  const other = await start(new Chip());
  await expect(other.sensor.open("outdoor")).rejects.toMatchObject({
    payload: { tag: "bus", val: { kind: "no-acknowledge-address" } },
  });
});
