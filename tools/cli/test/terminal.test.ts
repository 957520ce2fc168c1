import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Channel, Sensor } from "@busbar/host";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { boardBeforeDashes, namedBoard } from "../src/board-argument.ts";
import { closest } from "../src/closest.ts";
import type { Attempt } from "../src/kept-sensor.ts";
import { Output } from "../src/output/output.ts";
import { Screen, type ScreenStream } from "../src/output/screen.ts";
import { showWait } from "../src/output/waiting.ts";
import { WatchView } from "../src/output/watch-view.ts";
import { PlotNames } from "../src/plot-names.ts";
import { busbar, folderOf, simulatedBoard, slow, workspace } from "./support/busbar.ts";

/** A stream that remembers. */
function stream(isTTY: boolean) {
  const written: string[] = [];
  const self = {
    isTTY,
    columns: 40,
    rows: 24,
    write: (text: string) => written.push(text) > 0,
    on: () => self,
    once: () => self,
    off: () => self,
    writableLength: 0,
  };
  return { screen: new Screen(self as unknown as ScreenStream), written };
}

const channel = (label: string, maximum: number): Channel => ({
  ...{ quantity: "temperature" as const, label, minimum: -40, maximum, resolution: 0.01 },
});
const sensor = {
  name: "indoor",
  info: { vendor: "Bosch Sensortec", model: "BME280" },
  channels: [channel("temperature", 85), channel("pressure", 110_000)],
} as unknown as Sensor;
const reading: Attempt = { kind: "reading", sensor, reading: {} };

describe("a wait", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  test("of more than a second counts on a terminal, makes room for lines, and is taken away", () => {
    const [out, errors] = [stream(true), stream(true)];
    const output = new Output(false, { stdout: out.screen, stderr: errors.screen });
    const wait = showWait(output, () => "preparing a driver whose name is longer than the terminal");
    vi.advanceTimersByTime(900);
    expect(errors.written).toEqual([]);
    vi.advanceTimersByTime(600);
    expect(errors.written.at(-1)).toContain("\r\u001b[Kpreparing a driver");
    expect(errors.written.at(-1)!.length).toBeLessThan(4 + 40);
    output.notice("something else.", { type: "x" });
    expect(errors.written.slice(-3)).toEqual([
      "\r\u001b[K",
      expect.stringContaining("something else."),
      expect.stringContaining("preparing"),
    ]);
    wait[Symbol.dispose]();
    expect(errors.written.at(-1)).toBe("\r\u001b[K");
    const count = errors.written.length;
    vi.advanceTimersByTime(5000);
    expect(errors.written).toHaveLength(count);
  });

  test.each([
    [false, false],
    [true, true],
  ])("elsewhere, or with --json, shows nothing (terminal %s, json %s)", (isTTY, json) => {
    const [out, errors] = [stream(isTTY), stream(isTTY)];
    const output = new Output(json, { stdout: out.screen, stderr: errors.screen });
    using _ = showWait(output, () => "waiting");
    vi.advanceTimersByTime(10_000);
    expect(errors.written).toEqual([]);
  });
});

describe("a narrow terminal", () => {
  const view = () => {
    const made = new WatchView({
      ...{ title: "board.json", windowMs: 60_000, plots: undefined },
      devices: [{ name: "indoor", wiring: "bus 1 at 0x76" }],
    });
    for (let ms = 0; ms < 5000; ms += 1000) {
      made.reading(sensor, { temperature: 20 + ms / 1000, pressure: 100_000 }, ms);
    }
    return made;
  };
  const lines = (columns: number) =>
    stripVTControlCharacters(view().render({ columns, rows: 40 }, "12:00:00")).split("\n");

  test.each([120, 60, 40, 30])("of %i columns gets tables and plots that fit", (columns) => {
    const table = lines(columns).filter((line) => /temperature|pressure|┤|ago/.test(line));
    for (const line of table) expect(line.length, line).toBeLessThanOrEqual(columns);
    expect(table.some((line) => /temperature.* 24\.00 /.test(line))).toBe(true);
    expect(table.some((line) => line.includes("┤"))).toBe(true);
  });

  test("has the extremes where there is room", () => {
    expect(lines(120).join("\n")).toContain("minimum");
    expect(lines(30).join("\n")).not.toContain("minimum");
  });
});

describe("names after --plot", () => {
  test("one that no sensor has is an error, with what may be meant", () => {
    const names = new PlotNames(["temprature"], ["indoor"]);
    expect(() => names.check("indoor", reading)).toThrow(
      "--plot names temprature, which no sensor has (did you mean temperature?); choose from: temperature, ",
    );
  });

  test("is known only when all sensors that may have it have answered", () => {
    const names = new PlotNames(["humidity"], ["indoor", "attic"]);
    names.check("indoor", reading);
    names.check("indoor", reading);
    expect(() =>
      names.check("attic", { ...reading, sensor: { ...sensor, name: "attic" } as Sensor }),
    ).toThrow();
  });

  test.each([[["temperature"]], [["indoor.pressure", "temperature"]], [true], [false]] as const)(
    "%j is right",
    (plot) => {
      new PlotNames(plot, ["indoor"]).check("indoor", reading);
    },
  );

  test("a device that is not watched is known at once", () => {
    expect(() => new PlotNames(["indor.temperature"], ["indoor"])).toThrow(
      "did you mean indoor.temperature?",
    );
  });
});

