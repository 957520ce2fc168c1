import { type BoardFile, busesOf, parseBoard } from "@busbar/host";
import { builtIn } from "@busbar/host/module";
import { expect, test } from "vitest";
import { machineBuses, nativePackagesOf } from "../src/this-machine.ts";

test("this machine has every bus of the host", () => {
  expect(Object.keys(machineBuses).sort()).toEqual(builtIn.map(({ key }) => key).sort());
});

const line = (chip: number | string) => ({ chip, line: 1, direction: "in" }) as const;
const i2c = { bus: 1, address: "0x76" };
const spi = { bus: 0, chipSelect: 0 };
const usb = { vendorId: "0x1209", interfaces: [0] };
const gpio = { lines: { ready: line("gpiochip0"), reset: line(1) } };

test.each<[name: string, device: object, simulate: BoardFile["simulate"], packages: string[]]>([
  ["I2C", { i2c }, [], ["koffi"]],
  ["simulated I2C", { i2c }, [{ i2c: 1, address: "0x20", model: "m" }], []],
  ["another simulated I2C bus", { i2c }, [{ i2c: "sim", address: "0x76", model: "m" }], ["koffi"]],
  ["SPI", { spi }, [], ["koffi"]],
  ["simulated SPI", { spi }, [{ spi: "spi0", chipSelect: 1, model: "m" }], []],
  ["USB, simulated or not", { usb }, [{ usb: "1-1", model: "m" }], ["koffi", "usb"]],
  ["GPIO", { gpio }, [], ["koffi"]],
  ["GPIO, half of it simulated", { gpio }, [{ gpio: 0, lines: { out: 1 }, model: "m" }], ["koffi"]],
  [
    "simulated GPIO",
    { gpio },
    [
      { gpio: 0, lines: { out: 1 }, model: "m" },
      { gpio: "gpiochip1", lines: { out: 1 }, model: "m" },
    ],
    [],
  ],
  ["simulated I2C and SPI", { i2c, spi }, [{ i2c: 1, address: "0x20", model: "m" }], ["koffi"]],
])("the native packages of a board with %s", (_, device, simulate, packages) => {
  const board = parseBoard({ devices: { a: { driver: "x", ...device } }, simulate });
  expect(busesOf(board.devices.a!)).toEqual(expect.arrayContaining(Object.keys(device)));
  expect([...nativePackagesOf(board)].sort()).toEqual(packages);
});
