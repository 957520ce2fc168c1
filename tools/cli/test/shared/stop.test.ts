import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { folderOf, isOwnCommand, simulatedRegisters, slow, start } from "../support/busbar.ts";
import { appSource, buildGuest, sensorDriver, sensorSource } from "../support/guests.ts";

const simulated = { i2c: { bus: "sim", address: "0x76" } };
const texts = { vendor: "V", model: "M", label: "t" };

/** A sensor whose `close` waits, second after second; and one whose `read` does. */
const waits = `
  import { openDelay } from "busbar:board/i2c@0.1.0";
  function wait() { const delay = openDelay(); for (;;) delay.delayNs(1000000000); }
`;

let sensor: Uint8Array;
let neverCloses: Uint8Array;
let neverReads: Uint8Array;
let printsForEver: Uint8Array;

beforeAll(async () => {
  const source = sensorSource(texts, "return [20];");
  sensor = await buildGuest(sensorDriver, source);
  neverCloses = await buildGuest(sensorDriver, waits + source.replace("close() {}", "close() { wait(); }"));
  neverReads = await buildGuest(sensorDriver, waits + sensorSource(texts, "wait();"));
  printsForEver = await buildGuest("app", appSource('for (;;) print("x".repeat(4000) + "\\n");'));
}, slow);

/** A folder with boards. */
function boards() {
  const board = (driver: string, more: object = {}) => ({
    devices: { indoor: { driver, ...simulated } },
    simulate: [simulatedRegisters("0x76")],
    ...more,
  });
  return folderOf({
    "sensor.wasm": sensor,
    "never-closes.wasm": neverCloses,
    "never-reads.wasm": neverReads,
    "app.wasm": printsForEver,
    "sensor.json": board("./sensor.wasm"),
    "never-closes.json": board("./never-closes.wasm"),
    "never-reads.json": {
      devices: {
        stuck: { driver: "./never-reads.wasm", i2c: { bus: "sim", address: "0x77" } },
        indoor: { driver: "./sensor.wasm", ...simulated },
      },
      simulate: [simulatedRegisters("0x76")],
    },
    "app.json": board("./sensor.wasm", { apps: { loud: { component: "./app.wasm", uses: ["indoor"] } } }),
  });
}

/** How a command ended after a signal; a second more than it may take is a hang. */
async function endBy(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exited = once(child, "exit", { signal: AbortSignal.timeout(2_000) });
  child.kill(signal);
  try {
    const [code, by] = (await exited) as [number | null, NodeJS.Signals | null];
    return by ?? code;
  } finally {
    child.kill("SIGKILL");
  }
}

const firstLine = (child: ChildProcess) => once(createInterface({ input: child.stdout! }), "line");

describe.for(["SIGTERM", "SIGINT"] as const)("%s", { timeout: slow }, (signal) => {
  test("ends a command whose output nobody reads", async () => {
    using folder = boards();
    const child = start(["run", "app.json"], { cwd: folder.path });
    // It has printed, and then nobody takes more.
    await once(child.stdout!, "readable");
    // By itself where nothing is left to be written, else by the signal.
    expect([0, signal]).toContain(await endBy(child, signal));
  });

  test("ends a driver that does not close", async () => {
    using folder = boards();
    const child = start(["run", "never-closes.json", "--every", "1"], { cwd: folder.path });
    await firstLine(child);
    expect(await endBy(child, signal)).toBe(0);
  });

  test("ends a reading that waits, and is no error", async () => {
    using folder = boards();
    const child = start(["run", "never-reads.json", "--every", "1"], { cwd: folder.path });
    await firstLine(child);
    expect(await endBy(child, signal)).toBe(0);
  });

  // By a module that Node loads first: another command has no such way in.
  test.runIf(isOwnCommand)("ends a process in which a native call hangs", async () => {
    using folder = boards();
    const pipe = join(folder.path, "nobody-writes");
    execFileSync("mkfifo", [pipe]);
    const hang = `import { open } from "node:fs"; open(${JSON.stringify(pipe)}, "r", () => {});`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hang)}` };
    const child = start(["run", "sensor.json", "--every", "1"], { cwd: folder.path, env });
    await firstLine(child);
    expect(await endBy(child, signal)).toBe(signal);
  });
});
