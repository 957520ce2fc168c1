import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BuildError, flattenComponent } from "@busbar/build";
import { HostError } from "@busbar/host";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The workspace, where `@busbar/bme280` and the examples are. */
export const workspace = dirname(dirname(packageFolder));

/** The built BME280 component. */
export const bme280 = join(workspace, "packages/bme280/dist/bme280.wasm");

/**
 * The command that is tested instead of this package's own: `test/shared` has what every command for boards answers alike,
 * and runs against the one on Wasmtime too (`pnpm test:native`).
 */
const other = process.env.BUSBAR_COMMAND;

/** Whether the command that is tested runs flattened components only, as the one on WAMR does. */
export const flattens = process.env.BUSBAR_FLATTENED !== undefined;

/** Whether the command that is tested is this package's own. */
export const isOwnCommand = other === undefined;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a command runs. */
export interface RunOptions {
  /** The working folder; the workspace by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is this package's own command whichever is tested: for what only that has. */
  readonly own?: boolean;
  /** What the command reads; nothing by default. */
  readonly stdin?: "pipe";
  /** Where it prints, as a descriptor; to the test by default. */
  readonly stdout?: number;
  /** Whether it leads a process group of its own, which a test can tell to end as a terminal does. */
  readonly detached?: boolean;
  /** A machine that the command sees instead of this one: see machine.mjs. */
  readonly machine?: object;
}

/** Runs the built command as a user would, to its end. */
export function busbar(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return ended(start(args, options));
}

/** Starts the built command. The caller ends it. */
export function start(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { cwd = workspace, detached = false, env = {}, machine, stdin = "ignore", stdout = "pipe" } = options;
  const [program, ...before] = commandLine(options);
  return spawn(program!, [...before, ...args], {
    cwd,
    detached,
    stdio: [stdin, stdout, "pipe"],
    env: {
      ...environment(),
      ...(machine !== undefined && { TEST_MACHINE: JSON.stringify(machine) }),
      ...env,
    },
  });
}

/** The program that is tested, and what stands before its arguments. */
export function commandLine({ machine, own }: Pick<RunOptions, "machine" | "own"> = {}): string[] {
  if (other !== undefined && !own) return [other];
  const preload = machine === undefined ? [] : ["--import", join(packageFolder, "test/support/machine.mjs")];
  return [process.execPath, ...preload, join(packageFolder, "bin/busbar.js")];
}

/** Nothing of the person who runs the tests: colours, debugging, caches. */
export function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, XDG_CACHE_HOME: join(packageFolder, ".cache") };
}

/** A machine that runs all packages' tests at once starts many processes, each slowly. */
export const slow = 60_000;

/** Prepares the BME280 driver, so that no test waits for that. */
export async function warmCache(): Promise<void> {
  const { code, stderr } = await busbar(["read", "examples/indoor/board.json"]);
  if (code !== 0) throw new Error(stderr);
}

/** What a started command wrote, once it ends. */
export function ended(child: ChildProcess): Promise<Ended> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, ...output }));
  });
}

/**
 * A folder of files that is removed again, with the models installed that simulate chips: the command for Node has them without
 * that.
 */
export function folderWithModels(files: Readonly<Record<string, string | Uint8Array | object>>): FolderOf {
  const folder = folderOf(files);
  const scope = join(folder.path, "node_modules/@busbar");
  mkdirSync(scope, { recursive: true });
  symlinkSync(join(workspace, "packages/models"), join(scope, "models"));
  return folder;
}

/** A folder of files that is removed again. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array | object>>): FolderOf {
  const path = mkdtempSync(join(tmpdir(), "busbar-cli-"));
  for (const [name, content] of Object.entries(files)) {
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), isRaw ? content : JSON.stringify(content));
    if (flattens && content instanceof Uint8Array) writeFlattened(join(path, name), content);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** The flattened form of a component, beside it; one that has none is refused by the command, as a user's would be. */
function writeFlattened(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file.replace(/\.wasm$/, ".core.wasm"), flattenComponent({ name: basename(file), bytes }));
  } catch (error) {
    if (!(error instanceof BuildError || error instanceof HostError)) throw error;
  }
}

/** A folder, and its end. */
export interface FolderOf extends Disposable {
  readonly path: string;
}

/** A part on the bus "sim" that every host simulates, and that drivers which never ask it anything can be wired to. */
export function simulatedRegisters(
  address: string,
  registers: Readonly<Record<string, string>> = {},
): object {
  return { i2c: "sim", address, model: "registers", registers };
}

/** What a BME280 holds in the worked example of its data sheet: 25.08 °C, 100653.26 Pa. */
export const bme280Registers = {
  "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
  "0xE1": "6301001524031e",
  "0xD0": "60",
  "0xF7": "655ac07eed006f15",
};

/** A board with one simulated BME280 that always measures the same; parts of it can be replaced. */
export function simulatedBoard(device: object = {}, simulated: object = {}): object {
  const i2c = { bus: "sim", address: "0x76" };
  const values = { temperature: 21.5, pressure: 100_000, humidity: 50 };
  return {
    devices: { indoor: { driver: bme280, i2c, ...device } },
    simulate: [{ i2c: "sim", address: "0x76", model: "bme280", ...values, ...simulated }],
  };
}
