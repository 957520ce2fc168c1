/**
 * Runs the calls into a component instance, one after the other, on one stack that lives as long as the instance.
 *
 * `WebAssembly.promising` takes a new stack for each call, and V8 (up to 14.x) gives the address space of a stack back only
 * while few are suspended at once: two hundred sensors a second would use up 128 TiB within days. So one loop in a
 * small module of our own is called once: it waits for the next call as a guest waits for a device, calls the core
 * function, and leaves the result in a global.
 *
 * Source: WebAssembly JavaScript Promise Integration; WebAssembly Core Specification 5 (binary format).
 */

import { promising, suspending } from "./preempt/jspi.ts";
import type { CoreType, CoreValue } from "./shapes/shape.ts";
import { Trap } from "./trap.ts";
import { Writer } from "./writer.ts";

/** The core type of a lifted function: at most one result (CanonicalABI.md, `MAX_FLAT_RESULTS`). */
export interface Signature {
  readonly params: readonly CoreType[];
  readonly result: CoreType | undefined;
}

const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
/** `const` instructions of 0. */
const zeros = {
  i32: [0x41, 0],
  i64: [0x42, 0],
  f32: [0x43, 0, 0, 0, 0],
  f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
} as const;

/** The globals that take a signature's parameters and its result, by index. */
interface Places {
  readonly params: readonly number[];
  readonly result: number | undefined;
}

/** What `next` gives the loop to end it. */
const endOfLoop = -1;

/** The loop's module for functions of some signatures; all instances share it. */
class RunnerModule {
  readonly module: WebAssembly.Module;
  /** One for each signature. */
  readonly places: readonly Places[];
  /** The types of the globals that take parameters and results, by index. */
  readonly #globals: CoreType[] = [];
  /** The index of each, by what it is for: "2 i32" is the third parameter of that type, "result i32" a result. */
  readonly #indices = new Map<string, number>();

