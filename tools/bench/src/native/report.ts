/** The host on Wasmtime beside the host for Node and beside Python: the same boards and simulated registers, in turns. */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { mediansInTurns, shown } from "../measure.ts";
import { chipDelaysMs, writeBoard } from "./board.ts";
import { buildNative, compileDrivers, driverOf, measureProgram, nativeProgram, workspace } from "./build.ts";
import { compileC, orSayWhy } from "./c-programs.ts";
import { type Command, firstOutputMs, mainToOutputMs, processorShare, residentBytes } from "./processes.ts";
import { pythonCommands, pythonLibrary } from "./python.ts";

const component = driverOf("bme280");

type Host = "node" | "wasmtime";

/** One thing that two ways of doing it are measured by. */
interface Measure {
  readonly what: string;
  readonly unit: string;
  readonly runs: number;
  /** The most that Wasmtime's may be of the other's. */
  readonly must: string;
  wasmtime(): Promise<number>;
  other(): Promise<number>;
}

/**
 * Prints a table beside each. The command is built for release, which takes minutes the first time.
 *
 * @param folder for what is made on the way
 */
export async function reportWasmtime(folder: string): Promise<void> {
  buildNative();
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const board = writeBoard(folder, component, 1);
  compileDrivers(board, env, "--addresses", "both");
  await compare("Node", besideNode(folder, board, env));
  const python = pythonCommands(folder);
  if (python === undefined) console.log("Python is not installed here, so nothing is measured beside it.");
  else await compare(`Python, ${pythonLibrary}`, besidePython(board, env, python));
  console.log(`busbar-wasmtime, stripped: ${(statSync(nativeProgram).size / 1e6).toFixed(2)} MB (must 4)`);
}

async function compare(other: string, measures: readonly Measure[]): Promise<void> {
  const head = ["medians, in turns", other, "Wasmtime", "ratio", "must"];
  const table = new Table({ head, style: { head: [] } });
  for (const measure of measures) {
    const { other: others, wasmtime } = await mediansInTurns(["other", "wasmtime"], measure.runs, (way) =>
      measure[way](),
    );
    const figure = (value: number) => `${shown(value)} ${measure.unit}`;
    const ratio = wasmtime / others;
    const digits = ratio < 0.1 ? 3 : 2;
    table.push([measure.what, figure(others), figure(wasmtime), ratio.toFixed(digits), measure.must]);
  }
  console.log(table.toString());
}

function nativeCommand(env: NodeJS.ProcessEnv, ...parameters: string[]): Command {
  return { program: nativeProgram, parameters, env };
}

/** One figure of busbar-host's examples/measure. */
function nativeFigure(env: NodeJS.ProcessEnv, what: string, board: string): number {
  return Number(execFileSync(measureProgram, [what, board], { env }).toString());
}

const mebibytes = (bytes: number) => bytes / 1024 ** 2;

/** @param one a board with one sensor */
function besideNode(folder: string, one: string, env: NodeJS.ProcessEnv): readonly Measure[] {
  const hundred = writeBoard(folder, component, 101);
  const thousand = writeBoard(folder, component, 1000);
  const command = (host: Host, ...parameters: string[]): Command => {
    if (host === "wasmtime") return nativeCommand(env, ...parameters);
    const script = join(workspace, "tools/cli/bin/busbar.js");
    return { program: process.execPath, parameters: [script, ...parameters], env };
  };
  const figure = (host: Host, what: string, board: string) => {
    if (host === "wasmtime") return nativeFigure(env, what, board);
    const script = join(import.meta.dirname, "node-figure.js");
    return Number(execFileSync(process.execPath, ["--expose-gc", script, what, board], { env }).toString());
  };
  const both = (take: (host: Host) => number | Promise<number>) => ({
    wasmtime: async () => take("wasmtime"),
    other: async () => take("node"),
  });
  const reading = (host: Host) => firstOutputMs(command(host, "read", one));
  return [
    {
      what: "process start to the first reading",
      ...{ unit: "ms", runs: 15, must: "" },
      ...both(reading),
    },
    {
      what: `the same, without the ${chipDelaysMs} ms that the chip asks for`,
      ...{ unit: "ms", runs: 15, must: "1/30" },
      ...both(async (host) => (await reading(host)) - chipDelaysMs),
    },
    ...mainToReading(folder, command, one),
    {
      what: "one reading, normal mode (processor)",
      ...{ unit: "us", runs: 5, must: "0.65" },
      ...both((host) => figure(host, "reading", one)),
    },
    {
      what: "further instance to its first reading (processor)",
      ...{ unit: "us", runs: 3, must: "1/5" },
      ...both((host) => figure(host, "instance", hundred)),
    },
    {
      what: "busbar run with one sensor, resident",
      ...{ unit: "MiB", runs: 3, must: "1/8" },
      ...both(async (host) =>
        mebibytes(await residentBytes(command(host, "run", one, "--every", "500"), 3_000)),
      ),
    },
    {
      what: "memory of each further instance (999 of them; what they share counts once)",
      ...{ unit: "MiB", runs: 1, must: "0.6" },
      ...both((host) => mebibytes(figure(host, "memory", thousand))),
    },
    {
      what: "1000 sensors at 1 Hz, share of a processor",
      ...{ unit: "", runs: 1, must: "0.4" },
      ...both((host) => processorShare(command(host, "run", thousand, "--every", "1000"), 30_000, 20_000)),
    },
  ];
}

/** From `main`, of Node from the end of its start, to the first reading; nothing where there is no C compiler. */
function mainToReading(
  folder: string,
  command: (host: Host, ...parameters: string[]) => Command,
  one: string,
): readonly Measure[] {
  const preloaded = orSayWhy(() => compileC("first-output.so", folder));
  if (preloaded === undefined) return [];
  const told = async (host: Host, more: Partial<Command>) =>
    (await mainToOutputMs({ ...command(host, "read", one), ...more })) - chipDelaysMs;
  const { env, parameters } = command("node", "read", one);
  const hook = join(import.meta.dirname, "after-start.js");
  return [
    {
      what: "main (of Node: the end of its start) to the first reading, likewise",
      ...{ unit: "ms", runs: 15, must: "1/20" },
      wasmtime: () => told("wasmtime", { env: { ...env, LD_PRELOAD: preloaded } }),
      other: () => told("node", { parameters: ["--import", hook, ...parameters] }),
    },
  ];
}

/** Python measures in forced mode, and its waits are left out; here the chip measures by itself. */
function besidePython(
  one: string,
  env: NodeJS.ProcessEnv,
  python: (what: string, board: string) => Command,
): readonly Measure[] {
  return [
    {
      what: `process start to the first reading, without the ${chipDelaysMs} ms that the chip asks for`,
      ...{ unit: "ms", runs: 15, must: "0.1" },
      wasmtime: async () => (await firstOutputMs(nativeCommand(env, "read", one))) - chipDelaysMs,
      other: () => firstOutputMs(python("read", one)),
    },
    {
      what: "one reading (processor)",
      ...{ unit: "us", runs: 5, must: "1.4" },
      wasmtime: async () => nativeFigure(env, "reading", one),
      other: async () => {
        const { program, parameters } = python("reading", one);
        return Number(execFileSync(program, parameters, { env }).toString());
      },
    },
    {
      what: "a reading each half second, resident",
      ...{ unit: "MiB", runs: 3, must: "0.7" },
      wasmtime: async () =>
        mebibytes(await residentBytes(nativeCommand(env, "run", one, "--every", "500"), 3_000)),
      other: async () => mebibytes(await residentBytes(python("run", one), 3_000)),
    },
  ];
}
