/** The hosts that the tests of devices run on: each opens the same board files, and has its own command for them. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BoardFile, OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { inVirtualMachine } from "@busbar/lab/guest";
import { describe } from "vitest";
import { driver, onWamr as wamr, onWasmtime as wasmtime } from "./native-program.ts";
import { RemoteBoard } from "./remote-board.ts";

/** Everything as often as it is meant, which takes twice as long; a part of it is what a change has to wait for. */
export const isWhole = Boolean(process.env.BUSBAR_LAB_WHOLE);
const busbar = fileURLToPath(new URL("../../cli/bin/busbar.js", import.meta.url));

/** The devices of a board: of what the library for Node has, as much as is there on every host. */
export type BoardUnderTest = AsyncDisposable &
  Pick<OpenBoard, "sensor" | "textDisplay" | "blockDevice" | "serialPort" | "hid" | "camera">;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host, and what a test does with it. */
export interface HostUnderTest<Name extends string = string> {
  readonly name: Name;
  /** Whether cargo has built it, where that has to; with BUSBAR_NATIVE=required it has to have. */
  readonly isBuilt: boolean;
  /** Whether it runs apps that bring drivers of their own. */
  readonly runsComposed: boolean;
  /** Whether it takes seconds to begin, so that one case has to stand for others that differ in figures only. */
  readonly isBrief: boolean;
  /**
   * How much of a lot is done: all with BUSBAR_LAB_WHOLE on Node; less where all of it goes as text, through another process, on an
   * emulated processor.
   */
  readonly portion: number;
  /** The same for bytes, of which each is text to an app of the command: less where that is interpreted. */
  readonly portionOfBytes: number;
  /** Opens the board of a file, in this process where the host can be in it. @throws whatever it says about the board */
  open(path: string): Promise<BoardUnderTest>;
  /**
   * Opens the board of a file by the host's command: for devices that live in this process, and have to answer while the host
   * waits for the kernel.
   */
  openApart(path: string): BoardUnderTest;
  /** Starts its command. The caller ends it. */
  start(...parameters: string[]): ChildProcessWithoutNullStreams;
  /** Runs its command to the end. */
  run(...parameters: string[]): Promise<Ended>;
  /** Whether its command has this one, "doctor": what it lists when it is asked for help. */
  has(command: string): Promise<boolean>;
}

/**
 * Writes a board into a folder of its own, with an app by which a command is asked what a program asks the library for, unless it
 * has apps.
 *
 * @returns the path of the file
 */
export async function boardFile(board: BoardFile): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "busbar-board-")), "board.json");
  const remote = {
    component: driver("device-calls"),
    uses: Object.keys(board.devices),
    // What a disk gives at once is a megabyte.
    limits: { memoryMiB: 256 },
  };
  await writeFile(path, JSON.stringify({ apps: { remote }, ...board }));
  return path;
}

/** A host by its command. */
function byCommand(line: readonly [string, ...string[]], cacheFolder: string) {
  const [program, ...before] = line;
  const env = { ...process.env, XDG_CACHE_HOME: cacheFolder };
  const start = (...parameters: string[]) => spawn(program, [...before, ...parameters], { env });
  const run = (...parameters: string[]) =>
    new Promise<Ended>((resolve, reject) => {
      const options = { env, maxBuffer: 2 ** 26 };
      execFile(program, [...before, ...parameters], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number") resolve({ code, stdout, stderr });
        else reject(new Error(`${program} ended with ${error?.signal ?? code}: ${stderr}`));
      });
    });
  let help: Promise<Ended> | undefined;
  return {
    start,
    run,
    openApart: (path: string) => new RemoteBoard(start("run", path, "--stdin")),
    async has(command: string) {
      help ??= run("--help");
      const { code, stdout, stderr } = await help;
      if (code !== 0) throw new Error(`${program} gives no help: ${stderr}`);
      return new RegExp(`^ {2}${command} `, "m").test(stdout);
    },
  };
}

/** The host for Node: the library, in this process. */
export const onNode: HostUnderTest<"node"> = {
  name: "node",
  isBuilt: true,
  runsComposed: true,
  isBrief: false,
  portion: isWhole ? 1 : 1 / 4,
  portionOfBytes: isWhole ? 1 : 1 / 4,
  open: (path) => openBoard(path),
  // V8's collection of code kills this process too, now and then: see vitest.hardware.config.ts.
  ...byCommand([process.execPath, "--no-wasm-code-gc", busbar], "/tmp/busbar-cache"),
};

/** A host without Node, of which only a command is there. */
function withoutNode<const Name extends string>(
  name: Name,
  { command, cache }: { command: string; cache: string },
  can: Pick<HostUnderTest, "runsComposed" | "isBrief" | "portionOfBytes">,
): HostUnderTest<Name> {
  const calls = byCommand([command], cache);
  return {
    name,
    isBuilt: process.env.BUSBAR_NATIVE === "required" || [command, cache].every(existsSync),
    portion: 1 / 32,
    ...can,
    open: async (path) => calls.openApart(path),
    ...calls,
  };
}

const onWasmtime = withoutNode("wasmtime", wasmtime, {
  runsComposed: true,
  isBrief: false,
  portionOfBytes: 1 / 32,
});

/** It interprets, and each driver and app is checked and loaded anew, in an emulated machine. */
const onWamr = withoutNode("wamr", wamr, {
  runsComposed: false,
  isBrief: !isWhole,
  portionOfBytes: isWhole ? 1 / 128 : 1 / 1024,
});

/** The hosts of which only a command is there. */
export const hostsWithoutNode = [onWasmtime, onWamr] as const;

/** The hosts for Node and on Wasmtime, which have everything. */
export const wholeHosts = [onNode, onWasmtime] as const;

/** All hosts. */
export const hosts = [onNode, ...hostsWithoutNode] as const;

/** How often something is done on a host that is done so often on the host for Node with BUSBAR_LAB_WHOLE. */
export function times(host: HostUnderTest, count: number): number {
  return Math.max(Math.floor(count * host.portion), host.isBrief ? 1 : 3);
}

/** Of cases that differ in figures only, as many as a host has time for. */
export function some<Case>(host: HostUnderTest, cases: readonly Case[]): readonly Case[] {
  return host.isBrief ? cases.slice(0, 1) : cases;
}

/** Describes what devices have to do on each of some hosts. One that cargo has not built is left out. */
export function describeOn(
  hosts: readonly HostUnderTest[],
  title: string,
  body: (host: HostUnderTest) => void,
): void {
  for (const host of hosts) {
    describe.runIf(inVirtualMachine() && host.isBuilt)(`${title}, on ${host.name}`, () => body(host));
  }
}
