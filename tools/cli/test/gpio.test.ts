import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow, workspace } from "./support/busbar.ts";

const driverOf = (name: string) => join(workspace, `packages/${name}/dist/${name}.wasm`);
const line = (offset: number, direction: string) => ({ chip: "sim", line: offset, direction });

/** A bell, a pump behind a relay, and a tank with a ranger above it. */
const board = {
  devices: {
    bell: {
      driver: driverOf("button"),
      gpio: { lines: { button: { ...line(1, "in"), pull: "up", activeLevel: "active-low" } } },
    },
    pump: { driver: driverOf("relay"), gpio: { lines: { relay: line(2, "out") } } },
    tank: { driver: driverOf("hc-sr04"), gpio: { lines: { trigger: line(3, "out"), echo: line(4, "in") } } },
  },
};

describe("GPIO from the command line", { timeout: slow }, () => {
  test("a contact tells its changes, and what it is", async () => {
    // However long it takes until somebody looks, it is pressed again.
    const presses = Array.from({ length: 120 }, (_, count) => [500 * count, 200]);
    const button = { gpio: "sim", lines: { button: 1 }, model: "button", presses };
    using folder = folderOf({ "board.json": { ...board, simulate: [button] } });
    const call = (...args: string[]) => busbar(["call", "board.json", ...args], { cwd: folder.path });
    expect(await call("bell")).toMatchObject({ code: 0, stdout: "is-closed\nnext-changes\n", stderr: "" });
    expect(await call("bell", "is-closed")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(true|false)\n$/),
    });
    const next = JSON.parse((await call("bell", "next-changes", "5000")).stdout) as object;
    expect(next).toEqual({
      changes: [{ closed: expect.any(Boolean), timeMs: expect.any(Number) }],
      lost: false,
    });
    expect(await call("bell", "next-changes", '"soon"')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining("the timeout is soon ms, but must be 0 or more"),
    });
  });

  test("a switch is on for so long", async () => {
    const lines = { gpio: "sim", lines: { relay: 2 }, model: "lines" };
    using folder = folderOf({ "board.json": { ...board, simulate: [lines] } });
    const call = (...args: string[]) => busbar(["call", "board.json", ...args], { cwd: folder.path });
    expect(await call("pump")).toMatchObject({ code: 0, stdout: "on\n" });
    expect(await call("pump", "on", "20")).toMatchObject({ code: 0, stdout: "null\n", stderr: "" });
    expect(await call("pump", "on", "i2c")).toMatchObject({
      code: 2,
      stderr: `busbar: the argument i2c is no JSON; write a text as '"text"'.\n`,
    });
  });

  test("a ranger is read", async () => {
    const ranger = { gpio: "sim", lines: { trigger: 3, echo: 4 }, model: "hc-sr04", distance: 1.25 };
    using folder = folderOf({ "board.json": { ...board, simulate: [ranger] } });
    const { code, stdout, stderr } = await busbar(["read", "board.json", "tank"], { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^tank {2}ElecFreaks HC-SR04, "trigger" on line 3 of chip "sim" \(simulated\), "echo" on line 4 of chip "sim" \(simulated\)\n {2}distance {2}1\.25/,
    );
  });
});
