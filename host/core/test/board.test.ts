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
      bridges: {},
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

  test("a part with several addresses keeps them, and what was parsed can be parsed again", () => {
    const i2c = { bus: 1, address: ["0x24", 52] };
    const board = parseBoard({ devices: { a: { driver: "x", i2c } } });
    expect(board.devices.a?.i2c?.address).toEqual([0x24, 52]);
    expect(parseBoard(board)).toEqual(board);
  });

  test("a simulated device keeps its model's parameters", () => {
    const board = parseBoard({
      devices: {},
      simulate: [{ i2c: "sim", address: "0x76", model: "m", chip: "bmp280" }],
    });
    expect(board.simulate).toEqual([{ i2c: "sim", address: 0x76, model: "m", chip: "bmp280" }]);
  });
});

describe("one name for each bus", () => {
  const on = (bus: string | number) => ({ driver: "x", i2c: { bus, address: "0x76" } });

  test.each([1, "1", "i2c-1", "/dev/i2c-1"])("%j is bus 1", (bus) => {
    const board = parseBoard({
      devices: { a: on(bus) },
      simulate: [{ i2c: bus, address: "0x76", model: "m" }],
    });
    expect(board.devices.a?.i2c?.bus).toBe(1);
    expect(board.simulate[0]?.i2c).toBe(1);
    expect(() => parseBoard({ devices: { a: on(1), b: on(bus) } })).toThrow(
      '"devices.a" and "devices.b" are both wired to bus 1 at 0x76',
    );
    const several = { driver: "x", i2c: { bus, address: ["0x75", "0x76"] } };
    expect(() => parseBoard({ devices: { a: on(1), b: several } })).toThrow(
      '"devices.a" and "devices.b" are both wired to bus 1 at 0x76',
    );
  });

  test.each(["sim", "bcm2835 (i2c@7e804000)", "AUX C/DDI C/PHY C", "i2c", "1a", "i2c-x"])(
    "%j is a name",
    (bus) => {
      expect(parseBoard({ devices: { a: on(bus) } }).devices.a?.i2c?.bus).toBe(bus);
    },
  );

  test.each([
    "01",
    "i2c-01",
    "i2c-1 ",
    " 1",
    "/dev/i2c-01",
    "/dev/i2c/1",
    "/dev/../dev/i2c-1",
    "9999999",
    " ",
  ])("%j is none", (bus) => {
    expect(() => parseBoard({ devices: { a: on(bus) } })).toThrow(
      `"devices.a.i2c.bus" is ${JSON.stringify(bus)}`,
    );
    expect(() => parseBoard({ devices: {}, simulate: [{ i2c: bus, address: "0x76", model: "m" }] })).toThrow(
      '"simulate.0.i2c" is',
    );
  });
});

describe("two entries for one USB device", () => {
  const both = (first: object, second: object) => () =>
    parseBoard({ devices: { a: { driver: "x", usb: first }, b: { driver: "x", usb: second } } });
  const refused = '"devices.a" and "devices.b" are both wired to the same interfaces of one USB device';

  test.each([
    [
      { port: "1-2", interfaces: [0, 1] },
      { port: "1-2", interfaces: [1] },
    ],
    [
      { port: "1-2", class: "0x03" },
      { port: "1-2", vendorId: "0x1209", class: "0x03" },
    ],
    [
      { port: "1-2", class: "0x02" },
      { port: "1-2", class: "0x0a" },
    ],
    [
      { vendorId: "0x1209", serialNumber: "7", interfaces: [0] },
      { vendorId: "0x1209", serialNumber: "7", port: "1-2", interfaces: [0] },
    ],
  ])("%j and %j are refused", (first, second) => {
    expect(both(first, second)).toThrow(refused);
    expect(both(second, first)).toThrow(refused);
  });

  test.each([
    [
      { port: "1-2", interfaces: [0] },
      { port: "1-2", interfaces: [1] },
    ],
    [
      { port: "1-2", interfaces: [0] },
      { port: "1-3", interfaces: [0] },
    ],
    [
      { port: "1-2", class: "0x03" },
      { port: "1-2", class: "0x08" },
    ],
    // Whichever is plugged in.
    [
      { port: "1-2", vendorId: "0x1209", interfaces: [0] },
      { port: "1-2", vendorId: "0x1d50", interfaces: [0] },
    ],
    // Two sticks of one kind; which is which is told when they are there.
    [
      { vendorId: "0x1209", interfaces: [0] },
      { vendorId: "0x1209", interfaces: [0] },
    ],
    [
      { vendorId: "0x1209", serialNumber: "7", port: "1-2", interfaces: [0] },
      { vendorId: "0x1209", serialNumber: "7", port: "1-3", interfaces: [0] },
    ],
    // What a class means on this device is seen only there.
    [
      { port: "1-2", interfaces: [0] },
      { port: "1-2", class: "0x03" },
    ],
  ])("%j and %j are not", (first, second) => {
    expect(both(first, second)).not.toThrow();
  });
});

