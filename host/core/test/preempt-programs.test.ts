import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Gate } from "../src/component/preempt/gate.ts";
import { Pace } from "../src/component/preempt/pace.ts";
import { makePreemptible } from "../src/component/preempt/rewrite.ts";
import { LinkError } from "../src/component/reader.ts";
import { type Code, constant, coreModule, end, everything, funcref, i32, leb } from "./preempt-modules.ts";

/** Numbers that are used up: a program is made of them, ends when they do, and shrinks with them. */
class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A number below `limit`; 0 when the tape is at its end. */
  below(limit: number): number {
    const number = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return number % limit;
  }

  get done(): boolean {
    return this.#at >= this.#numbers.length;
  }
}

const functionCount = 3;
/** Two parameters, three that programs use, and one counter a depth of loops. */
const usable = 5;
const deepest = 2;
/** i32.add, sub, mul, and, or, xor, shl, rotl, eq, lt_s, div_u. */
const operators = [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x77, 0x46, 0x48, 0x6e];

/** What surrounds a statement: which of the open blocks may be branched to without going back, innermost first. */
interface Surroundings {
  readonly forward: readonly boolean[];
  readonly depth: number;
  /** The function that it is in: it calls only those behind it, so that every program ends. */
  readonly index: number;
}

function expression(tape: Tape, depth: number): Code {
  if (depth === 0 || tape.done) return constant(tape.below(1000) - 500);
  switch (tape.below(7)) {
    case 0:
      return constant(tape.below(1 << 30));
    case 1:
      return [0x20, tape.below(usable)];
    case 2:
      return [0x23, 0];
    case 3:
      return [expression(tape, depth - 1), constant(0xffc), 0x71, 0x28, 2, 0];
    case 4:
      return [0x3f, 0];
    default:
      return [
        expression(tape, depth - 1),
        expression(tape, depth - 1),
        operators[tape.below(operators.length)]!,
      ];
  }
}

function statements(tape: Tape, around: Surroundings): Code {
  const code: Code[] = [];
  for (let left = 1 + tape.below(5); left > 0 && !tape.done; left -= 1) code.push(statement(tape, around));
  return code;
}

function statement(tape: Tape, around: Surroundings): Code {
  const value = () => expression(tape, 3);
  const inside = (forward: boolean, depth = around.depth): Surroundings => ({
    ...around,
    depth,
    forward: [forward, ...around.forward],
  });
  const targets = around.forward.flatMap((forward, label) => (forward ? [label] : []));
  const label = () => targets[tape.below(targets.length)]!;
  switch (tape.below(16)) {
    case 0:
      return [value(), constant(0xffc), 0x71, value(), 0x36, 2, 0];
    case 1:
      return [value(), 0x24, 0];
    case 2:
      return [0x02, 0x40, statements(tape, inside(true)), end];
    case 3:
      return [value(), 0x04, 0x40, statements(tape, inside(true)), end];
    case 4:
      return [value(), 0x04, 0x40, statements(tape, inside(true)), 0x05, statements(tape, inside(true)), end];
    case 5:
    case 6: {
      if (around.depth === deepest) return [];
      const counter = usable + around.depth;
      const body = statements(tape, inside(false, around.depth + 1));
      const again = [0x20, counter, constant(1), 0x6b, 0x22, counter, 0x0d, 0];
      return [constant(1 + tape.below(3)), 0x21, counter, 0x03, 0x40, body, again, end];
    }
    case 7:
      return [value(), 0x0d, label()];
    case 8:
      return [value(), 0x0e, 2, label(), label(), label()];
    case 9:
      return [0x0c, label()];
    case 10: {
      if (around.index + 1 === functionCount) return [];
      const callee = around.index + 1 + tape.below(functionCount - around.index - 1);
      return [value(), value(), 0x10, callee, 0x21, tape.below(usable)];
    }
    case 11: {
      if (around.index + 1 === functionCount) return [];
      const callee = around.index + 1 + tape.below(functionCount - around.index - 1);
      return [value(), value(), constant(callee), 0x11, 0, 0, 0x21, tape.below(usable)];
    }
    case 12: {
      const operands = [value(), value(), value()].map((operand) => [operand, constant(0x7ff), 0x71]);
      return [operands, tape.below(2) ? [0xfc, 11, 0] : [0xfc, 10, 0, 0]];
    }
    case 13: {
      // try_table with a handler that is the end of the block around it
      const guarded = statements(tape, { ...around, forward: [true, true, ...around.forward] });
      const raise = tape.below(2) ? [value(), 0x04, 0x40, 0x08, 0, end] : [];
      return [0x02, 0x40, 0x1f, 0x40, 1, 0x02, 0, guarded, raise, end, end];
    }
    case 14:
      return [constant(tape.below(2)), 0x40, 0, 0x21, tape.below(usable)];
    default:
      return [value(), 0x21, tape.below(usable)];
  }
}

