import { once } from "node:events";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { busbar, ended, folderOf, simulatedBoard, slow, start, warmCache } from "./support/busbar.ts";

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
    using folder = folderOf({ "board.json": simulatedBoard({ i2c: { bus: "sim", address: "0x77" } }) });
    const { code, stdout, stderr } = await busbar(["watch", "board.json", "--times", "1"], {
      cwd: folder.path,
    });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^\S+Z busbar: indoor: reading 1 byte .* nothing answers there; .*\n$/);
    expect(code).toBe(7);
  });
});

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
    using folder = folderOf({ "board.json": simulatedBoard({ settings: { filter: "3" } }) });
    const { code, stderr } = await busbar(["run", "board.json"], { cwd: folder.path });
    expect(stderr).toContain('The setting "filter"');
    expect(code).toBe(7);
  });
});
