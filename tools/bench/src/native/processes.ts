import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { residentBytesOf } from "../measure.ts";

/** A command, and the environment that it runs in. */
export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Milliseconds from the start of a process to its first output. */
export async function firstOutputMs({ program, parameters, env }: Command): Promise<number> {
  const start = performance.now();
  const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const ms = performance.now() - start;
  await once(child, "close");
  return ms;
}

/** Milliseconds from `main` to the first output, as c/first_output.c or after-start.ts tells it in a process. */
export async function mainToOutputMs({ program, parameters, env }: Command): Promise<number> {
  const { stderr } = await promisify(execFile)(program, parameters, { env });
  const told = /^main to first output: ([\d.]+) us$/m.exec(stderr)?.[1];
  if (told === undefined) throw new Error(`${program} was not told when its first output came:\n${stderr}`);
  return Number(told) / 1000;
}

/** What a process that goes on has resident after its first output, and after so long, in bytes. */
export async function residentBytes(command: Command, afterMs: number): Promise<number> {
  return await whileRunning(command, async (pid) => {
    await sleep(afterMs);
    return residentBytesOf(pid);
  });
}

/** The share of a processor that a process takes over a time that begins so long after its first output. */
export async function processorShare(command: Command, afterMs: number, ms: number): Promise<number> {
  return await whileRunning(command, async (pid) => {
    await sleep(afterMs);
    const before = processorSeconds(pid);
    const start = performance.now();
    await sleep(ms);
    return (processorSeconds(pid) - before) / ((performance.now() - start) / 1000);
  });
}

async function whileRunning<Result>(
  { program, parameters, env }: Command,
  look: (pid: number) => Promise<Result>,
): Promise<Result> {
  const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    child.stdout.resume();
    return await look(child.pid!);
  } finally {
    child.kill("SIGTERM");
    await once(child, "close");
  }
}

/** proc(5): utime and stime, in hundredths of a second. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