describe("the text of a board", () => {
  const parse = (text: string) => () => parseBoardText(text, "b.json");

  test.each([
    [
      '{"devices": {},\n"devices": {}}',
      '"devices" is there twice, in line 1 and in line 2; remove one of them.',
    ],
    [
      '{"devices": {"a": {"driver": "x"},\n"b": {"driver": "y"},\n"a": {"driver": "z"}}}',
      '"devices.a" is there twice, in line 1 and in line 3',
    ],
    [
      '{"devices": {"a": {"driver": "x", "dri\\u0076er": "y"}}}',
      '"devices.a.driver" is there twice, in line 1 and in line 1',
    ],
    [
      '{"devices": {}, "simulate": [{"i2c": "a"}, {"i2c": "a", "i2c": "b"}]}',
      '"simulate.i2c" is there twice',
    ],
    [
      '{"devices": {"__proto__": {"driver": "x"}}}',
      '"devices.__proto__" is a name of JavaScript\'s own; choose another.',
    ],
    ['{"devices": {"constructor": {"driver": "x"}}}', '"devices.constructor" is a name of JavaScript\'s own'],
    ['{"devices": {"prototype": {"driver": "x"}}}', '"devices.prototype" is a name of JavaScript\'s own'],
    [
      '{"devices": {"toString": {"driver": "x"}}}',
      '"devices.toString" is "toString": a name starts with a letter',
    ],
    [
      '{"devices": {"a": {"driver": "x", "settings": {"constructor": 1}}}}',
      '"devices.a.settings.constructor" is a name of',
    ],
    ['{"devices": {}, "apps": {"__proto__": {}}}', '"apps.__proto__" is a name of'],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, "is nested deeper than 32 levels"],
    ["[".repeat(100_000), "is nested deeper than 32 levels"],
    ['{"a":'.repeat(100_000), "is nested deeper than 32 levels"],
    [" ".repeat(1024 * 1024 + 1), "has more than 1048576 characters"],
    [`[${"0,".repeat(200_000)}0]`, "has more than 100000 values"],
    [`{"devices": "${'\\\\\\"'.repeat(200_000)}"}`, '"devices" is'],
    ['{"devices": "', "is not JSON"],
    ['{"devices": "\\', "is not JSON"],
    ['{"devices": {}}}', "is not JSON"],
  ])("%#: %.0s%s", (text, message) => {
    expect(parse(text)).toThrow(HostError);
    expect(parse(text)).toThrow(message);
  });

  test("equal keys of different objects are no duplicates, nor are texts that look like keys", () => {
    const text =
      '{"devices": {"a": {"driver": "x", "settings": {"b": "{\\"b\\": 1, \\"b\\": 2}", "c": "b"}}, "b": {"driver": "x"}}}';
    expect(parse(text)).not.toThrow();
  });

  test("an object that holds itself is refused as well", () => {
    const settings: Record<string, unknown> = {};
    settings.settings = settings;
    expect(() => parseBoard({ devices: { a: { driver: "x", settings } } })).toThrow("nested deeper");
    const wide: unknown[] = [];
    wide.push(wide, wide, wide);
    expect(() => parseBoard({ devices: wide })).toThrow(HostError);
  });
});

