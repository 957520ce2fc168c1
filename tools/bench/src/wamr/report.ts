/** The host on WAMR, with machine code and interpreting, beside the host for Node: the same boards and simulated registers, in turns. */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { mediansInTurns, shown } from "../measure.ts";
import { chipDelaysMs, writeBoard } from "../native/board.ts";
import { driverOf, workspace } from "../native/build.ts";
import { type Command, firstOutputMs, residentBytes } from "../native/processes.ts";
import {
  buildWamr,
  compileWamr,
  flattenInto,
  keepWithoutEndChecks,
  wamrMeasureProgram,
  wamrProgram,
} from "./build.ts";

const component = driverOf("bme280");
const mebibytes = (bytes: number) => bytes / 1024 ** 2;

/** How the component runs. */
type Way = "Node" | "machine code" | "interpreter";

/** One thing that all ways are measured by. */
interface Measure {
  readonly what: string;
  readonly unit: string;
  readonly runs: number;
  /** The most that it may be of Node's. */
  readonly must: Readonly<Partial<Record<Way, string>>>;
  take(way: Way): number | Promise<number>;
}

/**
 * Prints the tables. What is measured is built for release, which takes minutes the first time.
 *
 * @param folder for what is made on the way
 */
export async function reportWamr(folder: string): Promise<void> {
  const compiles = buildWamr();
  const ways: readonly Way[] = compiles ? ["Node", "machine code", "interpreter"] : ["Node", "interpreter"];
  const caches = { Node: "node", "machine code": "compiled", interpreter: "interpreted" } as const;
  const env = (way: Way) => ({ ...process.env, XDG_CACHE_HOME: join(folder, caches[way]) });
  const one = writeBoard(folder, component, 1);
  for (const way of ["machine code", "interpreter"] as const)
    flattenInto(join(folder, caches[way]), component);
  if (compiles) {
    const start = performance.now();
    compileWamr(one, env("machine code"));
    console.log(`Machine code of bme280 is made in ${shown((performance.now() - start) / 1000)} s.`);
  }
  await compare(ways, besideNode(folder, one, env));
  execFileSync(wamrMeasureProgram, ["endless", folder]);
  if (compiles) compileWamr(join(folder, "endless.json"), env("machine code"));
  await compare(ways.slice(1), [ended(folder, env)]);
  if (compiles) await reportChecks(folder, one, env("machine code"));
  const size = statSync(wamrProgram).size;
  console.log(`busbar-wamr, stripped: ${mebibytes(size).toFixed(2)} MiB (must 1.2)`);
}

async function compare(ways: readonly Way[], measures: readonly Measure[]): Promise<void> {
  const [base, ...others] = ways as [Way, ...Way[]];
  const isBesideNode = base === "Node";
  const ratios = isBesideNode ? others.flatMap((way) => [`${way} / Node`, "must"]) : ["must"];
  const table = new Table({ head: ["medians, in turns", ...ways, ...ratios], style: { head: [] } });
  for (const { what, unit, runs, must, take } of measures) {
    const figures = await mediansInTurns(ways, runs, take);
    const cells = ways.map((way) => `${shown(figures[way])} ${unit}`);
    const besides = isBesideNode
      ? others.flatMap((way) => [(figures[way] / figures[base]).toFixed(3), must[way] ?? ""])
      : [must[base] ?? ""];
    table.push([what, ...cells, ...besides]);
  }
  console.log(table.toString());
}

/** @param one a board with one sensor */
function besideNode(folder: string, one: string, env: (way: Way) => NodeJS.ProcessEnv): readonly Measure[] {
  const hundred = writeBoard(folder, component, 101);
  const command = (way: Way, ...parameters: string[]): Command =>
    way === "Node"
      ? {
          program: process.execPath,
          parameters: [join(workspace, "tools/cli/bin/busbar.js"), ...parameters],
          env: process.env,
        }
      : { program: wamrProgram, parameters, env: env(way) };
  const figure = (way: Way, what: string, board: string) => {
    if (way !== "Node")
      return Number(execFileSync(wamrMeasureProgram, [what, board], { env: env(way) }).toString());
    const script = join(import.meta.dirname, "../native/node-figure.js");
    return Number(execFileSync(process.execPath, ["--expose-gc", script, what, board]).toString());
  };
  const musts = (compiled: string, interpreted: string) => ({
    "machine code": compiled,
    interpreter: interpreted,
  });
  return [
    {
      what: `process start to the first reading, without the ${chipDelaysMs} ms that the chip asks for`,
      ...{ unit: "ms", runs: 15, must: musts("0.15", "0.8") },
      take: async (way) => (await firstOutputMs(command(way, "read", one))) - chipDelaysMs,
    },
    {
      what: "one reading, normal mode (processor)",
      ...{ unit: "us", runs: 5, must: musts("0.5", "14") },
      take: (way) => figure(way, "reading", one),
    },
    {
      what: "busbar run with one sensor, resident",
      ...{ unit: "MiB", runs: 3, must: musts("0.12", "0.12") },
      take: async (way) => mebibytes(await residentBytes(command(way, "run", one, "--every", "500"), 3_000)),
    },
    {
      what: "memory of each further instance (100 of them; what they share counts once)",
      ...{ unit: "MiB", runs: 3, must: musts("0.6", "") },
      take: (way) => mebibytes(figure(way, "memory", hundred)),
    },
  ];
}

/** A driver that never returns. */
function ended(folder: string, env: (way: Way) => NodeJS.ProcessEnv): Measure {
  const board = join(folder, "endless.json");
  const late = (way: Way) =>
    Number(execFileSync(wamrMeasureProgram, ["late", board], { env: env(way) }).toString());
  return {
    what: "a loop without end is ended after its limit within",
    ...{ unit: "ms", runs: 9, must: { "machine code": "50 ms", interpreter: "50 ms" }, take: late },
  };
}

/** What it costs that machine code looks, where it jumps back, whether it was told to end. */
async function reportChecks(folder: string, board: string, env: NodeJS.ProcessEnv): Promise<void> {
  const without = join(folder, "without-checks");
  keepWithoutEndChecks(flattenInto(without, component), without, env.XDG_CACHE_HOME!);
  const caches = { checked: env.XDG_CACHE_HOME, unchecked: without };
  const { checked, unchecked } = await mediansInTurns(["checked", "unchecked"], 15, (way) => {
    const wayEnv = { ...env, XDG_CACHE_HOME: caches[way] };
    return Number(execFileSync(wamrMeasureProgram, ["reading", board], { env: wayEnv }).toString());
  });
  console.log(
    `A reading with machine code that can be ended takes ${shown(checked)} us, with such that cannot ${shown(unchecked)} us: ` +
      `${((checked / unchecked - 1) * 100).toFixed(1)} % more (must 3 %).`,
  );
}
