/** Programs and drivers of other tool chains, run as an operator runs them; those that are not built are left out. */

import { existsSync, readFileSync } from "node:fs";
import type { BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { componentOf } from "../src/places.ts";
import { folderOf, runApp, runCommand } from "./support.ts";
import { textProgram } from "./text-program.ts";

const built = (name: string) => describe.skipIf(!existsSync(componentOf(name)));

describe("a program assembled from text", () => {
  test.each(["0.2.0", "0.2.3", "0.2.12"])("with WASI %s", async (version) => {
    using folder = folderOf({ "program.wasm": await textProgram(version) });
    const app = { component: "./program.wasm" };
    expect(await runApp(folder, app)).toEqual({ output: "hello\n" });
    expect(await runApp(folder, app, { input: "one\ntwo\n" })).toEqual({ output: "hello\none\ntwo\n" });
  });

  test("by the command: once, with the input that it is let read", async () => {
    using folder = folderOf({ "program.wasm": await textProgram("0.2.12") });
    const app = { component: "./program.wasm" };
    expect(await runCommand(folder, app, ["--once"], "unread")).toEqual({ code: 0, output: "hello\n" });
    expect(await runCommand(folder, app, ["--stdin"], "one\n")).toEqual({ code: 0, output: "hello\none\n" });
    const bad = { ...app, folder: { path: "out", write: true } };
    expect(await runCommand(folder, bad, ["--once"], "")).toEqual({ code: 8, output: "" });
  });

  test("finds a folder only where it has one", async () => {
    using folder = folderOf({ "program.wasm": await textProgram("0.2.6") });
    // It ends badly where it finds any.
    expect(
      await runApp(folder, { component: "./program.wasm", folder: { path: "out", write: true } }),
    ).toEqual({
      output: "",
      error: "program: it ended with the exit code 1.",
    });
  });
});

built("usb-rust")("usb-rust", () => {
  const echo = { usb: { vendorId: "0x1209", interfaces: [0] } };
  const file: Partial<BoardFile> = { devices: { echo }, simulate: [{ usb: "1-1", model: "usb-echo" }] };
  const app = { component: componentOf("usb-rust"), uses: ["echo"] };

  test("lists the device that it may use", async () => {
    using folder = folderOf({});
    expect(await runApp(folder, app, { file, arguments: ["list"] })).toEqual({
      output: "1209:0001 UsbSpeed::High on bus 1\n",
    });
  });

  test("echoes bulk data", async () => {
    using folder = folderOf({});
    expect(await runApp(folder, app, { file, arguments: ["echo", "50"] })).toEqual({
      output: "50 packets came back\n",
    });
  });

  test("does not see a device of other interfaces than the board names", async () => {
    using folder = folderOf({});
    const other = { ...file, devices: { echo: { usb: { vendorId: "0x1209", interfaces: [1] } } } };
    const { output, error } = await runApp(folder, app, { file: other, arguments: ["echo", "1"] });
    expect(output).toContain("no-device");
    expect(error).toBe("program: it ended with the exit code 1.");
  });

  test("waits for what comes and goes", async () => {
    using folder = folderOf({});
    const faults = [{ fault: "unplug", delayMs: 50 }];
    const loose = { ...file, simulate: [{ usb: "1-1", model: "usb-echo", faults }] };
    expect(await runApp(folder, app, { file: loose, arguments: ["wait"] })).toEqual({
      output: "1209:0001 arrived\n1209:0001 left\n1209:0001 arrived\n",
    });
  });
});

built("sensor-c")("sensor-c", () => {
  const i2c = { bus: "sim", address: "0x48" };
  const chip = (temperature: number) => ({ i2c: "sim", address: "0x48", model: "tmp102", temperature });
  const board = (temperature: number): BoardFile => ({
    devices: { indoor: { driver: componentOf("sensor-c"), i2c } },
    simulate: [chip(temperature)],
  });

  test.each([-55, -0.0625, 0, 21.5, 127.9375])("reads %d degrees", async (temperature) => {
    await using opened = await openBoard(board(temperature), { simulate });
    const sensor = await opened.sensor("indoor");
    expect(sensor.info).toEqual({ vendor: "Texas Instruments", model: "TMP102" });
    expect(await sensor.read()).toEqual({ temperature });
  });

  test("tells of a bus fault, and reads again", async () => {
    const faults = [{ transaction: 1, fault: "no-acknowledge-address" }];
    const faulty = { ...board(5), simulate: [{ ...chip(5), faults }] };
    await using opened = await openBoard(faulty, { simulate });
    const sensor = await opened.sensor("indoor");
    await expect(sensor.read()).rejects.toThrow("reading 2 bytes from register 0x00");
    expect(await sensor.read()).toEqual({ temperature: 5 });
  });

  test("has no engine in it", () => {
    expect(readFileSync(componentOf("sensor-c")).length).toBeLessThan(20_000);
  });
});

built("folder-go")("folder-go", () => {
  const app = { component: componentOf("folder-go") };

  test("has no folder where the board gives none", async () => {
    using folder = folderOf({});
    expect(await runApp(folder, app)).toEqual({ output: "no folder\n" });
  });

  test("writes, reads, lists, renames and removes files, makes no link, and sees nothing outside", async () => {
    using folder = folderOf({});
    const granted = { ...app, folder: { path: "out", write: true, overwrite: true } };
    expect(await runApp(folder, granted)).toEqual({
      output: [
        'rest: "two three"',
        "b.txt 16 true",
        'all: "one two three fo"',
        "symlink: symlink /etc/passwd logs/link: Operation not permitted",
        "outside: open ../board.json: No such file or directory",
        "",
      ].join("\n"),
    });
  });

  test("reads the input that the operator gives", async () => {
    using folder = folderOf({});
    expect(await runApp(folder, app, { arguments: ["stdin"], input: "a\nb" })).toEqual({
      output: "line: a\nline: b\nend of input\n",
    });
  });
});
