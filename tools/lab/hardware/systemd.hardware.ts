/** examples/systemd/busbar.service: a bundle runs under it, and can reach its I2C bus and nothing else. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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
/** Node and a component start in twenty seconds where the processor is emulated. */
const startMs = 100_000;

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
    systemd = await startSystemd();
  });

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