describe("what goes into a guest is bounded", () => {
  const settings = (written: object) => ({ devices: { a: { driver: "x", settings: written } } });
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, 1]));

  test.each([
    [settings(keys(257)), "at most 256 settings"],
    [settings({ a: "x".repeat(4097) }), "has 4097 characters: expected at most 4096"],
    [settings({ ["x".repeat(257)]: 1 }), "has 257 characters: expected at most 256"],
    [
      { devices: {}, apps: { a: { component: "x", arguments: Array(257).fill("") } } },
      "at most 256 arguments",
    ],
    [
      { devices: {}, apps: { a: { component: "x", arguments: ["x".repeat(4097)] } } },
      "expected at most 4096",
    ],
    [{ devices: {}, apps: { a: { component: "x", uses: Array(1025).fill("b") } } }, "at most 1024 devices"],
    [{ devices: { a: { driver: "x".repeat(4097) } } }, "expected at most 4096"],
    [
      { devices: { a: { driver: "x", usb: { port: "1-1", interfaces: Array(257).fill(0) } } } },
      "at most 256",
    ],
  ])("%#: %.0s%s", (json, message) => {
    expect(() => parseBoard(json)).toThrow(message);
    expect(() => parseBoard(json)).toThrow(/^.{1,500}$/);
    expect(() => parseBoard(settings({ ...keys(255), last: "x".repeat(4096) }))).not.toThrow();
  });
});

describe("a bad board is refused in one sentence that names the place", () => {
  const address = (written: unknown) => ({
    devices: { a: { driver: "x", i2c: { bus: 1, address: written } } },
  });
  const range = 'expected a 7-bit I2C address from "0x08" to "0x77"';

  test.each([
    [null, "b.json: it is null: expected an object."],
    [{}, 'b.json: "devices" is missing.'],
    [{ devices: { Indoor: indoor } }, `"devices.Indoor" is "Indoor": a name starts with a letter`],
    [{ devices: { a: {} } }, '"devices.a.driver" is missing'],
    // A list is no object, though JavaScript takes it for one.
    [[], "b.json: it is a list: expected an object."],
    [{ devices: [] }, '"devices" is a list: expected an object'],
    [{ devices: { a: [] } }, '"devices.a" is a list: expected an object'],
    [
      { devices: { a: { ...indoor, settings: ["x"] } } },
      '"devices.a.settings" is a list: expected an object',
    ],
    [
      { devices: {}, simulate: [[]] },
      '"simulate.0" is a list: expected an object with "i2c" or "usb" or "spi" or "gpio" or "uart"',
    ],
    [
      { devices: {}, simulate: [5] },
      '"simulate.0" is 5: expected an object with "i2c" or "usb" or "spi" or "gpio" or "uart"',
    ],
    // No host can give a driver these.
    [
      { devices: { a: { ...indoor, settings: { x: Infinity } } } },
      '"devices.a.settings.x" is a number that is too',
    ],
    [
      { devices: { a: { ...indoor, settings: { x: "\ud83d" } } } },
      '"devices.a.settings.x" has half of a character',
    ],
    [
      { devices: { a: { ...indoor, settings: { "\ude00": 1 } } } },
      '"devices.a.settings.\ufffd" has half of a',
    ],
    [{ devices: { a: { driver: 5 } } }, '"devices.a.driver" is 5: expected a text'],
    [address("0x78"), `"devices.a.i2c.address" is "0x78": ${range}`],
    [address("0x07"), `"devices.a.i2c.address" is "0x07": ${range}`],
    [address("76"), `"devices.a.i2c.address" is "76": ${range}`],
    [address([]), '"devices.a.i2c.address" has 0 entries: expected at least one address'],
    [address(["0x50", 80]), '"devices.a.i2c.address.1" is 80: expected no address twice'],
    [address([80, "0x50"]), '"devices.a.i2c.address.1" is "0x50": expected no address twice'],
    [address(["0x50", "0x78"]), `"devices.a.i2c.address" is a list: ${range}`],
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
