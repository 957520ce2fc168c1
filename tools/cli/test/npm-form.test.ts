/**
 * What `pnpm publish` sends of a driver and of the host is enough on a device: installed by npm from a registry into an
 * empty folder, the driver runs without any build tool. (pnpm writes real versions where package.json says
 * "workspace:*" and "catalog:"; npm's own publish does not.)
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { folderOf, slow, workspace } from "./support/busbar.ts";
import { onPath, startNpmRegistry } from "./support/npm-registry.ts";

const run = promisify(execFile);

/** The packages of this workspace that a device needs, and the simulator in place of its hardware. */
const ours = ["wit", "packages/guest", "packages/bme280", "host/core", "host/node", "tools/sim"];

/** What they need from others, as it is installed here. */
const foreign = [
  installed("host/core", "valibot"),
  installed("host/node", "koffi"),
  installed("host/node", "usb"),
  ...["@types/w3c-web-usb", "node-addon-api", "node-gyp-build"].map((name) =>
    beside(installed("host/node", "usb"), name),
  ),
];

const program = `
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
const i2c = { bus: "sim", address: "0x76" };
const board = {
  devices: { indoor: { driver: "@busbar/bme280", i2c } },
  simulate: [{ i2c: "sim", address: "0x76", model: "bme280", temperature: 21.5 }],
};
await using opened = await openBoard(board, { simulate, i2c: [], usb: [] });
const sensor = await opened.sensor("indoor");
console.log((await sensor.read()).temperature.toFixed(1));
`;

/** Packing takes the workspace's licence into each package, which has none of its own. */
const license = readFileSync(join(workspace, "LICENSE"), "utf8");

/** The source maps that scripts and declarations name, and that have not the sources themselves: those are not packed. */
function mapsWithoutSource(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => {
    if (!/\.[jt]s$/.test(file)) return false;
    const map = /^\/\/# sourceMappingURL=(.+)$/m.exec(readFileSync(join(folder, file), "utf8"))?.[1];
    if (map === undefined) return false;
    const { sources, sourcesContent } = JSON.parse(
      readFileSync(join(folder, dirname(file), map), "utf8"),
    ) as { sources: string[]; sourcesContent?: string[] };
    return sourcesContent?.length !== sources.length;
  });
}

test("a driver installed by npm runs without build tools; a damaged one is refused", {
  timeout: 5 * slow,
}, async ({ skip }) => {
  skip(
    !onPath("pnpm") || !onPath("npm"),
    "pnpm or npm is not on PATH; run the tests with: npx -y pnpm@12 test",
  );
  using folder = folderOf({});
  const [tarballs, storage, device] = ["tarballs", "storage", "device"].map((name) =>
    join(folder.path, name),
  ) as [string, string, string];
  for (const each of [tarballs, storage, device]) mkdirSync(each);
  const registry = await startNpmRegistry(storage);
  try {
    writeFileSync(join(folder.path, "npmrc"), registry.npmrc);
    const env = {
      PATH: process.env.PATH,
      HOME: folder.path,
      npm_config_userconfig: join(folder.path, "npmrc"),
      npm_config_cache: join(folder.path, "cache"),
      npm_config_update_notifier: "false",
    };
    for (const name of ours) {
      await run("pnpm", ["pack", "--pack-destination", tarballs], { cwd: join(workspace, name) });
    }
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", tarballs, ...foreign], {
      cwd: device,
      env,
    });
    for (const file of readdirSync(tarballs)) {
      await run("npm", ["publish", "--ignore-scripts", join(tarballs, file)], { cwd: device, env });
    }

    const packages = ["@busbar/bme280", "@busbar/host-node", "@busbar/sim"];
    const flags = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"];
    writeFileSync(join(device, "package.json"), "{}");
    await run("npm", ["install", ...flags, ...packages], { cwd: device, env });
    const modules = join(device, "node_modules");
    for (const file of ["bme280.wasm", "bme280.d.ts", "bme280/component.js", "bme280/manifest.json"]) {
      expect(existsSync(join(modules, "@busbar/bme280/dist", file)), file).toBe(true);
    }
    expect(existsSync(join(modules, "@busbar/wit/device/sensor.wit"))).toBe(true);
    expect(readdirSync(modules)).not.toContain("@bytecodealliance");
    for (const name of readdirSync(join(modules, "@busbar"))) {
      const folder = join(modules, "@busbar", name);
      expect(readFileSync(join(folder, "LICENSE"), "utf8"), name).toBe(license);
      expect(mapsWithoutSource(folder), name).toEqual([]);
    }
    writeFileSync(join(device, "run.mjs"), program);
    expect((await run(process.execPath, ["run.mjs"], { cwd: device, env })).stdout).toBe("21.5\n");

    const stored = join(storage, "@busbar/bme280/bme280-0.1.0.tgz");
    const bytes = readFileSync(stored);
    // RFC 1952, 2.3.1: the operating system, which nothing uses. The archive unpacks as before: only its digest tells.
    bytes[9] = bytes[9]! ^ 1;
    writeFileSync(stored, bytes);
    const another = join(folder.path, "another");
    mkdirSync(another);
    writeFileSync(join(another, "package.json"), "{}");
    const emptyCache = { ...env, npm_config_cache: join(folder.path, "empty") };
    await expect(
      run("npm", ["install", ...flags, "@busbar/bme280"], { cwd: another, env: emptyCache }),
    ).rejects.toThrow("EINTEGRITY");
    // Nothing is recorded as installed. What npm had unpacked by then it takes away itself, if it gets to it in time.
    expect(readFileSync(join(another, "package.json"), "utf8")).toBe("{}");
    expect(existsSync(join(another, "package-lock.json"))).toBe(false);
    expect(existsSync(join(another, "node_modules/.package-lock.json"))).toBe(false);
  } finally {
    await registry[Symbol.asyncDispose]();
  }
});

function installed(folder: string, name: string): string {
  return realpathSync(join(workspace, folder, "node_modules", name));
}

/** pnpm puts a package's own dependencies beside it. */
function beside(folder: string, name: string): string {
  return realpathSync(join(dirname(folder), name));
}
