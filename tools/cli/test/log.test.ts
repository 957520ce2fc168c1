import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import type { Attempt } from "../src/kept-sensor.ts";
import { Output } from "../src/output/output.ts";
import { Screen, type ScreenStream } from "../src/output/screen.ts";
import { duration } from "../src/output/units.ts";
import { Recoveries } from "../src/recovery.ts";
import { busbar, ended, folderOf, simulatedBoard, slow, start, warmCache } from "./support/busbar.ts";
import { FakeClock } from "./support/clock.ts";

beforeAll(warmCache, slow);

/** An output that writes into a list. */
function recorded(log: ConstructorParameters<typeof Output>[2], json = false) {
  const lines: string[] = [];
  const stream = {
    write: (text: string) => lines.push(text.trimEnd()) > 0,
    on: () => stream,
    once: () => stream,
    off: () => stream,
    writableLength: 0,
  };
  const screen = () => new Screen(stream as unknown as ScreenStream);
  const now = () => new Date(0);
  return { output: new Output(json, { stdout: screen(), stderr: screen() }, { now, ...log }), lines };
}

describe("lines on stderr", () => {
  test.each([
    [{}, false, "busbar: it is so."],
    [{ timed: true }, false, "1970-01-01T00:00:00.000Z busbar: it is so."],
    [{ format: "json" }, false, '{"type":"so","time":"1970-01-01T00:00:00.000Z","x":1}'],
    [{}, true, '{"type":"so","time":"1970-01-01T00:00:00.000Z","x":1}'],
  ] as const)("with %o, --json %s", (log, json, line) => {
    const { output, lines } = recorded(log, json);
    output.notice("it is so.", { type: "so", x: 1 });
    expect(lines).toEqual([line]);
  });

  test("a sensor that answers again is a line, once", async () => {
    const { output, lines } = recorded({ format: "json" });
    const clock = new FakeClock();
    const recoveries = new Recoveries(output, clock);
    const failure = { kind: "failure" } as Attempt;
    const reading = { kind: "reading" } as Attempt;
    recoveries.attempt("indoor", reading);
    recoveries.attempt("indoor", failure);
    await clock.sleep(1000);
    recoveries.attempt("indoor", failure);
    await clock.sleep(2000);
    recoveries.attempt("indoor", reading);
    recoveries.attempt("indoor", reading);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: "recovered", time: expect.any(String), device: "indoor", failures: 2, downMs: 3000 },
    ]);
    recoveries.attempt("indoor", failure);
    recoveries.forget("indoor");
    recoveries.attempt("indoor", reading);
    expect(lines).toHaveLength(1);
  });

  test.each([
    [200, "0.2 s"],
    [45_000, "45 s"],
    [180_000, "3 min"],
    [7_200_000, "2 h"],
  ])("%i ms are %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("--log-format", { timeout: slow }, () => {
  test("json: readings as text on stdout, failures and the recovery as records with their times", async () => {
    const fault = { transaction: 1, fault: "no-acknowledge-address" };
    using folder = folderOf({ "board.json": simulatedBoard({}, { faults: [fault] }) });
    const child = start(["run", "--every", "1", "--log-format", "json"], { cwd: folder.path });
    const done = ended(child);
    for await (const line of createInterface({ input: child.stdout! })) {
      expect(line).toMatch(/^\S+Z {2}indoor {2}temperature/);
      break;
    }
    child.kill("SIGTERM");
    const { stderr } = await done;
    const records = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; time: string });
    expect(records.map(({ type }) => type)).toEqual(["error", "recovered"]);
    for (const { time } of records) expect(new Date(time).toISOString()).toBe(time);
  });

  test("text: the line that ends the command has a time too, also where the board is wrong", async () => {
    using folder = folderOf({});
    const { stderr, code } = await busbar(["run"], { cwd: folder.path });
    expect(stderr).toMatch(/^\S+Z busbar: the board file board\.json does not exist; .*\n$/);
    expect(code).toBe(3);
    const read = await busbar(["read", "--log-format", "text"], { cwd: folder.path });
    expect(read.stderr).toMatch(/^\S+Z busbar: the board file/);
    const records = await busbar(["read", "--log-format=json"], { cwd: folder.path });
    expect(JSON.parse(records.stderr)).toMatchObject({ type: "error", time: expect.any(String) });
  });
});
