import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, simulatedRegisters, slow, workspace } from "../support/busbar.ts";

const driver = join(workspace, "packages/i2c-echo/dist/i2c-echo.wasm");
const board = {
  devices: {
    memory: { driver, i2c: { bus: "sim", address: "0x50" } },
    indoor: {
      driver: join(workspace, "packages/tmp102/dist/tmp102.wasm"),
      i2c: { bus: "sim", address: "0x48" },
    },
  },
  simulate: [simulatedRegisters("0x50")],
};

describe("busbar call", { timeout: slow }, () => {
  test("lists the functions, and calls one with what the board wires", async () => {
    using folder = folderOf({ "board.json": board });
    const options = { cwd: folder.path };
    const list = await busbar(["call", "board.json", "memory"], options);
    expect(list).toMatchObject({ code: 0, stdout: "echo/echo\nthermometer/get-temperature\n" });
    const json = await busbar(["call", "board.json", "memory", "--json"], options);
    expect(JSON.parse(json.stdout)).toEqual({ functions: ["echo/echo", "thermometer/get-temperature"] });
    const called = await busbar(
      ["call", "board.json", "memory", "echo", "i2c", "address", "[1, 2, 255]"],
      options,
    );
    expect(called).toMatchObject({ code: 0, stdout: "[1,2,255]\n" });
    const whole = ["call", "board.json", "memory", "echo/echo", "i2c", "80", "[7]", "--json"];
    expect(JSON.parse((await busbar(whole, options)).stdout)).toEqual({ result: [7] });
  });

  test("says what is wrong, with the exit code of it", async () => {
    using folder = folderOf({ "board.json": board });
    const call = (...args: string[]) => busbar(["call", "board.json", ...args], { cwd: folder.path });
    expect(await call("memory", "get-humidity")).toMatchObject({
      code: 2,
      stderr:
        'busbar: "get-humidity" is no function of it; choose from: echo/echo, thermometer/get-temperature.\n',
    });
    expect(await call("memory", "echo", "i2c", "80", "text")).toMatchObject({
      code: 2,
      stderr: `busbar: the argument text is no JSON; write a text as '"text"', or i2c, delay or address.\n`,
    });
    expect(await call("indoor")).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^busbar: "indoor" is no component: .*tmp102.wasm drives a sensor\.\n$/),
    });
    const invalid = [
      [["i2c", "80"], "3 parameters are expected, and not 2"],
      [["i2c", '"x"', "[1]"], "a value of type u16 is expected, and not string"],
      [["i2c", "80", "[300]"], "a value of type u8 is expected, and not number"],
      [["i2c", "80", "null"], "a value of type list<u8> is expected, and not null"],
      [
        ["delay", "80", "[1]"],
        'a parameter has to be a handle "i2c"; this host has "i2c" and "delay" of this component to give',
      ],
    ] as const;
    for (const [parameters, message] of invalid) {
      expect(await call("memory", "echo", ...parameters)).toMatchObject({
        code: 7,
        stderr: `busbar: memory: ${message}\n`,
      });
    }
    expect(await call()).toMatchObject({
      code: 2,
      stderr: 'busbar: name the component, as in "devices" of the board.\n',
    });
    const wrong = await call("memory", "echo", "i2c", "80", '"text"', "--json");
    expect(wrong.code).toBe(7);
    expect(JSON.parse(wrong.stderr)).toMatchObject({ type: "error", code: "device" });
    const denied = await call("memory", "get-temperature", "i2c");
    expect(denied.code).toBe(7);
    expect(denied.stderr).toContain("address 0x48 is not granted, only 0x50 is");
    expect(denied.stderr).toContain('busbar: memory: the component returned the error {"tag":"other"}');
  });
});

test("busbar inspect says of such a component how it is called", { timeout: slow }, async () => {
  const inspection = JSON.parse((await busbar(["inspect", driver, "--json"])).stdout);
  expect(inspection).toMatchObject({
    callable: true,
    devices: { "my-component": { driver, i2c: { bus: 1, address: "0x76" } } },
  });
  const { stdout } = await busbar(["inspect", driver]);
  expect(stdout).toContain("functions that take their handles as parameters");
  expect(stdout).toContain('"my-component": {');
  expect(stdout).toContain('(list and call its functions with "busbar call")');
});