  constructor(signatures: readonly Signature[]) {
    this.places = signatures.map(({ params, result }) => ({
      params: params.map((type, position) => this.#global(position, type)),
      result: result && this.#global("result", result),
    }));
    this.module = new WebAssembly.Module(this.#assemble(signatures));
  }

  /** The global of a parameter, or of a result. */
  #global(what: number | "result", type: CoreType): number {
    const key = `${what} ${type}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#globals.push(type) - 1;
      this.#indices.set(key, index);
    }
    return index;
  }

  #assemble(signatures: readonly Signature[]): Uint8Array<ArrayBuffer> {
    const out = new Writer(1024);
    out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    // Type 0: the loop. Type 1: `next`. Then the signatures.
    section(out, 1, signatures.length + 2, () => {
      out.bytes([0x60, 0, 0, 0x60, 0, 1, valueTypes.i32]);
      for (const { params, result } of signatures) {
        out.bytes([0x60, params.length, ...params.map((type) => valueTypes[type])]);
        out.bytes(result === undefined ? [0] : [1, valueTypes[result]]);
      }
    });
    section(out, 2, 1, () => {
      out.text("");
      out.text("next");
      out.bytes([0x00, 1]);
    });
    section(out, 3, 1, () => out.byte(0));
    // One funcref: the function that is called next.
    section(out, 4, 1, () => out.bytes([0x70, 0x01, 1, 1]));
    section(out, 6, this.#globals.length, () => {
      for (const type of this.#globals) out.bytes([valueTypes[type], 1, ...zeros[type], 0x0b]);
    });
    section(out, 7, this.#globals.length + 2, () => {
      out.text("run");
      out.bytes([0x00, 1]);
      out.text("function");
      out.bytes([0x01, 0]);
      for (let index = 0; index < this.#globals.length; index += 1) {
        out.text(`${index}`);
        out.byte(0x03);
        out.u32(index);
      }
    });
    section(out, 10, 1, () => {
      const body = out.keepSize();
      this.#body(out);
      out.closeSize(body);
    });
    return out.finish();
  }

  /** `loop`: a block for each signature, and a `br_table` by what `next` gives. */
  #body(out: Writer): void {
    const count = this.places.length;
    out.bytes([0, 0x03, 0x40]);
    // Around all of them one more: where `next` gives something else, the loop ends.
    for (let block = 0; block <= count; block += 1) out.bytes([0x02, 0x40]);
    out.bytes([0x10, 0, 0x0e]);
    out.u32(count);
    for (let index = 0; index <= count; index += 1) out.u32(index);
    this.places.forEach(({ params, result }, index) => {
      out.byte(0x0b);
      for (const global of params) {
        out.byte(0x23);
        out.u32(global);
      }
      out.bytes([0x41, 0, 0x11]);
      out.u32(index + 2);
      out.byte(0);
      if (result !== undefined) {
        out.byte(0x24);
        out.u32(result);
      }
      // Back to the loop, over the blocks that are still open.
      out.byte(0x0c);
      out.u32(count - index);
    });
    out.bytes([0x0b, 0x0b, 0x0b]);
  }
}

/** The modules that were made, by their signatures. A component chooses its signatures: so not all are kept. */
const modules = new Map<string, RunnerModule>();
const mostModules = 256;
/** How many loops, and so stacks, one component has: one for each nested instance and signature that is called. */
const mostRunners = 256;

/** Up to 8 parameters and one result, all of them `i32`: that is nearly every function there is, so one loop serves them. */
const common = "i32";
const mostCommonParams = 8;

function moduleFor(kind: string, signature: Signature): RunnerModule {
  let module = modules.get(kind);
  if (module === undefined) {
    module = new RunnerModule(kind === common ? commonSignatures() : [signature]);
    if (modules.size < mostModules || kind === common) modules.set(kind, module);
  }
  return module;
}

function commonSignatures(): Signature[] {
  const counts = Array.from({ length: mostCommonParams + 1 }, (_, count) => count);
  return [undefined, "i32" as const].flatMap((result) =>
    counts.map((count) => ({ params: new Array<CoreType>(count).fill("i32"), result })),
  );
}

/** The place of a signature in the list above. */
function commonIndex({ params, result }: Signature): number {
  return params.length + (result === undefined ? 0 : mostCommonParams + 1);
}

function kindOf({ params, result }: Signature): string {
  const isCommon =
    params.length <= mostCommonParams &&
    params.every((type) => type === "i32") &&
    (result ?? "i32") === "i32";
  return isCommon ? common : `${params.join()}:${result}`;
}

/** How many loops the nested instances of one component have together. */
export interface RunnerCount {
  count: number;
}

/** The loops of one component instance: one, and one more for each signature that is not a common one. */
export class Runners {
  readonly #runners = new Map<string, Runner>();
  readonly #shared: RunnerCount;
  #ended = false;

  constructor(shared: RunnerCount) {
    this.#shared = shared;
  }

  /**
   * A function that calls a core function of this instance. One call at a time.
   *
   * @returns its promise rejects with what the core function throws; the instance is to be ended then
   */
  caller(
    core: unknown,
    signature: Signature,
  ): (values: readonly CoreValue[]) => Promise<CoreValue | undefined> {
    const kind = kindOf(signature);
    const index = kind === common ? commonIndex(signature) : 0;
    return (values) => this.#runner(kind, signature).call(core, index, values);
  }

  /** Gives the stacks back on which nothing runs. */
  end(): void {
    this.#ended = true;
    for (const runner of this.#runners.values()) runner.end();
  }

  #runner(kind: string, signature: Signature): Runner {
    let runner = this.#runners.get(kind);
    if (runner === undefined) {
      if (this.#ended) throw new Trap("cannot enter component instance");
      if (this.#shared.count >= mostRunners)
        throw new Trap(`more than ${mostRunners} kinds of functions are called in it`);
      this.#shared.count += 1;
      runner = new Runner(moduleFor(kind, signature));
      this.#runners.set(kind, runner);
    }
    return runner;
  }
}

/** A call that the loop makes. */
interface PendingCall {
  resolve(value: CoreValue | undefined): void;
  reject(reason: unknown): void;
  /** The global of its result. */
  readonly result: number | undefined;
}

/** One loop, and the stack that it runs on. */
class Runner {
  readonly #places: readonly Places[];
  readonly #exports: Record<string, WebAssembly.Global>;
  readonly #function: WebAssembly.Table;
  #wake: ((signature: number) => void) | undefined;
  #call: PendingCall | undefined;

  constructor(module: RunnerModule) {
    this.#places = module.places;
    const next = suspending(() => this.#next());
    const { exports } = new WebAssembly.Instance(module.module, { "": { next } });
    this.#exports = exports as Record<string, WebAssembly.Global>;
    this.#function = exports.function as WebAssembly.Table;
    promising(exports.run as () => void)().catch((reason: unknown) => {
      this.#wake = undefined;
      this.#call?.reject(reason);
      this.#call = undefined;
    });
  }

  /**
   * Calls a core function, on the stack of the loop. One call at a time.
   *
   * @param signature its place in the module's list
   * @returns rejects with what the function throws; the loop is over then
   */
  call(core: unknown, signature: number, values: readonly CoreValue[]): Promise<CoreValue | undefined> {
    const wake = this.#wake;
    if (wake === undefined) return Promise.reject(new Trap("cannot enter component instance"));
    this.#wake = undefined;
    const { params, result } = this.#places[signature]!;
    for (let position = 0; position < params.length; position += 1) {
      this.#exports[params[position]!]!.value = values[position];
    }
    this.#function.set(0, core);
    return new Promise((resolve, reject) => {
      this.#call = { resolve, reject, result };
      wake(signature);
    });
  }

  /** Gives the stack back, if nothing runs on it; a call that is under way ends by itself. */
  end(): void {
    this.#wake?.(endOfLoop);
    this.#wake = undefined;
  }

  /** The loop asks for the next call: the one before is over. */
  #next(): Promise<number> {
    const call = this.#call;
    this.#call = undefined;
    call?.resolve(call.result === undefined ? undefined : this.#exports[call.result]!.value);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function section(out: Writer, id: number, count: number, write: () => void): void {
  out.byte(id);
  const start = out.keepSize();
  out.u32(count);
  write();
  out.closeSize(start);
}
