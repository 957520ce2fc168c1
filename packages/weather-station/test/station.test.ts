import { DriverError } from "@busbar/guest";
import type { AppSensor, AppTextDisplay } from "@busbar/guest/app";
import { expect, test } from "vitest";
import { Station } from "../src/station.ts";

/** A world with one sensor and one display, each of which can be made to fail. */
function surroundings() {
  const world = {
    printed: [] as string[],
    shown: [] as string[],
    opened: [] as string[],
    sensorFault: undefined as DriverError | undefined,
    displayFault: undefined as DriverError | undefined,
  };
  const fail = (fault: DriverError | undefined) => {
    if (fault !== undefined) throw fault;
  };
  const sensor: AppSensor = {
    info: { vendor: "Test", model: "Test" },
    channels: [{ quantity: "temperature", label: "temperature", minimum: 0, maximum: 50, resolution: 0.1 }],
    read() {
      fail(world.sensorFault);
      return { temperature: 21 };
    },
    close() {},
  };
  const display = {
    info: { vendor: "Test", model: "Test" },
    size: { rows: 1, columns: 8 },
    write(_row: number, _column: number, text: string) {
      fail(world.displayFault);
      world.shown.push(text);
    },
    close() {},
  } as unknown as AppTextDisplay;
  const open =
    <Device>(device: Device) =>
    (name: string) => {
      world.opened.push(name);
      return device;
    };
  const station = new Station(
    {
      openSensor: open(sensor),
      openTextDisplay: open(display),
      print: (line) => world.printed.push(line),
      nowMs: () => 0,
      waitMs: () => undefined,
    },
    { sensor: "indoor", display: "panel", everyMs: 1000 },
  );
  return { world, station };
}

test("a reading is printed with its number, and shown", () => {
  const { world, station } = surroundings();
  station.step();
  station.step();
  expect(world.printed).toEqual(["1: temperature 21.0 C", "2: temperature 21.0 C"]);
  expect(world.shown).toEqual(["  21.0 C", "  21.0 C"]);
  expect(world.opened).toEqual(["indoor", "panel"]);
});

test("a lost sensor is told once, opened again, and the count goes on", () => {
  const { world, station } = surroundings();
  station.step();
  world.sensorFault = DriverError.disconnected("its driver was replaced");
  station.step();
  station.step();
  world.sensorFault = undefined;
  station.step();
  expect(world.printed).toEqual([
    "1: temperature 21.0 C",
    "indoor: its driver was replaced",
    "2: temperature 21.0 C",
  ]);
  expect(world.opened.filter((name) => name === "indoor")).toHaveLength(3);
});

test("a broken display does not stop the readings", () => {
  const { world, station } = surroundings();
  world.displayFault = DriverError.bus("no-acknowledge-address", "writing a row");
  station.step();
  station.step();
  expect(world.printed.filter((line) => line.startsWith("panel:"))).toHaveLength(1);
  expect(world.printed).toContain("2: temperature 21.0 C");
});

test("a bug is not told as a device's failure", () => {
  const { world, station } = surroundings();
  world.sensorFault = new TypeError("a bug") as unknown as DriverError;
  expect(() => station.step()).toThrow(TypeError);
});
