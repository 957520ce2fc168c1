/** The host on Wasmtime, confined by the kernel, on a real adapter of it: from a bundle, as a device runs it. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { attachI2cAdapter, inVirtualMachine } from "@busbar/lab/guest";
import { describe, expect, test } from "vitest";

const built = (name: string) =>
  fileURLToPath(new URL(`../../../host/wasmtime/target/debug/${name}`, import.meta.url));
const [run, compile] = [built("busbar-wasmtime"), built("busbar-wasmtime-compile")];
const driver = fileURLToPath(new URL("../../../packages/bme280/dist/bme280.wasm", import.meta.url));
const UNBUILT = "cargo has not built it: cd host/wasmtime && cargo build";

describe.runIf(inVirtualMachine())("the native host, confined", () => {
  test("reads its sensor, and says of nothing that the kernel cannot hold it", { timeout: 400_000 }, async ({
    skip,
  }) => {
    skip(![run, compile].every(existsSync), UNBUILT);
    const folder = mkdtempSync(join(tmpdir(), "busbar-confined-"));
    const env = { PATH: "/usr/bin:/bin", XDG_CACHE_HOME: join(folder, "cache") };
    await using adapter = await attachI2cAdapter([{ address: 0x76, model: "bme280" }]);
    const bus = adapter.busNumber;
    const board = { devices: { indoor: { driver, i2c: { bus, address: "0x76" } } } };
    writeFileSync(join(folder, "board.json"), JSON.stringify(board));
    // Under emulation the compiler takes a minute.
    await promisify(execFile)(compile, ["board.json", "--out", "made", "--deadline", "350"], {
      cwd: folder,
      env,
    });

    const child = spawn(run, ["run", "made", "--json", "--every", "200"], { cwd: folder, env });
    const told: string[] = [];
    let readings = 0;
    createInterface({ input: child.stdout }).on("line", () => (readings += 1));
    createInterface({ input: child.stderr }).on("line", (line) => told.push(line));
    await expect.poll(() => readings, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(told).toEqual([]);
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);

    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
