import { describe, expect, test } from "vitest";
import { parseBoard, parseBoardText } from "../src/board/parse.ts";
import { HostError } from "../src/error.ts";

const indoor = { driver: "@busbar/bme280", i2c: { bus: 1, address: "0x76" } };

describe("a good board", () => {
  test("addresses become numbers, settings texts, and defaults are filled in", () => {
    const board = parseBoard({ devices: { indoor: { ...indoor, settings: { filter: 4, on: true } } } });
    expect(board).toEqual({
      devices: {
        indoor: {
          driver: "@busbar/bme280",
          i2c: { bus: 1, address: 0x76, direction: "read-write", maximumLength: 8192 },
          settings: { filter: "4", on: "true" },
          limits: { callMs: 10_000, memoryMiB: 64 },
        },
      },
      simulate: [],
      apps: {},
    });
  });

  test("an app that uses devices of the board", () => {
    const board = parseBoard({
      devices: { indoor },
      apps: { station: { component: "./s.wasm", uses: ["indoor"] } },
    });
    expect(board.apps.station).toEqual({
      arguments: [],
      component: "./s.wasm",
      uses: ["indoor"],
      limits: { memoryMiB: 64 },
    });
  });

  test.each([
    ["0x08", 8],
    ["0x8", 8],
    ["0x7f".replace("f", "7"), 0x77],
    [0x48, 0x48],
  ])("the address %s", (address, expected) => {
    const board = parseBoard({ devices: { a: { driver: "x", i2c: { bus: "sim", address } } } });
    expect(board.devices.a?.i2c?.address).toBe(expected);
  });

  test("a simulated device keeps its model's parameters", () => {
    const board = parseBoard({
      devices: {},
      simulate: [{ i2c: "sim", address: "0x76", model: "m", chip: "bmp280" }],
    });
    expect(board.simulate).toEqual([{ i2c: "sim", address: 0x76, model: "m", chip: "bmp280" }]);
  });
});

describe("a bad board is refused in one sentence that names the place", () => {
  const address = (written: unknown) => ({
    devices: { a: { driver: "x", i2c: { bus: 1, address: written } } },
  });
  const range = 'expected a 7-bit I2C address from "0x08" to "0x77"';

  test.each([
    [null, "b.json: is null: expected Object."],
    [{}, 'b.json: "devices" is missing.'],
    [{ devices: { Indoor: indoor } }, `"devices.Indoor" is "Indoor": a name starts with a letter`],
    [{ devices: { a: {} } }, '"devices.a.driver" is missing'],
    [{ devices: { a: { driver: 5 } } }, '"devices.a.driver" is 5: expected string'],
    [address("0x78"), `"devices.a.i2c.address" is "0x78": ${range}`],
    [address("0x07"), `"devices.a.i2c.address" is "0x07": ${range}`],
    [address("76"), `"devices.a.i2c.address" is "76": ${range}`],
    [address(300), '"devices.a.i2c.address" is 300'],
    [address(-1), '"devices.a.i2c.address" is -1'],
    [address(118.5), '"devices.a.i2c.address" is 118.5'],
    [{ devices: { a: { ...indoor, i2c: { bus: -1, address: 118 } } } }, '"devices.a.i2c.bus" is -1'],
    [
      { devices: { a: { ...indoor, i2c: { bus: 1, address: 118, maxLength: 2 } } } },
      '"devices.a.i2c.maxLength" is no key of a board file here',
    ],
    [{ devices: { a: { ...indoor, settings: { x: null } } } }, '"devices.a.settings.x" is null'],
    [
      { devices: { a: { ...indoor, limits: { callMs: 0 } } } },
      '"devices.a.limits.callMs" is 0: expected at least 1',
    ],
    [{ devices: {}, simulate: [{ i2c: "sim", address: 118 }] }, '"simulate.0.model" is missing'],
    [
      { devices: { a: indoor }, apps: { station: { component: "./s.wasm", uses: ["a", "b"] } } },
      '"apps.station.uses" has "b", which "devices" does not have',
    ],
    [
      { devices: { a: indoor, b: indoor } },
      '"devices.a" and "devices.b" are both wired to bus 1 at 0x76; remove one of them.',
    ],
  ])("%j", (json, message) => {
    expect(() => parseBoard(json, "b.json")).toThrow(HostError);
    expect(() => parseBoard(json, "b.json")).toThrow(message);
  });

  test("text that is not JSON", () => {
    expect(() => parseBoardText('{"devices":', "b.json")).toThrow(/^b\.json is not JSON: /);
  });
});
