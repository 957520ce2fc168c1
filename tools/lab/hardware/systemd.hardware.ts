/** examples/systemd/busbar.service: bundles of both hosts run under it, and can reach their I2C bus and nothing else. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import {
  attachI2cAdapter,
  hasSystemd,
  type I2cAdapter,
  inVirtualMachine,
  type Systemd,
  startSystemd,
  waitFor,
} from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SLOW_LIMITS } from "./support.ts";

const execute = promisify(execFile);
const workspace = join(import.meta.dirname, "../../..");
const units = "/etc/systemd/system";
const output = "/run/busbar-lab";
const built = (name: string) => join(workspace, "host/wasmtime/target/debug", name);
const [native, compiler] = [built("busbar-wasmtime"), built("busbar-wasmtime-compile")];
const isBuilt = [native, compiler].every(existsSync);
const UNBUILT = "cargo has not built it: cd host/wasmtime && cargo build";
/** Where the bundle without Node, and its command, are installed. */
const installed = "/opt/busbar-native";
/** Node and a component start in twenty seconds where the processor is emulated. */
const startMs = 100_000;
/** Making both bundles. */
const HOOK_MS = 500_000;

/** What a service with the same confinement finds, as JSON on its standard output. */
const probe = `
import fs from "node:fs";
import net from "node:net";
const attempt = (action) => { try { action(); return "done"; } catch (error) { return error.code; } };
const [own, other] = process.argv.slice(2);
const status = Object.fromEntries(fs.readFileSync("/proc/self/status", "utf8").split("\\n").map((line) => line.split(/:\\s*/)));
const connect = () => new Promise((resolve) => {
  net.connect(22, "127.0.0.1", () => resolve("done")).on("error", ({ code }) => resolve(code));
});
console.log(JSON.stringify({
  root: process.getuid() === 0,
  ownBus: attempt(() => fs.closeSync(fs.openSync(own, "r+"))),
  otherBus: attempt(() => fs.closeSync(fs.openSync(other, "r+"))),
  etc: attempt(() => fs.writeFileSync("/etc/busbar-probe", "")),
  bundle: attempt(() => fs.appendFileSync("/opt/busbar/board.json", " ")),
  locks: attempt(() => fs.writeFileSync("/run/lock/busbar-probe", "")),
  home: attempt(() => fs.readdirSync("/root")),
  network: await connect(),
  capabilities: status.CapBnd,
  noNewPrivileges: status.NoNewPrivs,
  seccomp: status.Seccomp,
}));
`;

