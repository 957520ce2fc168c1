/**
 * Outside this workspace, with packages from a registry: README.md and docs/write-a-driver.md word for word, and every
 * template. What is not ours comes from npm's registry, as for anybody.
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onPath } from "../../cli/test/support/npm-registry.ts";
import { createDriver, kinds } from "../src/index.ts";
import { type Block, blocksOf } from "./markdown.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
/** A machine that does everything at once takes long for an installation. */
const slow = 600_000;

let folder: string;
/** What README.md calls "local-registry". */
let registry: ChildProcess;
let env: Record<string, string>;

/** Started otherwise than by pnpm, vitest has none; and a machine without its registry can install nothing. */
const upstream = onPath("pnpm") && onPath("npm") ? await reachableRegistry() : undefined;

beforeAll(async () => {
  if (upstream === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "busbar-outside-"));
  registry = spawn(process.execPath, [join(root, "scripts/local-registry.mjs"), "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [, npmrc] = /npm_config_userconfig=(.+)/.exec(await printedBy(registry)) ?? [];
  const { HOME = folder, PATH = "" } = process.env;
  env = {
    HOME,
    // The Node that runs this test, not the one that started pnpm; and the command, as README.md says.
    PATH: [dirname(process.execPath), join(root, "node_modules/.bin"), PATH].join(delimiter),
    XDG_CACHE_HOME: join(folder, "cache"),
    npm_config_userconfig: npmrc!,
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    // `npm create` asks before it runs what it has fetched.
    npm_config_yes: "true",
    npm_config_ignore_scripts: "true",
    NO_COLOR: "1",
  };
}, slow);

afterAll(async () => {
  if (upstream === undefined) return;
  registry.kill();
  await once(registry, "close");
  // Half a gigabyte of packages.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, slow);

/** The first that a process prints, up to the line that says what to export. @throws where it ends before */
async function printedBy({ stdout }: ChildProcess): Promise<string> {
  let printed = "";
  for await (const text of stdout!.setEncoding("utf8")) {
    printed += text;
    if (/userconfig=.+\n/.test(printed)) return printed;
  }
  throw new Error(`The registry ended after: ${printed}`);
}

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

  /** Runs a line that does not end, and types Ctrl-C when it has printed something. @throws where it ends before */
  async untilCtrlC(line: string): Promise<void> {
    const child = spawn("sh", ["-c", `exec ${line}`], { cwd: this.#folder, env, detached: true });
    const errors: Buffer[] = [];
    child.stderr.on("data", (bytes: Buffer) => errors.push(bytes));
    child.stdout.once("data", () => process.kill(-child.pid!, "SIGINT"));
    const [code, signal] = await once(child, "close");
    // busbar puts its parts to sleep, and ends well; a program of the reader's own ends by the signal.
    expect(signal ?? code, `${line}:\n${Buffer.concat(errors)}`).toBe(
      line.startsWith("busbar ") ? 0 : "SIGINT",
    );
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
      printed = await follow(shell, block, printed, "docs/write-a-driver.md");
    }
    expect(printed).toContain("@acme/mcp9808@0.1.0");
    // What was published is what a device installs.
    const packed = await shell.run("npm view @acme/mcp9808 --json dependencies devDependencies");
    expect(JSON.parse(packed).dependencies).toEqual({ "@busbar/guest": "^0.1.0", "@busbar/wit": "^0.1.0" });

    await everyTemplate(shell);
  },
  slow,
);

// README.md's own driver from an empty folder, the board and the driver that follow it, and all other examples.
test.skipIf(upstream === undefined)(
  "README.md can be followed in its order",
  async () => {
    // Beside the "clone", where the page's first commands end.
    const start = join(folder, "readme", "clone");
    mkdirSync(start, { recursive: true });
    const shell = new Shell(start);
    const blocks = blocksOf(readFileSync(join(root, "README.md"), "utf8"));
    let printed = "";
    for (const block of blocks) printed = await follow(shell, block, printed, "README.md");
    expect(shell.folder).toBe(join(folder, "readme", "tmp75"));
    // A page without commands could be followed as well.
    const commands = blocks.filter(({ language, info }) => language === "sh" && info !== "elsewhere");
    expect(commands.length).toBeGreaterThan(8);
  },
  slow,
);

/**
 * Does what a block says. What stands behind its language says where: a file, "elsewhere" for what is not done here (the
 * whole of the tests, another machine), "clone" for what is done in this workspace, "hardware", and "endless".
 *
 * @returns what its commands printed; what the last ones did, where it has none
 */
async function follow(shell: Shell, block: Block, printed: string, page: string): Promise<string> {
  const { language, info, text, line } = block;
  const where = `${page}:${line}`;
  if (language === "sh") {
    if (info === "elsewhere") return printed;
    let output = "";
    const at = info.includes("clone") ? new Shell(root) : shell;
    for (const command of text.trim().split("\n")) {
      if (info.startsWith("endless")) await at.untilCtrlC(command);
      else output += info === "hardware" ? await onHardware(at, command) : await at.run(inFolder(command));
    }
    return output;
  }
  if (language === "text") {
    for (const expected of text.trim().split("\n")) expect(printed, where).toContain(expected.trim());
    return printed;
  }
  expect(["ts", "json"], where).toContain(language);
  // A part of a file, to be read.
  if (page === "README.md" && info === "") return printed;
  expect(info, `${where} names no file`).not.toBe("");
  writeFileSync(join(shell.folder, info), text);
  return printed;
}

/** What is written beside the clone belongs into this test's folder. */
function inFolder(command: string): string {
  return command.replace("--out ../", `--out ${join(folder, "readme")}/`);
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
  for (const { bus, device, hasId: id, placeholder } of kinds) {
    // The guide began with the one, and the README with the other.
    if (bus === "i2c" && device === "sensor") continue;
    const created = await createDriver({ name: placeholder, bus, device, id }, { from: folder });
    const manifest = JSON.parse(readFileSync(join(created.folder, "package.json"), "utf8"));
    for (const name of Object.keys({ ...manifest.devDependencies, ...manifest.dependencies })) {
      expect(installed, device).toContain(name);
    }
    symlinkSync(join(guide.folder, "node_modules"), join(created.folder, "node_modules"));
    const shell = new Shell(created.folder);
    for (const script of ["test", "typecheck", "lint", "demo"]) await shell.run(`npm run ${script}`);
  }
}
