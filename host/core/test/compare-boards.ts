/** Whether the native host (host/wasmtime) judges boards as this one does, in the same words. Needs cargo. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { randomOf } from "@busbar/fuzz";
import { parseBoardText } from "../src/board/parse.ts";
import { HostError } from "../src/error.ts";
import { normalForm } from "./board-normal-form.ts";
import { randomBoard } from "./random-boards.ts";

type Verdict = { readonly accept: unknown } | { readonly refuse: string };

/** How often boards were judged in which way. */
export interface BoardTally {
  readonly accepted: number;
  readonly refused: number;
  /** Of the refused: those that are no JSON, about which each host has its own words. */
  readonly noJson: number;
  /** How many different sentences were told, without names and numbers. */
  readonly sentences: number;
}

const manifest = fileURLToPath(new URL("../../wasmtime/Cargo.toml", import.meta.url));
const native = [
  "run",
  "--quiet",
  "--manifest-path",
  manifest,
  "-p",
  "busbar-core",
  "--example",
  "check_boards",
];

const noJson = "board.json is not JSON: ";
/** So many are on their way at once, so that neither side waits for each one. */
const batch = 500;

/**
 * Judges random boards on both hosts.
 *
 * @param seed the same one gives the same boards
 * @throws Error with the board and both verdicts, at the first that differs
 */
export async function compareBoards(runs: number, seed: number): Promise<BoardTally> {
  const child = spawn("cargo", native, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = lines(child.stdout);
  const exited = once(child, "exit");
  const sentences = new Set<string>();
  const tally = { accepted: 0, refused: 0, noJson: 0 };
  try {
    for (let done = 0; done < runs; done += batch) {
      const texts = Array.from({ length: Math.min(batch, runs - done) }, (_, index) =>
        randomBoard(randomOf(Math.imul(seed, 0x9e37_79b1) + done + index)),
      );
      child.stdin.write(texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
      for (const [index, text] of texts.entries()) {
        const answer = await answers.next();
        if (answer.done)
          throw new Error(`the native host ended at board ${done + index} of seed ${seed}: ${text}`);
        const verdict = judge(text);
        const other = JSON.parse(answer.value) as Verdict;
        if (comparable(verdict) !== comparable(other)) {
          throw new Error(
            `board ${done + index} of seed ${seed}: ${JSON.stringify(text)}\n  here   ${comparable(verdict)}\n  native ${comparable(other)}`,
          );
        }
        if ("accept" in verdict) tally.accepted += 1;
        else {
          tally.refused += 1;
          if (verdict.refuse.startsWith(noJson)) tally.noJson += 1;
          sentences.add(verdict.refuse.replaceAll(/"[^"]*"|[0-9]+/g, ""));
        }
      }
    }
  } finally {
    child.stdin.end();
    await exited;
  }
  return { ...tally, sentences: sentences.size };
}

/** By newlines only: node:readline takes U+2028 for one, which JSON has in its texts. */
async function* lines(output: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of output.setEncoding("utf8")) {
    const parts = `${rest}${chunk}`.split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

function judge(text: string): Verdict {
  try {
    return { accept: normalForm(parseBoardText(text, "board.json")) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { refuse: error.message };
  }
}

function comparable(verdict: Verdict): string {
  const isNoJson = "refuse" in verdict && verdict.refuse.startsWith(noJson);
  return isNoJson ? noJson : JSON.stringify(verdict);
}
