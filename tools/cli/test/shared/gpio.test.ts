import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow, workspace } from "../support/busbar.ts";

const driverOf = (name: string) => join(workspace, `packages/${name}/dist/${name}.wasm`);
const line = (offset: number, direction: string) => ({ chip: "sim", line: offset, direction });

/** A bell, and a pump behind a relay. */
const devices = {
  bell: {
    driver: driverOf("button"),
    gpio: { lines: { button: { ...line(1, "in"), pull: "up", activeLevel: "active-low" } } },
  },
  pump: { driver: driverOf("relay"), gpio: { lines: { relay: line(2, "out") } } },
};

/** However long it takes until somebody looks, the bell is pressed again. */
const presses = Array.from({ length: 600 }, (_, count) => [250 * (count + 1), count % 2 ? "high" : "low"]);
const simulate = [
  {
    gpio: "sim",
    lines: { button: 1 },
    model: "lines",
    levels: { button: "high" },
    changes: { button: presses },
  },
  { gpio: "sim", lines: { relay: 2 }, model: "lines" },
];

describe("GPIO from the command line", { timeout: slow }, () => {
  test("a contact tells its changes, and what it is", async () => {
    using folder = folderOf({ "board.json": { devices, simulate } });
    const call = (...args: string[]) => busbar(["call", "board.json", "bell", ...args], { cwd: folder.path });
    expect(await call()).toMatchObject({ code: 0, stdout: "is-closed\nnext-changes\n", stderr: "" });
    expect(await call("is-closed")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(true|false)\n$/),
    });
    const next = JSON.parse((await call("next-changes", "5000")).stdout) as object;
    expect(next).toEqual({
      changes: [{ closed: expect.any(Boolean), timeMs: expect.any(Number) }],
      lost: false,
    });
    expect(await call("next-changes", '"soon"')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining(
        "the timeout is soon ms, but must be 0 or more; Infinity waits without end",
      ),
    });
  });

  test("a switch is on for so long", async () => {
    using folder = folderOf({ "board.json": { devices, simulate } });
    const call = (...args: string[]) => busbar(["call", "board.json", "pump", ...args], { cwd: folder.path });
    expect(await call()).toMatchObject({ code: 0, stdout: "on\n" });
    expect(await call("on", "20")).toMatchObject({ code: 0, stdout: "null\n", stderr: "" });
    expect(await call("on", "-1")).toMatchObject({
      code: 7,
      stderr: expect.stringContaining("the time is -1 ms, but must be 0 or more"),
    });
    expect(await call("on", "i2c")).toMatchObject({
      code: 2,
      stderr: `busbar: the argument i2c is no JSON; write a text as '"text"'.\n`,
    });
  });

  test("what is not granted is said: the line, and its direction", async () => {
    const relay = { ...devices.pump, gpio: { lines: { relay: line(2, "in") } } };
    const other = { ...devices.pump, gpio: { lines: { lamp: line(3, "out") } } };
    using folder = folderOf({ "board.json": { devices: { relay, other }, simulate } });
    const call = (name: string) => busbar(["call", "board.json", name, "on", "1"], { cwd: folder.path });
    const direction = '"out" is not granted for the line "relay", only "in" is';
    const refused = await call("relay");
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain(`gpio pin "out" of the line "relay"`);
    expect(refused.stderr).toContain(direction);
    expect((await call("other")).stderr).toContain('the line "relay" is not granted');
  });

  test("a line that another device has, and a chip that nobody has, are refused by name", async () => {
    const none = { ...devices.pump, gpio: { lines: { relay: { ...line(2, "out"), chip: "none" } } } };
    const named = { ...devices.pump, gpio: { lines: { relay: { ...line(2, "out"), line: "GPIO2" } } } };
    using folder = folderOf({ "board.json": { devices: { none, named }, simulate } });
    const call = (name: string) => busbar(["call", "board.json", name, "on", "1"], { cwd: folder.path });
    expect(await call("none")).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(
        'none: there is no GPIO chip "none" (asked simulator and Linux GPIO); list the chips with "gpioinfo", or simulate it.',
      ),
    });
    expect(await call("named")).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(
        'named: the simulated chip "sim" has no line "GPIO2"; give its offset.',
      ),
    });
  });
});
