import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import type { HealthReport } from "../../src/health/report.ts";
import {
  busbar,
  folderWithModels,
  simulatedBoard,
  slow,
  start,
  warmCache,
  workspace,
} from "../support/busbar.ts";

beforeAll(warmCache, slow);

/** A run that serves health, once it has read something. */
async function healthy(
  args: readonly string[],
  cwd: string,
): Promise<{ child: ChildProcess; where: string } & AsyncDisposable> {
  const child = start(["run", "--every", "1", "--json", ...args], { cwd, detached: true });
  const notices = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
  let where = "";
  while (where === "") {
    const { value, done } = await notices.next();
    if (done) throw new Error("the command ended");
    where = (JSON.parse(value) as { where?: string }).where ?? "";
  }
  for await (const line of createInterface({ input: child.stdout! })) if (line !== "") break;
  child.stdout!.resume();
  child.stderr!.resume();
  return {
    child,
    where,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

const lost = { driver: simulatedDriver(), i2c: { bus: "sim", address: "0x77" } };

function simulatedDriver(): string {
  return (simulatedBoard() as { devices: { indoor: { driver: string } } }).devices.indoor.driver;
}

function wasm(name: string): string {
  return join(workspace, `packages/${name}/dist/${name}.wasm`);
}

/** A board with a sensor that answers and one that does not. */
function boardWithLost(): object {
  const board = simulatedBoard() as { devices: object };
  return { ...board, devices: { ...board.devices, lost } };
}

describe("busbar run --health and busbar status", { timeout: slow }, () => {
  test("over a socket: how each device is, and how old its last reading; the exit code tells", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard(), "two.json": boardWithLost() });
    const at = { cwd: folder.path };
    await using _ = await healthy(["--health", "./health.sock"], folder.path);
    const well = await busbar(["status", "./health.sock"], at);
    expect(well.stdout).toMatch(/^process \d+, up [\d.]+ s\nindoor {2}sensor {2}ok {2}[\d.]+ s ago\n$/);
    expect(well.code).toBe(0);

    await using __ = await healthy(["two.json", "--health", "./two.sock"], folder.path);
    const unwell = await busbar(["status", "./two.sock", "--json"], at);
    const report = JSON.parse(unwell.stdout) as HealthReport;
    expect(report).toMatchObject({
      ok: false,
      devices: [
        { device: "indoor", kind: "sensor", state: "ok", problem: null },
        { device: "lost", kind: "sensor", state: "failing", lastReading: null, ageMs: null },
      ],
      apps: [],
    });
    expect(report.devices[0]!.ageMs).toBeGreaterThanOrEqual(0);
    expect(report.devices[1]!.problem).toContain("nothing answers there");
    expect(unwell.code).toBe(7);
  });

  test("over a port: only for names of this machine, only reading", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    await using run = await healthy(["--health", "0"], folder.path);
    expect(run.where).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { port } = new URL(run.where);
    const ask = (headers: Record<string, string>, method = "GET", path = "/") =>
      new Promise<number | undefined>((resolve, reject) => {
        const asking = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asking.on("error", reject).end();
      });
    expect(await ask({})).toBe(200);
    expect(await ask({ host: `localhost:${port}` }, "HEAD")).toBe(200);
    expect(await ask({ host: "evil.example" })).toBe(403);
    expect(await ask({}, "POST")).toBe(405);
    expect(await ask({}, "GET", "/etc/passwd")).toBe(404);
    expect(await busbar(["status", port])).toMatchObject({ code: 0 });
  });

  test("a socket that a killed process left is taken, one in use is not, and the end removes it", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard(), file: "no socket" });
    const socket = join(folder.path, "health.sock");
    {
      await using killed = await healthy(["--health", "./health.sock"], folder.path);
      killed.child.kill("SIGKILL");
      await once(killed.child, "exit");
    }
    expect(existsSync(socket)).toBe(true);
    {
      await using _ = await healthy(["--health", "./health.sock"], folder.path);
      const second = await busbar(["run", "--health", "./health.sock"], { cwd: folder.path });
      expect(second.stderr).toContain("the socket ./health.sock for --health is in use by another program");
      expect(second.code).toBe(6);
    }
    expect(existsSync(socket)).toBe(false);
    const file = await busbar(["run", "--health", "./file"], { cwd: folder.path });
    expect(file.code).toBe(6);
    expect(existsSync(join(folder.path, "file"))).toBe(true);
  });

  test("Ctrl-C, which all processes of a terminal get, removes the socket too", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    await using run = await healthy(["--health", "./health.sock"], folder.path);
    expect(existsSync(join(folder.path, "health.sock"))).toBe(true);
    process.kill(-run.child.pid!, "SIGINT");
    expect(await once(run.child, "exit")).toEqual([0, null]);
    expect(existsSync(join(folder.path, "health.sock"))).toBe(false);
  });

  test("of apps too, and of the sensors that they read", async () => {
    const panel = { driver: wasm("hd44780"), i2c: { bus: "sim", address: "0x27" } };
    const board = simulatedBoard() as { devices: object; simulate: object[] };
    using folder = folderWithModels({
      "board.json": {
        devices: { ...board.devices, panel },
        simulate: [...board.simulate, { i2c: "sim", address: "0x27", model: "hd44780" }],
        apps: { station: { component: wasm("weather-station"), uses: ["indoor", "panel"] } },
      },
    });
    await using _ = await healthy(["--health", "./health.sock"], folder.path);
    const { stdout, code } = await busbar(["status", "./health.sock", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      devices: [
        { device: "indoor", kind: "sensor", state: "ok", problem: null, ageMs: expect.any(Number) },
        { device: "panel", kind: "textDisplay", state: "ok", lastReading: null, ageMs: null },
      ],
      apps: [{ app: "station", state: "running", problem: null }],
    });
    expect(code).toBe(0);
  });

  test("a socket of a program that says nothing is in use, and who finds it so ends", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    const server = createServer().listen(join(folder.path, "health.sock"));
    await once(server, "listening");
    const hangUp = once(server, "connection").then(([connection]) =>
      once((connection as Socket).resume(), "close"),
    );
    const refused = await busbar(["run", "--health", "./health.sock"], { cwd: folder.path });
    expect(refused.stderr).toContain("the socket ./health.sock for --health is in use by another program");
    await hangUp;
    server.close();
  });

  test("clients that ask nothing are hung up on soon", { timeout: 20_000 }, async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    await using run = await healthy(["--health", "./health.sock"], folder.path);
    const silent = Array.from({ length: 16 }, () => connect(join(folder.path, "health.sock")).resume());
    await Promise.all(silent.map((socket) => once(socket, "close")));
    expect(await busbar(["status", "./health.sock"], { cwd: folder.path })).toMatchObject({ code: 0 });
    expect(run.child.exitCode).toBeNull();
  });

  test.runIf(process.platform === "linux")("an abstract socket, and nobody there", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    const name = `@busbar-health-${process.pid}`;
    {
      await using _ = await healthy(["--health", name], folder.path);
      expect(await busbar(["status", name])).toMatchObject({ code: 0 });
      expect(await busbar(["status"], { env: { BUSBAR_HEALTH: name } })).toMatchObject({ code: 0 });
    }
    const gone = await busbar(["status", name]);
    expect(gone.stderr).toContain(`nobody tells at ${name} how a board is`);
    expect(gone.code).toBe(6);
  });

  test("an answer that drips is none", async () => {
    const drips = createServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n{");
      const timer = setInterval(() => socket.write(" "), 100);
      socket.on("error", () => {});
      socket.on("close", () => clearInterval(timer));
    });
    drips.listen(0, "127.0.0.1");
    await once(drips, "listening");
    const { port } = drips.address() as { port: number };
    const asked = await busbar(["status", `${port}`]);
    drips.close();
    expect(asked).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(`nobody tells at port ${port} how a board is (no answer within 5 s)`),
    });
  });
});
