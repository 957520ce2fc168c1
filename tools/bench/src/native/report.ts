/** The host on Wasmtime beside the host for Node: the same components, boards and simulated registers, in turns. */

import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { median } from "../measure.ts";
import { chipDelaysMs, writeBoard } from "./board.ts";
import { type Command, firstOutputMs, processorShare, residentBytes } from "./processes.ts";

const workspace = join(import.meta.dirname, "../../../..");
const rust = join(workspace, "host/wasmtime");
const release = join(rust, "target/release");
const component = join(workspace, "packages/bme280/dist/bme280.wasm");

type Host = "node" | "wasmtime";

interface Measure {
  readonly what: string;
  readonly unit: string;
  readonly runs: number;
  /** Of Node's. */
  readonly must: string;
  take(host: Host): Promise<number>;
}

/**
 * Prints a table of both. The command is built for release, which takes minutes the first time.
 *
 * @param folder for what is made on the way
 */
export async function reportWasmtime(folder: string): Promise<void> {
  build();
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const board = writeBoard(folder, component, 1);
  execFileSync(join(rust, "target/debug/busbar-wasmtime-compile"), [board, "--addresses", "both"], { env });
  const table = new Table({
    head: ["medians, in turns", "Node", "Wasmtime", "ratio", "must"],
    style: { head: [] },
  });
  for (const { what, unit, runs, must, take } of measures(folder, board, env)) {
    const taken: Record<Host, number[]> = { node: [], wasmtime: [] };
    // The first one warms what is cached.
    for (let run = -1; run < runs; run += 1) {
      for (const host of ["node", "wasmtime"] as const) {
        const figure = await take(host);
        if (run >= 0) taken[host].push(figure);
      }
    }
    const [node, wasmtime] = [median(taken.node), median(taken.wasmtime)];
    const figure = (value: number) => `${value.toPrecision(3)} ${unit}`;
    const ratio = wasmtime / node;
    table.push([what, figure(node), figure(wasmtime), ratio.toFixed(ratio < 0.1 ? 3 : 2), must]);
  }
  console.log(table.toString());
  console.log(
    `busbar-wasmtime, stripped: ${(statSync(join(release, "busbar-wasmtime")).size / 1e6).toFixed(2)} MB (must 4)`,
  );
}

function build(): void {
  const cargo = (...parameters: string[]) => {
    execFileSync("cargo", parameters, { cwd: rust, stdio: "inherit" });
  };
  cargo("build", "--release", "--locked", "-p", "busbar-wasmtime");
  cargo("build", "--release", "--locked", "-p", "busbar-host", "--example", "measure");
  if (!existsSync(join(rust, "target/debug/busbar-wasmtime-compile"))) {
    cargo("build", "--locked", "-p", "busbar-wasmtime-compile");
  }
}

/** @param one a board with one sensor */
function measures(folder: string, one: string, env: NodeJS.ProcessEnv): readonly Measure[] {
  const hundred = writeBoard(folder, component, 101);
  const thousand = writeBoard(folder, component, 1000);
  const command = (host: Host, ...parameters: string[]): Command => {
    if (host === "wasmtime") return { program: join(release, "busbar-wasmtime"), parameters, env };
    const script = join(workspace, "tools/cli/bin/busbar.js");
    return { program: process.execPath, parameters: [script, ...parameters], env };
  };
  const figure = async (host: Host, what: string, board: string) => {
    const options = { env, maxBuffer: 1024 * 1024 };
    const script = join(import.meta.dirname, "node-figure.js");
    const output =
      host === "wasmtime"
        ? execFileSync(join(release, "examples/measure"), [what, board], options)
        : execFileSync(process.execPath, ["--expose-gc", script, what, board], options);
    return Number(output.toString());
  };
  const reading = (host: Host) => firstOutputMs(command(host, "read", one));
  const mebibytes = (bytes: number) => bytes / 1024 ** 2;
  return [
    {
      what: "process start to the first reading",
      ...{ unit: "ms", runs: 15, must: "" },
      take: reading,
    },
    {
      what: `the same, without the ${chipDelaysMs} ms that the chip asks for`,
      ...{ unit: "ms", runs: 15, must: "1/30" },
      take: async (host) => (await reading(host)) - chipDelaysMs,
    },
    {
      what: "one reading, normal mode (processor)",
      ...{ unit: "us", runs: 5, must: "0.65" },
      take: (host) => figure(host, "reading", one),
    },
    {
      what: "further instance to its first reading (processor)",
      ...{ unit: "us", runs: 3, must: "1/5" },
      take: (host) => figure(host, "instance", hundred),
    },
    {
      what: "busbar run with one sensor, resident",
      ...{ unit: "MiB", runs: 3, must: "1/8" },
      take: async (host) =>
        mebibytes(await residentBytes(command(host, "run", one, "--every", "500"), 3_000)),
    },
    {
      what: "memory of each further instance (100 of them)",
      ...{ unit: "MiB", runs: 3, must: "0.6" },
      take: async (host) => mebibytes(await figure(host, "memory", hundred)),
    },
    {
      what: "1000 sensors at 1 Hz, share of a processor",
      ...{ unit: "", runs: 1, must: "0.4" },
      take: (host) => processorShare(command(host, "run", thousand, "--every", "1000"), 30_000, 20_000),
    },
  ];
}
