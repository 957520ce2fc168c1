/** Runs an engine's builder in a process of its own, because that evaluates the driver's module: it may never end. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ComponentizeOptions as StarlingMonkeyOptions } from "@bytecodealliance/componentize-js";
import type { ComponentizeOpts as QuickJsOptions } from "componentize-qjs";
import { BuildError } from "./error.ts";
import type { MicroOptions } from "./micro/micro.ts";

/** How long an evaluation may take, in milliseconds, unless somebody says otherwise. */
export const defaultEvaluationMs = 60_000;

/** How much memory it may take, in MiB, unless somebody says otherwise; StarlingMonkey's builder alone takes 750. */
export const defaultEvaluationMiB = 2048;

/** How often that is looked at, in milliseconds. */
const lookEveryMs = 100;

/** What the process is sent. */
export type EngineTask =
  | { readonly engine: "quickjs"; readonly options: QuickJsOptions }
  | { readonly engine: "starlingmonkey"; readonly options: StarlingMonkeyOptions }
  | { readonly engine: "micro"; readonly options: MicroOptions };

/** What it answers. */
export type EngineAnswer = { readonly component: Uint8Array } | { readonly error: string };

/** What an evaluation may take, and what to call the driver where it takes more. */
export interface EvaluationLimit {
  readonly evaluationMs: number;
  readonly evaluationMiB: number;
  /** The driver's entry, as messages name it. */
  readonly entry: string;
}

/**
 * Builds a component.
 *
 * @throws BuildError when the module's top level does not end in time, or ends the engine; Error with the engine's message
 */
export async function runEngine(task: EngineTask, limit: EvaluationLimit): Promise<Uint8Array> {
  // The builders leave files behind when they are ended.
  const temporary = await mkdtemp(join(tmpdir(), "busbar-engine-"));
  const child = startEngine(temporary, limit);
  try {
    const answer = await answerOf(child, task, limit);
    if ("error" in answer) throw new Error(answer.error);
    return answer.component;
  } finally {
    endGroup(child);
    await rm(temporary, { recursive: true, force: true });
  }
}

function startEngine(temporary: string, { evaluationMs }: EvaluationLimit): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const script = fileURLToPath(
    new URL(isSource ? "./engine-child.ts" : "./engine-child.js", import.meta.url),
  );
  // The time of the processor is only for what survives the end of this process; the builders use several.
  const limits = `ulimit -t ${Math.ceil(evaluationMs / 100)}; exec "$0" "$@"`;
  const [command, ...args] =
    process.platform === "win32" ? [process.execPath] : ["/bin/sh", "-c", limits, process.execPath];
  return spawn(command!, [...args, script], {
    // A group of its own: StarlingMonkey's builder starts a process itself.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
    env: { ...process.env, TMPDIR: temporary },
  });
}

function answerOf(child: ChildProcess, task: EngineTask, limit: EvaluationLimit): Promise<EngineAnswer> {
  const { entry, evaluationMs, evaluationMiB } = limit;
  const { promise, resolve, reject } = Promise.withResolvers<EngineAnswer>();
  const refuse = (why: string) => reject(new BuildError(`${entry}: the driver's module ${why}`));
  const timer = setTimeout(() => {
    const seconds = evaluationMs / 1000;
    refuse(
      `does not finish loading within ${seconds} s; what loops at its top level belongs into an exported function.`,
    );
  }, evaluationMs);
  const looking = setInterval(() => {
    if (memoryOf(child.pid!) <= evaluationMiB * 2 ** 20) return;
    refuse(`takes more than ${evaluationMiB} MiB of memory while it is loaded.`);
  }, lookEveryMs);
  child.on("message", (answer: EngineAnswer) => resolve(answer));
  child.on("error", reject);
  child.on("exit", (code, signal) => {
    refuse(`ended the engine while it was loaded (${signal ?? `exit code ${code}`}).`);
  });
  child.send(task, () => undefined);
  return promise.finally(() => {
    clearTimeout(timer);
    clearInterval(looking);
  });
}

/** What a process and those that it started have in memory, in bytes (proc(5)); 0 where the system does not tell. */
function memoryOf(pid: number | string): number {
  try {
    const [, pages = "0"] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    // Pages have 4 KiB at least.
    return Number(pages) * 4096 + children.reduce((sum, child) => sum + memoryOf(child), 0);
  } catch {
    return 0;
  }
}

/** It is no loss where they have ended. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