function program(tape: Tape): Uint8Array<ArrayBuffer> {
  const functions = Array.from({ length: functionCount }, (_, index) => ({
    type: 0,
    locals: [[usable - 2 + deepest, i32]] as const,
    code: [[0x02, 0x40, statements(tape, { forward: [true], depth: 0, index }), end], expression(tape, 2)],
  }));
  return coreModule({
    types: [
      [[i32, i32], [i32]],
      [[], []],
    ],
    tables: [[funcref, 0x00, functionCount]],
    memories: [[0x01, 1, 3]],
    tags: [[0, 1]],
    globals: [[i32, 0x01, constant(7), end]],
    exports: [
      ["run", 0x00, 0],
      ["memory", 0x02, 0],
      ["global", 0x03, 0],
    ],
    elements: [[0, constant(0), end, [leb(functionCount), 0, 1, 2]]],
    functions,
  });
}

/** What a program does: its answers or traps, and what it leaves behind. */
function observe(module: Uint8Array<ArrayBuffer>, gate?: Gate) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
  gate?.attach(exports);
  const { run, memory, global } = exports as {
    run(one: number, two: number): number;
    memory: WebAssembly.Memory;
    global: WebAssembly.Global;
  };
  const answers = [
    [0, 0],
    [1, -1],
    [123456, 789],
  ].map(([one, two]) => {
    try {
      return run(one!, two!);
    } catch (thrown) {
      return (thrown as Error).message;
    }
  });
  const bytes = new Uint8Array(memory.buffer);
  return {
    answers,
    global: global.value,
    pages: bytes.length / 65_536,
    memory: Buffer.from(bytes.subarray(0, 8192)),
  };
}

function gate(): Gate {
  const made = new Gate({ now: () => 0, pace: new Pace(async () => {}), grow: () => true, check: () => {} });
  made.begin(1);
  return made;
}

describe("random programs", () => {
  test("do the same with and without checks", () => {
    let trapped = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 20, maxLength: 400 }), (numbers) => {
        const module = program(new Tape(numbers));
        expect(WebAssembly.validate(module)).toBe(true);
        const prepared = makePreemptible(module);
        expect(WebAssembly.validate(prepared)).toBe(true);
        const expected = observe(module);
        expect(observe(prepared, gate())).toEqual(expected);
        if (expected.answers.some((answer) => typeof answer === "string")) trapped += 1;
      }),
      { seed: 1, numRuns: 1000 },
    );
    // They reach their ends in most cases, or else they would say little.
    expect(trapped).toBeLessThan(500);
  });
});

describe("damaged modules", () => {
  const modules = [
    everything("legacy"),
    everything("current"),
    program(new Tape(Array.from({ length: 300 }, (_, index) => index * 7919))),
  ];

  test.each([
    ["with legacy exceptions", 0],
    ["with current exceptions", 1],
    ["a program", 2],
  ])("%s: what the engine takes stays valid or is refused, and nothing else is thrown", (_, index) => {
    const whole = modules[index]!;
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat(whole.length), { freq: 5 }),
        (changes, length) => {
          const damaged = length === null ? whole.slice() : whole.slice(0, length);
          for (const [position, value] of changes) damaged[position] = value;
          const valid = WebAssembly.validate(damaged);
          try {
            const prepared = makePreemptible(damaged);
            if (!valid) return;
            expect(WebAssembly.validate(prepared)).toBe(true);
            accepted += 1;
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(LinkError);
          }
        },
      ),
      { seed: 1, numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
