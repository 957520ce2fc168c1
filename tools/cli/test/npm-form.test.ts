/**
 * What `pnpm publish` sends of a driver and of the host is enough on a device: installed by npm from a registry into an
 * empty folder, the driver runs without any build tool. (pnpm writes real versions where package.json says
 * "workspace:*" and "catalog:"; npm's own publish does not.)
 */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { folderOf, slow, workspace } from "./support/busbar.ts";
import { onPath, putPackage, startNpmRegistry } from "./support/npm-registry.ts";

const run = promisify(execFile);

/** The packages of this workspace that an operator installs: the command, a driver, and what they depend on. */
const ours = [
  "wit",
  "packages/guest",
  "packages/bme280",
  "packages/model",
  "host/core",
  "host/node",
  "tools/sim",
  "tools/registry",
  "tools/create-driver",
  "tools/cli",
];

/** What they need from others, as it is installed here. */
const foreign = foreignPackages(ours);

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
    for (const file of readdirSync(tarballs)) {
      await run("npm", ["publish", "--ignore-scripts", join(tarballs, file)], { cwd: device, env });
    }
    const packed = await run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", tarballs, ...foreign],
      { cwd: device, env, maxBuffer: 1 << 26 },
    );
    for (const [index, { filename }] of (JSON.parse(packed.stdout) as { filename: string }[]).entries()) {
      await putPackage(registry, foreign[index]!, join(tarballs, filename));
    }

    const packages = ["@busbar/bme280", "@busbar/host-node", "@busbar/sim"];
    const flags = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"];
    writeFileSync(join(device, "package.json"), "{}");
    await run("npm", ["install", ...flags, ...packages], { cwd: device, env });
    const modules = join(device, "node_modules");
    for (const file of ["bme280.wasm", "bme280.d.ts"]) {
      expect(existsSync(join(modules, "@busbar/bme280/dist", file)), file).toBe(true);
    }
    expect(existsSync(join(modules, "@busbar/wit/device/sensor.wit"))).toBe(true);
    expect(readdirSync(modules)).not.toContain("@bytecodealliance");
    for (const name of readdirSync(join(modules, "@busbar"))) {
      const folder = join(modules, "@busbar", name);
      expect(readFileSync(join(folder, "LICENSE"), "utf8"), name).toBe(license);
      expect(mapsWithoutSource(folder), name).toEqual([]);
    }
    await operatorsInstall(folder.path, env);
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

/** `npm install busbar` is enough to run a board and to make a bundle of it, is small, and has no build tool in it. */
async function operatorsInstall(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const cwd = join(folder, "operator");
  mkdirSync(cwd);
  writeFileSync(join(cwd, "package.json"), "{}");
  const flags = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...flags, "busbar", "@busbar/bme280"], { cwd, env });
  const modules = join(cwd, "node_modules");
  expect(readdirSync(join(modules, "@busbar"))).not.toContain("build");
  const files = readdirSync(modules, { recursive: true, encoding: "utf8", withFileTypes: true }).filter(
    (file) => file.isFile(),
  );
  const sizes = files.map((file) => statSync(join(file.parentPath, file.name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000_000);
  const named = files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => /jco|\bJ[cC][oO]/.test(wordsOf(file)));
  expect(named).toEqual([]);

  const i2c = { bus: "sim", address: "0x76" };
  const simulate = [{ i2c: "sim", address: "0x76", model: "bme280", temperature: 21.5 }];
  writeFileSync(
    join(cwd, "board.json"),
    JSON.stringify({ devices: { indoor: { driver: "@busbar/bme280", i2c } }, simulate }),
  );
  const busbar = (...args: string[]) =>
    run(process.execPath, [join(modules, "busbar/bin/busbar.js"), ...args], { cwd, env });
  expect((await busbar("read", "board.json")).stdout).toContain("21.5");
  expect((await busbar("inspect", "@busbar/bme280")).stdout).toContain("a sensor");
  await expect(busbar("build", ".")).rejects.toMatchObject({
    code: 4,
    stderr: expect.stringMatching(
      /^busbar: busbar build needs the build tool, which is not installed beside busbar; run "npm install --save-dev @busbar\/build" there .*\n$/,
    ),
  });
  await busbar("bundle", "board.json", "--out", "bundle");
  const bundle = await run(process.execPath, [join(cwd, "bundle/busbar.mjs"), "read"], { cwd: "/", env: {} });
  expect(bundle.stdout).toContain("21.5");
}

/** A file without what only looks like words: pictures, machine code, digests and the positions of a source map. */
function wordsOf(file: string): string {
  if (/[.](png|node)$/.test(file)) return "";
  return readFileSync(file, "latin1").replace(/sha\d+-[\w+/=]+|"mappings":"[^"]*"/g, "");
}

/** The folders of all packages of others that packages of this workspace depend on, with those that they depend on. */
function foreignPackages(folders: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (folder: string) => {
    const file = join(folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, string>>;
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const other = manifestOf(name, file);
      if (other === undefined) continue;
      const real = realpathSync(dirname(other));
      if (real.startsWith(join(workspace, "node_modules")) && !found.has(real)) {
        found.add(real);
        add(real);
      }
    }
  };
  for (const folder of folders) add(join(workspace, folder));
  return [...found];
}

function manifestOf(name: string, file: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(file));
  } catch {
    // An optional one, for another machine.
    return undefined;
  }
}
