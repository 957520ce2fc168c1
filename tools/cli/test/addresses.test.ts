/** Two hundred drivers in one process whose addresses are limited: the command starts itself with the flag that they need. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bme280, type Ended, ended, folderOf, slow, warmCache, workspace } from "./support/busbar.ts";

const addresses = ["0x76", "0x77"];
const names = Array.from({ length: 200 }, (_, index) => `sensor-${index}`);
const wiring = names.map((_, index) => ({ bus: `sim${index >> 1}`, address: addresses[index & 1]! }));
const board = {
  devices: Object.fromEntries(names.map((name, index) => [name, { driver: bme280, i2c: wiring[index] }])),
  simulate: wiring.map(({ bus, address }) => ({ i2c: bus, address, model: "bme280", temperature: 21.5 })),
};

/** Runs the command in a shell whose limit of addresses is set. */
function limited(limitGiB: number, args: readonly string[], cwd: string): Promise<Ended> {
  const script = `ulimit -v ${limitGiB * 1024 ** 2} && exec "$@"`;
  const command = [process.execPath, join(workspace, "tools/cli/bin/busbar.js"), ...args];
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, XDG_CACHE_HOME: join(workspace, "tools/cli/.cache") };
  return ended(
    spawn("sh", ["-c", script, "sh", ...command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] }),
  );
}

describe.skipIf(process.platform !== "linux")("a limit of addresses", { timeout: 3 * slow }, () => {
  beforeAll(warmCache, 3 * slow);

  test("200 drivers run under 64 GiB", async () => {
    using folder = folderOf({ "board.json": board });
    const { code, stdout, stderr } = await limited(64, ["read", "board.json", "--json"], folder.path);
    expect(stderr).toBe("");
    const { readings, errors } = JSON.parse(stdout) as { readings: { device: string }[]; errors: unknown[] };
    expect(errors).toEqual([]);
    expect(readings.map(({ device }) => device)).toEqual(names);
    expect(code).toBe(0);
  });

  test("under 8 GiB they are refused in one sentence, before the first starts", async () => {
    using folder = folderOf({ "board.json": board });
    const { code, stdout, stderr } = await limited(8, ["read", "board.json"], folder.path);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^busbar: the components of this board need 14 GiB of addresses, even with --disable-wasm-trap-handler, .*\n$/,
    );
    expect(code).toBe(6);
  });
});
