/** Lines that do what a test says, and note what a driver does with them: for tests of driver classes. */

import type { Time } from "./board-time.ts";
import { DriverError } from "./errors.ts";
import type { GpioLines, InputLine, InputOutputLine, LineEdge, LineEdges, OutputLine } from "./gpio-lines.ts";

/** What an input does. */
export interface PlayedInput {
  /** Which voltage means "active"; "high" where left out. */
  readonly activeLevel?: "high" | "low";
  /** What it is, from the first time that it is read on; the last value stays. */
  readonly reads?: readonly boolean[];
  /** What each wait for edges gives; nothing from the end on, when the time that is waited passes. */
  readonly waits?: readonly (readonly LineEdge[])[];
  /** What each question for lost edges gives; 0 from the end on. */
  readonly lost?: readonly number[];
}

/** Lines, time, and everything that was done, in order: 'input button', 'set relay true', 'wait echo 60'. */
export class GpioPlayback {
  readonly calls: string[] = [];
  readonly lines: GpioLines;
  readonly time: Time;
  readonly #inputs: Readonly<Record<string, PlayedInput>>;
  #nowMs = 0;
  #failure: { readonly at: number; readonly error: DriverError } | undefined;

  /** @param inputs by the names of their lines; outputs need nothing */
  constructor(inputs: Readonly<Record<string, PlayedInput>> = {}) {
    this.#inputs = inputs;
    this.lines = {
      input: (name) => this.#call(`input ${name}`, () => this.#input(name)),
      output: (name) => this.#call(`output ${name}`, () => this.#output(name)),
      inputOutput: (name) =>
        this.#call(`input and output ${name}`, (): InputOutputLine => {
          const { read } = this.#input(name);
          return { ...this.#output(name), read };
        }),
    };
    this.time = {
      nowMs: () => this.#nowMs,
      waitMs: (ms) => {
        this.calls.push(`pause ${ms}`);
        this.#nowMs += ms;
      },
    };
  }

  /**
   * Lets a call fail, once.
   *
   * @param call its place among all calls of lines, from 0
   */
  failAt(call: number, error = DriverError.bus("bus", "injected")): void {
    this.#failure = { at: call, error };
  }

  #call<Result>(call: string, answer: () => Result): Result {
    const at = this.calls.push(call) - 1;
    if (this.#failure?.at === at) throw this.#failure.error;
    return answer();
  }

  #output(name: string): OutputLine {
    return { name, set: (active) => this.#call(`set ${name} ${active}`, () => undefined) };
  }

  #input(name: string): InputLine {
    const { activeLevel = "high", reads = [false] } = this.#inputs[name] ?? {};
    let read = 0;
    return {
      name,
      activeLevel,
      read: () => this.#call(`read ${name}`, () => reads[Math.min(read++, reads.length - 1)]!),
      watch: () => this.#call(`watch ${name}`, () => this.#edges(name)),
    };
  }

  #edges(name: string): LineEdges {
    const { waits = [], lost = [] } = this.#inputs[name] ?? {};
    let waited = 0;
    let asked = 0;
    return {
      wait: (timeoutMs) =>
        this.#call(`wait ${name} ${timeoutMs}`, () => {
          const edges = waits[waited++] ?? [];
          this.#nowMs = edges.at(-1)?.timeMs ?? this.#nowMs + timeoutMs;
          return edges;
        }),
      lost: () => this.#call(`lost ${name}`, () => lost[asked++] ?? 0),
      [Symbol.dispose]: () => void this.calls.push(`end ${name}`),
    };
  }
}