test.each([
  ["temprature", "temperature"],
  ["presure", "pressure"],
  ["TEMPERATURE", "temperature"],
  ["x", undefined],
  ["humidity", undefined],
])("%s may mean %s", (word, meant) => {
  expect(closest(word, ["pressure", "temperature"])).toBe(meant);
});

describe("the board of a command", () => {
  const exists = (path: string) => ["board.json", "other.json", "dir"].includes(path);
  test.each([
    [[], "board.json", []],
    [["other.json"], "other.json", []],
    [["indoor"], "board.json", ["indoor"]],
    [["dir", "indoor"], "dir", ["indoor"]],
    [["none.json"], "none.json", []],
    [["./none"], "./none", []],
    [["/run/none", "indoor"], "/run/none", ["indoor"]],
  ])("%j", (operands, path, rest) => expect(namedBoard(operands, exists)).toEqual({ path, rest }));

  test.each([
    [[], ["run"], "board.json", []],
    [["b.json"], ["run", "b.json"], "b.json", []],
    [["a"], ["run", "--", "a"], "board.json", ["a"]],
    [["b.json", "a", "b"], ["run", "--every", "5", "b.json", "--", "a", "b"], "b.json", ["a", "b"]],
  ])("before dashes: %j of %j", (operands, typed, path, rest) => {
    expect(boardBeforeDashes(operands, typed)).toEqual({ path, rest });
  });

  test("is ./board.json for every command", { timeout: slow }, async () => {
    using folder = folderOf({ "board.json": simulatedBoard() });
    const at = { cwd: folder.path };
    for (const args of [
      ["read"],
      ["read", "indoor"],
      ["watch", "--times", "1"],
      ["doctor"],
      ["grants", "--times", "1"],
      ["pull"],
    ]) {
      expect(await busbar(args, at), args.join(" ")).toMatchObject({ code: 0 });
    }
    expect((await busbar(["doctor"], at)).stdout).toContain("board.json has indoor.");
  });
});

describe("shell completion", { timeout: slow }, () => {
  test.runIf(spawnSync("bash", ["--version"]).status === 0)(
    "bash: commands, options, their values, devices",
    async () => {
      const { stdout: script } = await busbar(["completion", "bash"]);
      using folder = folderOf({ "board.json": simulatedBoard(), script });
      const complete = (...words: string[]) => {
        const list = words.map((word) => `'${word}'`).join(" ");
        const program = `busbar() { ${process.execPath} ${join(workspace, "tools/cli/bin/busbar.js")} "$@"; }
        source ./script; COMP_WORDS=(busbar ${list}); COMP_CWORD=${words.length}; _busbar; echo "\${COMPREPLY[*]}"`;
        const { stdout, stderr } = spawnSync("bash", ["-c", program], { cwd: folder.path, encoding: "utf8" });
        expect(stderr).toBe("");
        return stdout.trim();
      };
      expect(complete("wa")).toBe("watch");
      expect(complete("run", "--hea")).toBe("--health");
      expect(complete("run", "--log-format", "")).toBe("text json");
      expect(complete("read", "in")).toBe("indoor");
      expect(complete("read", "board.json", "in")).toBe("indoor");
      expect(complete("completion", "f")).toBe("fish");
    },
  );

  test.each(["zsh", "fish"])("%s: every command and option of the help", async (shell) => {
    const { stdout, code } = await busbar(["completion", shell]);
    expect(code).toBe(0);
    const { stdout: help } = await busbar(["--help"]);
    const commands = [...help.matchAll(/^ {2}([a-z]+) .*/gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== "help");
    expect(commands).toContain("status");
    for (const command of commands) expect(stdout).toContain(command);
    expect(stdout).toMatch(
      shell === "zsh" ? /'--log-format\[.*\]:value:\(text json\)'/ : /-l log-format -x -a 'text json'/,
    );
    if (spawnSync(shell, ["--version"]).status === 0) {
      expect(spawnSync(shell, ["-n"], { input: stdout }).status).toBe(0);
    }
  });

  test("other shells are none, and no board has no devices", async () => {
    expect(await busbar(["completion", "csh"])).toMatchObject({ code: 2 });
    expect(await busbar(["completion", "devices", "/nowhere.json"])).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("the command itself", { timeout: slow }, () => {
  test("-V, -h, and schema with --json", async () => {
    expect((await busbar(["-V"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await busbar(["-h"])).stdout).toContain("Usage: busbar");
    const plain = await busbar(["schema"]);
    expect(await busbar(["schema", "--json"])).toEqual(plain);
    expect(JSON.parse(plain.stdout)).toHaveProperty("title");
  });

  test("a misspelt option or channel ends it, with what may be meant", async () => {
    using folder = folderOf({ "board.json": simulatedBoard() });
    const option = await busbar(["watch", "--plto", "x"], { cwd: folder.path });
    expect(option).toMatchObject({ code: 2, stderr: expect.stringContaining("(Did you mean --plot?)") });
    const plotted = await busbar(["watch", "--plot", "temprature", "--every", "1"], { cwd: folder.path });
    expect(plotted).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean temperature?") });
  });
});
