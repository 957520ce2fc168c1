/** What the tests of preemption run guests with. */

import { expect } from "vitest";
import { Gate, type GateOptions } from "../src/component/preempt/gate.ts";
import { promising } from "../src/component/preempt/jspi.ts";
import { Pace } from "../src/component/preempt/pace.ts";
import { makePreemptible } from "../src/component/preempt/rewrite.ts";
import { type Code, end, type Parts } from "./preempt-modules.ts";

/** A pace on Node's event loop that counts how often a guest was held. */
export class CountingPace extends Pace {
  holds = 0;

  constructor() {
    super(() => new Promise((resolve) => setImmediate(resolve)));
  }

  override queue() {
    this.holds += 1;
    return super.queue();
  }
}

/** A gate on a clock that goes on by a millisecond with each look. */
export function rig(options: Partial<GateOptions> = {}) {
  const counts = { now: 0 };
  const pace = new CountingPace();
  const gate = new Gate({
    now: () => counts.now,
    pace,
    grow: () => true,
    pinnedMs: Number.POSITIVE_INFINITY,
    ...options,
    check: () => {
      counts.now += 1;
      options.check?.();
    },
  });
  return { counts, pace, gate };
}

/** An instance of a prepared module, its functions as they may be called while it can be held. */
export function start(gate: Gate, module: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports = {}) {
  expect(WebAssembly.validate(module)).toBe(true);
  const prepared = makePreemptible(module);
  expect(WebAssembly.validate(prepared)).toBe(true);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(prepared), imports);
  const started = gate.attach(exports);
  const functions = exports as Record<string, (...values: number[]) => number>;
  return { exports, started, functions, run: async () => promising(functions.run!)() };
}

/** Does `code` for ever. */
export const loop = (...code: Code): Code => [0x03, 0x40, code, 0x0c, 0, end];
/** Code of so many bytes that does nothing. */
export const nops = (count: number): Code => Array.from({ length: count }, () => 0x01);
/** One memory of one page. */
export const oneMemory: Parts = { memories: [[0x00, 1]] };
