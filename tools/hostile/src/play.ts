import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenBoard } from "@busbar/host";
import { boardOf, openSimulated } from "./board.ts";
import { goesOn, type HostileCase } from "./case.ts";

/** How long an app may go on before it is ended, in milliseconds. */
const appMs = 400;

/** A folder with the binary of a case, as its board names it. */
export async function folderOf(each: HostileCase): Promise<Disposable & { readonly path: string }> {
  const path = mkdtempSync(join(tmpdir(), "busbar-hostile-"));
  writeFileSync(join(path, "case.wasm"), await each.bytes());
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/**
 * Runs a case through the host, in this process.
 *
 * @param folder where its binary is
 * @returns what came first: the message of what was thrown, or why its driver ended; "goes on" where nothing did
 */
export async function play(each: HostileCase, folder: string): Promise<string> {
  const reasons: string[] = [];
  try {
    await using board = await openSimulated(boardOf(each), folder, {
      onEvent: (event) => {
        if (event.kind === "lifecycle" && event.event === "trapped") reasons.push(event.reason ?? "");
      },
    });
    await use(board, each);
  } catch (thrown) {
    reasons.push(withoutName(thrown instanceof Error ? thrown.message : String(thrown)));
  }
  return reasons[0] ?? goesOn;
}

/** Whose it is has to be said in each message. */
function withoutName(message: string): string {
  const name = "hostile: ";
  return message.startsWith(name) ? message.slice(name.length) : `(it is not said whose) ${message}`;
}

/** Asks for everything that its kind has. */
async function use(board: OpenBoard, { kind }: HostileCase): Promise<void> {
  switch (kind) {
    case "sensor": {
      await using sensor = await board.sensor("hostile");
      await sensor.read();
      return;
    }
    case "display": {
      await using display = await board.textDisplay("hostile");
      await display.clear();
      await display.write(0, 0, "hello");
      return;
    }
    case "component": {
      const { exports } = await board.component("hostile");
      await callAll(exports);
      return;
    }
    default:
      await runFor(board, appMs);
  }
}

async function callAll(exports: object): Promise<void> {
  for (const value of Object.values(exports)) {
    if (typeof value === "function") await value();
    else await callAll(value);
  }
}

/** An app that goes on is ended. */
async function runFor(board: OpenBoard, ms: number): Promise<void> {
  const over = new Error("its time was over");
  try {
    const controller = new AbortController();
    setTimeout(() => controller.abort(over), ms);
    await board.run("hostile", { signal: controller.signal, output: () => undefined });
  } catch (thrown) {
    if (thrown !== over) throw thrown;
  }
}
