import { LabError } from "./error.ts";
import type { Machine } from "./qemu.ts";

/** How long a machine may take, and who hears what its command prints. */
export interface Supervision {
  /** From the start until the guest has its root file system, in milliseconds. */
  readonly bootTimeoutMs: number;
  /** From then until the command has ended. */
  readonly timeoutMs: number;
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Hears what the guest cannot do but can do without. */
  readonly note: (text: string) => void;
}

/** How a machine ended. */
export interface MachineEnd {
  /** The command's exit code; undefined where it never came to that. */
  readonly exitCode: number | undefined;
  /** Whether the guest had its root file system. */
  readonly booted: boolean;
  /** Why there is no exit code. */
  readonly reason: string;
  /** The end of what the console said. */
  readonly console: string;
  /** Milliseconds from the start until the command ran; undefined where it never did. */
  readonly bootMs: number | undefined;
}

/** As much of the console as is kept, in characters. */
const CONSOLE_LIMIT = 64 * 1024;

/** Watches a machine until it has ended. It always ends: by itself, or killed when it takes too long. */
export async function supervise(machine: Machine, supervision: Supervision): Promise<MachineEnd> {
  const start = performance.now();
  let reason = "";
  let consoleText = "";
  let booted = false;
  let bootMs: number | undefined;
  let exitCode: number | undefined;

  const giveUp = (message: string): void => {
    reason = message;
    machine.kill();
  };
  const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;
  let timer = setTimeout(
    () => giveUp(`The virtual machine did not start within ${seconds(supervision.bootTimeoutMs)}.`),
    supervision.bootTimeoutMs,
  );

  const watchStatus = async (): Promise<void> => {
    for await (const line of linesOf(machine.status)) {
      const [word = "", ...rest] = line.split(" ");
      if (word === "ready") {
        booted = true;
        clearTimeout(timer);
        timer = setTimeout(
          () => giveUp(`The command did not end within ${seconds(supervision.timeoutMs)}.`),
          supervision.timeoutMs,
        );
      } else if (word === "started") {
        bootMs = performance.now() - start;
      } else if (word === "exit") {
        exitCode = Number(rest[0]);
      } else if (word === "note") {
        supervision.note(rest.join(" "));
      } else if (word === "failed") {
        reason = `The virtual machine cannot start: ${rest.join(" ")}.`;
      }
    }
  };
  const watchConsole = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of machine.console) {
      consoleText = (consoleText + decoder.decode(chunk, { stream: true })).slice(-CONSOLE_LIMIT);
    }
  };
  const watchOutput = async (): Promise<void> => {
    for await (const chunk of machine.output) supervision.onOutput(chunk);
  };

  try {
    await Promise.all([watchStatus(), watchConsole(), watchOutput(), machine.ended]);
  } finally {
    clearTimeout(timer);
    machine.kill();
  }
  if (exitCode === undefined && reason === "") reason = "The virtual machine ended before its command did.";
  return { exitCode, booted, reason, console: consoleText, bootMs };
}

/** @throws LabError with the console's log, where the command did not end by itself */
export function requireExitCode(end: MachineEnd): number {
  if (end.exitCode === undefined) throw new LabError(end.reason, { console: end.console });
  return end.exitCode;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}
