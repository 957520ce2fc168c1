/**
 * Outside this workspace, with packages from a registry: docs/write-a-driver.md word for word, and every template. What is
 * not ours comes from npm's registry, as for anybody.
 */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NpmRegistry, onPath, startNpmRegistry } from "../../cli/test/support/npm-registry.ts";
import { createDriver, kinds } from "../src/index.ts";
import { type Block, blocksOf } from "./markdown.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
/** A driver's author gets these, and all that they depend on. */
const published = ["busbar", "@busbar/contract", "@busbar/create-driver", "@busbar/hid"];
/** A machine that does everything at once takes long for an installation. */
const slow = 600_000;

let folder: string;
let registry: NpmRegistry;
let env: Record<string, string>;

/** Started otherwise than by pnpm, vitest has none; and a machine without its registry can install nothing. */
const upstream = onPath("pnpm") && onPath("npm") ? await reachableRegistry() : undefined;

beforeAll(async () => {
  if (upstream === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "busbar-outside-"));
  const storage = join(folder, "storage");
  mkdirSync(storage);
  const local = ["@busbar/*", "@acme/*", "busbar"];
  registry = await startNpmRegistry(storage, { url: upstream, local });
  writeFileSync(join(folder, "npmrc"), registry.npmrc);
  const { HOME = folder, PATH = "" } = process.env;
  env = {
    HOME,
    // The Node that runs this test, not the one that started pnpm.
    PATH: [dirname(process.execPath), PATH].join(delimiter),
    XDG_CACHE_HOME: join(folder, "cache"),
    npm_config_userconfig: join(folder, "npmrc"),
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    // `npm create` asks before it runs what it has fetched.
    npm_config_yes: "true",
    npm_config_ignore_scripts: "true",
    NO_COLOR: "1",
  };
  const filters = published.flatMap((name) => ["--filter", `${name}...`]);
  const flags = ["--no-git-checks", "--ignore-scripts", "--registry", registry.url];
  await run("pnpm", ["-r", ...filters, "publish", ...flags], { cwd: root, env });
}, slow);

afterAll(async () => {
  if (upstream === undefined) return;
  await registry[Symbol.asyncDispose]();
  // Half a gigabyte of packages.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, slow);

/** The registry that this machine uses, which is not everywhere npm's own; undefined where it does not answer. */
async function reachableRegistry(): Promise<string | undefined> {
  const { stdout } = await run("npm", ["config", "get", "registry"], { cwd: tmpdir() });
  const url = stdout.trim();
  const answer = await fetch(new URL("vitest/latest", url)).catch(() => undefined);
  return answer?.ok ? url : undefined;
}

/** A shell that goes on where the last command ended. */
class Shell {
  #folder: string;

  constructor(start: string) {
    this.#folder = start;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Runs one line, and returns what it printed. @throws with all of its output where it fails */
  async run(line: string): Promise<string> {
    const where = join(folder, "where");
    try {
      const script = `${line}\ncode=$?\npwd > '${where}'\nexit $code`;
      const { stdout } = await run("sh", ["-c", script], { cwd: this.#folder, env, maxBuffer: 1 << 26 });
      this.#folder = readFileSync(where, "utf8").trim();
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "", code } = error as { stdout?: string; stderr?: string; code?: number };
      throw Object.assign(new Error(`${line} failed (${code}):\n${stdout}\n${stderr}`), { code, stderr });
    }
  }
}

// Run the tests with: npx -y pnpm@12 test
test.skipIf(upstream === undefined)(
  "docs/write-a-driver.md can be followed",
  async () => {
    const start = join(folder, "guide");
    mkdirSync(start);
    const shell = new Shell(start);
    let printed = "";
    for (const block of blocksOf(readFileSync(join(root, "docs/write-a-driver.md"), "utf8"))) {
      printed = await follow(shell, block, printed);
    }
    expect(printed).toContain("@acme/mcp9808@0.1.0");
    // What was published is what a device installs.
    const packed = await shell.run("npm view @acme/mcp9808 --json dependencies devDependencies");
    expect(JSON.parse(packed).dependencies).toEqual({ "@busbar/guest": "^0.1.0", "@busbar/wit": "^0.1.0" });

    await everyTemplate(shell);
  },
  slow,
);

/** Does what a block says. @returns what its commands printed; what the last ones did, where it has none */
async function follow(shell: Shell, { language, info, text, line }: Block, printed: string): Promise<string> {
  const where = `docs/write-a-driver.md:${line}`;
  if (language === "sh") {
    let output = "";
    for (const command of text.trim().split("\n")) {
      output += info === "hardware" ? await onHardware(shell, command) : await shell.run(command);
    }
    return output;
  }
  if (language === "text") {
    for (const expected of text.trim().split("\n")) expect(printed, where).toContain(expected.trim());
    return printed;
  }
  expect(["ts", "json"], where).toContain(language);
  expect(info, `${where} names no file`).not.toBe("");
  writeFileSync(join(shell.folder, info), text);
  return printed;
}

/** A command for a machine with a bus and a part: elsewhere it says that there is none, and what to do. */
async function onHardware(shell: Shell, command: string): Promise<string> {
  try {
    return await shell.run(command);
  } catch (error) {
    const { code, stderr } = error as { code?: number; stderr?: string };
    // "this machine lacks something", "a device reported an error": see `busbar --help`.
    expect([6, 7], `${command}: ${stderr}`).toContain(code);
    return "";
  }
}

/** The packages that the guide installed are those of every template, and one more. */
async function everyTemplate(guide: Shell): Promise<void> {
  await guide.run("npm install --no-save --no-package-lock @busbar/hid");
  const { devDependencies, dependencies } = JSON.parse(
    readFileSync(join(guide.folder, "package.json"), "utf8"),
  );
  const installed = new Set([...Object.keys({ ...devDependencies, ...dependencies }), "@busbar/hid"]);
  for (const { bus, device, placeholder } of kinds) {
    // The guide began with it.
    if (device === "sensor") continue;
    const created = await createDriver({ name: placeholder, bus, device }, { from: folder });
    const manifest = JSON.parse(readFileSync(join(created.folder, "package.json"), "utf8"));
    for (const name of Object.keys({ ...manifest.devDependencies, ...manifest.dependencies })) {
      expect(installed, device).toContain(name);
    }
    symlinkSync(join(guide.folder, "node_modules"), join(created.folder, "node_modules"));
    const shell = new Shell(created.folder);
    for (const script of ["test", "typecheck", "lint", "demo"]) await shell.run(`npm run ${script}`);
  }
}