describe.runIf(inVirtualMachine() && hasSystemd())("examples/systemd/busbar.service", () => {
  let adapters: I2cAdapter[] = [];
  let systemd: Systemd;

  beforeAll(async () => {
    const target = { address: 0x76, model: "bme280", temperature: 21.5, pressure: 100_000, humidity: 50 };
    adapters = [await attachI2cAdapter([target]), await attachI2cAdapter([])];
    await mkdir(output, { recursive: true });
    await execute("groupadd", ["--system", "--force", "i2c"]);
    // As Debian's rules for udev do, which does not run here.
    for (const { busNumber } of adapters) await execute("chgrp", ["i2c", `/dev/i2c-${busNumber}`]);
    for (const { busNumber } of adapters) await execute("chmod", ["660", `/dev/i2c-${busNumber}`]);

    const i2c = { bus: adapters[0]!.busNumber, address: "0x76" };
    const driver = join(workspace, "packages/bme280/dist/bme280.wasm");
    const board = join(output, "board.json");
    await writeFile(board, JSON.stringify({ devices: { indoor: { driver, i2c, limits: SLOW_LIMITS } } }));
    const command = join(
      dirname(createRequire(import.meta.url).resolve("busbar/package.json")),
      "bin/busbar.js",
    );
    await execute(process.execPath, [command, "bundle", board, "--out", "/opt/busbar"]);

    const unit = (await readFile(join(workspace, "examples/systemd/busbar.service"), "utf8")).replaceAll(
      "/dev/i2c-1",
      `/dev/i2c-${i2c.bus}`,
    );
    // systemd forgets how a service ended that nothing needs any more.
    const ending = "$SERVICE_RESULT $EXIT_CODE $EXIT_STATUS";
    await writeUnit("busbar", unit, `ExecStopPost=/bin/sh -c 'echo "${ending}"'\n`);
    await writeFile("/opt/busbar-probe.mjs", probe);
    const buses = adapters.map(({ busNumber }) => `/dev/i2c-${busNumber}`).join(" ");
    await writeUnit(
      "probe",
      unit,
      `Type=exec\nWatchdogSec=0\nExecStart=\nExecStart=${process.execPath} /opt/busbar-probe.mjs ${buses}\nRestart=no\n`,
    );
    if (isBuilt) await installNative(board, unit, ending);
    systemd = await startSystemd();
  }, HOOK_MS);

  /** The bundle that the native host runs, and the unit as docs/deploy.md says to change it for that. */
  async function installNative(board: string, unit: string, ending: string): Promise<void> {
    const env = { PATH: "/usr/bin:/bin", XDG_CACHE_HOME: join(output, "cache") };
    // Under emulation the compiler takes a minute.
    await execute(compiler, [board, "--out", join(installed, "bundle"), "--deadline", "350"], { env });
    await copyFile(native, join(installed, "busbar-wasmtime"));
    await chmod(join(installed, "busbar-wasmtime"), 0o755);
    const command = `${installed}/busbar-wasmtime run ${installed}/bundle --every 1000 --health /run/busbar/health.sock`;
    const more = `ExecStart=\nExecStart=${command}\nExecStopPost=/bin/sh -c 'echo "${ending}"'\n`;
    await writeUnit(
      "busbar-native",
      unit.replace("/opt/busbar/bundle.lock.json", `${installed}/bundle/bundle.lock.json`),
      more,
    );
  }

  afterAll(async () => {
    await systemd?.[Symbol.asyncDispose]();
    for (const adapter of adapters) await adapter.detach();
  });

  /** The unit as it is, and what is of this machine: Node's place, no other unit of the distribution, and where output goes. */
  async function writeUnit(name: string, unit: string, more: string): Promise<void> {
    await writeFile(join(units, `${name}.service`), unit);
    const environment = [
      `PATH=${dirname(process.execPath)}:/usr/bin:/bin`,
      `NODE_OPTIONS=${process.env.NODE_OPTIONS ?? ""}`,
    ];
    const lines = environment.map((each) => `Environment="${each.replaceAll('"', '\\"')}"\n`).join("");
    await mkdir(join(units, `${name}.service.d`), { recursive: true });
    await writeFile(
      join(units, `${name}.service.d/lab.conf`),
      `[Unit]\nDefaultDependencies=no\n[Service]\n${lines}StandardOutput=append:${output}/${name}.out\nStandardError=append:${output}/${name}.err\n${more}`,
    );
  }

  /** /proc/PID/status of a running command, by how its command line begins: systemd has process numbers of its own here. */
  async function statusOf(command: readonly string[]): Promise<string> {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
      if (command.every((word, index) => words[index] === word))
        return readFile(`/proc/${pid}/status`, "utf8");
    }
    throw new Error(`${command.join(" ")} does not run`);
  }

  const printed = (file: string) => readFile(join(output, file), "utf8").catch(() => "");

  it("systemd has nothing against it, and finds it safe", async () => {
    const file = join(units, "busbar.service");
    const { stdout, stderr } = await execute("systemd-analyze", ["verify", "--man=no", file]);
    expect(stdout + stderr).not.toContain("busbar.service:");
    const security = await execute("systemd-analyze", ["security", "--offline=true", "--no-pager", file]);
    const level = /Overall exposure level for busbar.service: ([\d.]+) /.exec(security.stdout)?.[1];
    expect(Number(level)).toBeLessThan(1.5);
  });

  it("runs the bundle, reads the sensor, and ends cleanly", async () => {
    await systemd.systemctl("start", "busbar");
    const lines = await waitFor(
      "print two readings",
      async () => {
        const text = await printed("busbar.out");
        return text.split("\n").length > 2 ? text.trim().split("\n") : undefined;
      },
      startMs,
    ).catch(async (error: Error) => {
      const status = await systemd.systemctl("show", "busbar", "-p", "Result,ExecMainStatus,ActiveState");
      throw new Error(`${error.message}\n${status}${await printed("busbar.err")}${systemd.log()}`);
    });
    console.log(lines[0]);
    expect(lines[0]).toMatch(/indoor.*21\.[45]/);
    // It has said that it is ready, and how it is.
    const told = await systemd.systemctl("show", "busbar", "-p", "Type,ActiveState,StatusText,WatchdogUSec");
    expect(told).toContain("ActiveState=active");
    expect(told).toContain("StatusText=1 device or app, all well");
    await systemd.systemctl("stop", "busbar");
    // By itself, before TimeoutStopSec.
    expect((await printed("busbar.out")).trim().split("\n").at(-1)).toBe("success exited 0");
    expect(await printed("busbar.err")).toMatch(
      /^\S+Z busbar: health is served at \/run\/busbar\/health\.sock\.\n$/,
    );
  });

  it("runs the bundle without Node, as nobody, confined once more by itself", async ({ skip }) => {
    skip(!isBuilt, UNBUILT);
    await systemd.systemctl("start", "busbar-native");
    const readings = async () => {
      const text = await printed("busbar-native.out");
      return text.split("\n").length > 2 ? text.trim().split("\n") : undefined;
    };
    const lines = await waitFor("print two readings", readings, startMs).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await printed("busbar-native.err")}${systemd.log()}`);
    });
    expect(lines[0]).toMatch(/indoor.*21\.[45]/);
    const shown = await systemd.systemctl("show", "busbar-native", "-p", "ActiveState,StatusText,NRestarts");
    expect(shown).toContain("ActiveState=active");
    expect(shown).toContain("StatusText=1 device or app, all well");
    expect(shown).toContain("NRestarts=0");
    const status = await statusOf([join(installed, "busbar-wasmtime"), "run"]);
    expect(status).not.toMatch(/^Uid:\t0/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    const { stdout } = await execute(native, ["status", "/run/busbar/health.sock"]);
    console.log(stdout.trim());
    expect(stdout).toMatch(/\nindoor {2}sensor {2}ok {2}[\d.]+ s ago\n$/);
    await systemd.systemctl("reload", "busbar-native");
    await waitFor(
      "answer SIGHUP",
      async () => (await printed("busbar-native.err")).includes("is not read again") || undefined,
      startMs,
    );
    await systemd.systemctl("stop", "busbar-native");
    expect((await printed("busbar-native.out")).trim().split("\n").at(-1)).toBe("success exited 0");
    // Nothing about a kernel that cannot confine it.
    expect((await printed("busbar-native.err")).trim().split("\n")).toEqual([
      expect.stringMatching(/health is served at \/run\/busbar\/health\.sock\.$/),
      expect.stringMatching(/ \/opt\/busbar-native\/bundle is not read again \(it is a bundle, /),
    ]);
    expect(existsSync("/run/busbar/health.sock")).toBe(false);
  });

  it("is not needed by the bundle without Node to be confined", async ({ skip }) => {
    skip(!isBuilt, UNBUILT);
    const child = spawn(join(installed, "busbar-wasmtime"), [
      "run",
      join(installed, "bundle"),
      "--json",
      "--every",
      "200",
    ]);
    const told: string[] = [];
    let readings = 0;
    createInterface({ input: child.stdout }).on("line", () => (readings += 1));
    createInterface({ input: child.stderr }).on("line", (line) => told.push(line));
    await expect.poll(() => readings, { timeout: 30_000 }).toBeGreaterThan(2);
    // Of nothing that the kernel cannot hold it back from.
    expect(told).toEqual([]);
    const status = await readFile(`/proc/${child.pid}/status`, "utf8");
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it("gives its process the bus, and nothing else", async () => {
    await systemd.systemctl("start", "probe");
    const text = await waitFor("probe", async () => (await printed("probe.out")) || undefined, startMs).catch(
      async (error: Error) => {
        throw new Error(`${error.message}\n${await printed("probe.err")}${systemd.log()}`);
      },
    );
    console.log(text);
    expect(JSON.parse(text)).toEqual({
      root: false,
      ownBus: "done",
      otherBus: "EPERM",
      etc: "EROFS",
      bundle: "EACCES",
      locks: "done",
      home: "EACCES",
      network: "EAFNOSUPPORT",
      capabilities: "0000000000000000",
      noNewPrivileges: "1",
      seccomp: "2",
    });
  });
});
