/**
 * `pnpm test:hardware`: runs the tests of hardware/ in the virtual machine, or here against real hardware where
 * BUSBAR_HARDWARE_BOARD names a board file. The exit code is the tests' own; 2 where they could not run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "./error.ts";
import { boot, RESULTS_INSIDE } from "./machine.ts";
import { I2C_MODULES, USB_MODULES } from "./modules.ts";
import { qemuParallelArguments } from "./qemu-parallel.ts";
import { qemuUsbArguments, STORAGE_IMAGE } from "./qemu-usb.ts";
import { unfinishedFiles } from "./unfinished.ts";

/**
 * The tests of one host take about twelve minutes where the processor is emulated on an idle machine with two cores, those of both less
 * than twice that.
 */
const TEST_TIMEOUT_MS = 75 * 60_000;

const lab = fileURLToPath(new URL("..", import.meta.url));
const resultsFolder = join(lab, "test-results");
/** Of the run, and of a second one where the process of the first died. */
const reports = ["hardware.json", "hardware-again.json"] as const;

/**
 * @param report the file for the report for programs, as the tests see it
 * @param filters which test files; all of them without
 */
function vitestCommand(report: string, filters: readonly string[]): string[] {
  const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
  return [
    ...[process.execPath, join(vitest, "vitest.mjs"), "run"],
    ...["--root", lab, "--config", join(lab, "vitest.hardware.config.ts"), "--configLoader", "native"],
    ...["--reporter", "default", "--reporter", "json", "--outputFile.json", report],
    ...filters,
  ];
}

/** What the operator set for the tests, and colours where this is a terminal. */
function environment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith("BUSBAR_") || name === "CI");
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" }),
  };
}

async function onRealHardware(boardFile: string): Promise<number> {
  // Where the command was typed is lost on the way here; it is the checkout's root, as for every command of the README.
  const board = resolve(lab, "../..", boardFile);
  if (!existsSync(board)) {
    throw new LabError(`There is no board file ${board}; set BUSBAR_HARDWARE_BOARD to the path of one.`);
  }
  const [program, ...parameters] = vitestCommand(join(resultsFolder, reports[0]), process.argv.slice(2));
  const child = spawn(program!, parameters, {
    stdio: "inherit",
    env: { ...process.env, BUSBAR_HARDWARE_BOARD: board },
    timeout: TEST_TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 2;
}

async function inVirtualMachine(): Promise<number> {
  const exitCode = await runInMachine(reports[0], process.argv.slice(2));
  if (exitCode === 0 || process.argv.length > 2) return exitCode;
  const first = join(resultsFolder, reports[0]);
  const files = globSync("hardware/*.hardware.ts", { cwd: lab }).map((file) => join(lab, file));
  const left = unfinishedFiles(existsSync(first) ? await readFile(first, "utf8") : undefined, files);
  if (left.length === 0) return exitCode;
  console.error(
    `The process of the tests died; ${left.length} files that it did not finish are run once more.`,
  );
  return await runInMachine(reports[1], left);
}

/** Runs tests in a machine of their own; the exit code is theirs. */
async function runInMachine(report: string, filters: readonly string[]): Promise<number> {
  const socketFolder = await mkdtemp("/tmp/busbar-monitor-");
  const result = await boot({
    command: vitestCommand(join(RESULTS_INSIDE, report), filters),
    workingDirectory: lab,
    environment: environment(),
    modules: [...I2C_MODULES, ...USB_MODULES],
    timeoutMs: TEST_TIMEOUT_MS,
    resultsFolder,
    qemuArguments: [...qemuUsbArguments(resultsFolder, socketFolder), ...qemuParallelArguments()],
    onOutput: (chunk) => process.stdout.write(chunk),
    note: (text) => console.error(text),
  }).finally(() => {
    rmSync(socketFolder, { recursive: true, force: true });
    rmSync(join(resultsFolder, STORAGE_IMAGE), { force: true });
  });
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
  console.error(
    `Linux in QEMU (${result.accelerator}): started in ${seconds(result.bootMs)} s, all in ${seconds(result.totalMs)} s.`,
  );
  return result.exitCode;
}

try {
  for (const report of reports) await rm(join(resultsFolder, report), { force: true });
  await mkdir(resultsFolder, { recursive: true });
  const board = process.env.BUSBAR_HARDWARE_BOARD;
  process.exitCode = board ? await onRealHardware(board) : await inVirtualMachine();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  if (error.console) console.error(`--- console ---\n${error.console.trimEnd()}\n---------------`);
  console.error(error.message);
  process.exitCode = 2;
}
