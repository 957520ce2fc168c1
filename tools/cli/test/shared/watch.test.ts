import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import {
  busbar,
  commandLine,
  type Ended,
  ended,
  environment,
  folderWithModels,
  simulatedBoard,
  slow,
  start,
  warmCache,
} from "../support/busbar.ts";

beforeAll(warmCache, slow);

const reading =
  /^\d\d:\d\d:\d\d {2}indoor {2}temperature +\d\d\.\d+ °C {2}pressure +\d+ Pa {2}humidity +\d\d\.\d+ %RH$/;

describe("busbar watch, without a terminal", { timeout: slow }, () => {
  test("prints a line a reading and then the extremes, and nothing for a terminal", async () => {
    const { code, stdout, stderr } = await busbar(
      ["watch", "examples/indoor/board.json", "--times", "3", "--every", "1"],
      { env: { TERM: "xterm-256color" } },
    );
    const lines = stdout.split("\n");
    expect(lines[0]).toBe('indoor: Bosch Sensortec BME280, bus "sim" (simulated) at 0x76');
    for (const line of lines.slice(1, 4)) expect(line).toMatch(reading);
    expect(lines[4]).toBe("");
    expect(lines[5]).toMatch(/^indoor {2}temperature {2}minimum +[\d.]+ {2}maximum +[\d.]+ {2}°C$/);
    expect(lines).toHaveLength(9);
    expect(stdout).not.toContain("\u001B");
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test("a channel to plot that no sensor has ends it, with what may be meant", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    const plotted = await busbar(["watch", "--plot", "temprature", "--every", "1"], { cwd: folder.path });
    expect(plotted).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean temperature?") });
  });

  test("--json is a record a line", async () => {
    const args = ["watch", "examples/indoor/board.json", "indoor", "--times", "2", "--every", "1", "--json"];
    const { code, stdout } = await busbar(args);
    const records = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records).toMatchObject([
      { type: "reading", device: "indoor" },
      { type: "reading", device: "indoor" },
    ]);
    expect(code).toBe(0);
  });

  test("a reading that failed among --times makes the exit code 7", async () => {
    using folder = folderWithModels({
      "board.json": simulatedBoard({ i2c: { bus: "sim", address: "0x77" } }),
    });
    const { code, stdout, stderr } = await busbar(["watch", "board.json", "--times", "1"], {
      cwd: folder.path,
    });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^\S+Z busbar: indoor: reading 1 byte .* nothing answers there; .*\n$/);
    expect(code).toBe(7);
  });
});

/** `script` of util-linux gives a command a terminal. */
const hasScript = spawnSync("script", ["--version"]).status === 0;

describe.runIf(hasScript)("busbar watch, in a terminal", { timeout: slow }, () => {
  test("draws a table and plots in place, and leaves the last ones", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    const { stdout, code } = await inTerminal(
      // A frame that is the same as the one before is not drawn: each of these has another time.
      ["watch", "--minutes", "1", "--times", "3", "--every", "1100"],
      folder.path,
    );
    expect(code).toBe(0);
    const shown = stripVTControlCharacters(stdout);
    expect(shown).toContain("│ channel     │    now │ minimum │ maximum │ unit │");
    expect(shown).toContain("│ temperature │  21.50 │   21.50 │   21.50 │ °C   │");
    expect(shown).toMatch(/\n 21\.50 ┤─+\r/);
    // Upwards, to where the frame before began.
    expect(stdout.split("\u001B[").filter((part) => /^\d*A/.test(part)).length).toBeGreaterThan(1);
    // The cursor is seen again.
    expect(stdout.lastIndexOf("\u001B[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001B[?25l"));
  });

  test("without plots, where somebody wants none; a failure is a line below", async () => {
    const board = simulatedBoard({ i2c: { bus: "sim", address: "0x77" } });
    using folder = folderWithModels({ "board.json": board });
    const { stdout, code } = await inTerminal(["watch", "--no-plot", "--times", "1"], folder.path);
    expect(stripVTControlCharacters(stdout)).toMatch(
      /\nindoor {2}bus "sim" \(simulated\) at 0x77\r\n.*nothing answers there[\s\S]* \(trying again in 1 s\)/,
    );
    expect(stdout).not.toContain("┤");
    expect(code).toBe(7);
  });
});

/** Runs a command in a terminal of 100 columns and 40 rows. */
function inTerminal(args: readonly string[], cwd: string): Promise<Ended> {
  const [program, ...before] = commandLine();
  const words = [program!, ...before, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", `stty cols 100 rows 40; ${words}`, "/dev/null"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment(), TERM: "xterm-256color" },
  });
  return ended(child);
}

describe("busbar run", { timeout: slow }, () => {
  test.for(["SIGINT", "SIGTERM"] as const)("ends cleanly at %s", async (signal) => {
    const child = start(["run", "examples/indoor/board.json", "--every", "1"]);
    const end = ended(child);
    const lines = createInterface({ input: child.stdout! });
    await once(lines, "line");
    child.kill(signal);
    const { code, stdout, stderr } = await end;
    expect(stdout.split("\n")[0]).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}indoor {2}temperature +[\d.]+ °C {2}pressure +\d+ Pa {2}humidity +[\d.]+ %RH$/,
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test("a reader that goes away is a normal end", async () => {
    const child = start(["run", "examples/indoor/board.json", "--every", "1", "--json"]);
    const end = ended(child);
    const [first] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
    child.stdout?.destroy();
    expect(JSON.parse(first)).toMatchObject({ type: "reading", device: "indoor" });
    expect((await end).code).toBe(0);
  });

  test("a board that is wrong from the start ends it", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard({ settings: { filter: "3" } }) });
    const { code, stderr } = await busbar(["run", "board.json"], { cwd: folder.path });
    expect(stderr).toContain('The setting "filter"');
    expect(code).toBe(7);
  });
});
