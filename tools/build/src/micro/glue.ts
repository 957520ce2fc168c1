/**
 * The core module that stands between the engine and the host: it has the imports and exports of the driver's world, each of
 * them a few instructions that put core values into the engine's slots and take them out of there. It also brings the memory
 * that the driver starts with.
 *
 * Source: WebAssembly Core Specification 5.4 (instructions), 5.5 (modules).
 */

import { type CoreType, coreSectionId as sectionId, Writer } from "@busbar/host/component";
import { writeListSection, writeSection } from "../component/core-section.ts";
import { type Signature, TypeTable, writeSignature } from "../component/signature.ts";
import { writeI32 } from "../flatten/constant.ts";
import { type Boundary, type CoreName, initializeName, memoryName, reallocName } from "./boundary.ts";

/** What this module knows of the engine's: addresses and places, and the names of its exports. */
export interface EnginePlaces {
  /** The address of the slots, of 8 bytes each. */
  readonly slots: number;
  /** Where in the engine's table the function is that calls the host. */
  readonly hostEntry: number;
}

/** A piece of the memory. */
export interface MemoryPiece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What the engine's module is called as an import. */
export const engineName = "engine";

const engineFunctions = {
  enter: { params: ["i32"], results: [] },
  finish: { params: [], results: [] },
  destroy: { params: ["i32"], results: [] },
  cabi_realloc: { params: ["i32", "i32", "i32", "i32"], results: ["i32"] },
} as const satisfies Record<string, Signature>;

type EngineFunction = keyof typeof engineFunctions;

const engineFunctionNames = Object.keys(engineFunctions) as EngineFunction[];

/** Instructions by the type of the value: 5.4.6, 5.4.7. */
const loads: Readonly<Record<CoreType, readonly number[]>> = {
  i32: [0x28, 0x02],
  i64: [0x29, 0x03],
  f32: [0x2a, 0x02],
  f64: [0x2b, 0x03],
};
/** What makes 64 bits of a value: `i64.extend_i32_u`, `i32.reinterpret_f32`, `i64.reinterpret_f64`. */
const widenings: Readonly<Record<CoreType, readonly number[]>> = {
  i32: [0xad],
  i64: [],
  f32: [0xbc, 0xad],
  f64: [0xbd],
};
const storeI64 = [0x37, 0x03];
const opcode = {
  unreachable: 0x00,
  block: 0x02,
  end: 0x0b,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  localGet: 0x20,
};
const emptyBlock = 0x40;

/** The functions of the host that the driver calls, by number: tables.ts has the same order. */
function hostCalls({ imports, resources }: Boundary): { name: CoreName; signature: Signature }[] {
  const made: Signature = { params: ["i32"], results: ["i32"] };
  const dropped: Signature = { params: ["i32"], results: [] };
  return [
    ...imports.map(({ coreName, signature }) => ({ name: coreName, signature })),
    ...resources.flatMap(({ drop, own }) => [
      { name: drop, signature: dropped },
      ...(own === undefined ? [] : [own.make, own.represent].map((name) => ({ name, signature: made }))),
    ]),
  ];
}

/** Writes the module. */
export function glueModule(
  boundary: Boundary,
  engine: EnginePlaces,
  memory: readonly MemoryPiece[],
): Uint8Array<ArrayBuffer> {
  return new GlueWriter(boundary, engine).write(memory);
}

class GlueWriter {
  readonly #boundary: Boundary;
  readonly #engine: EnginePlaces;
  readonly #out = new Writer(1 << 16);
  readonly #calls: ReturnType<typeof hostCalls>;
  readonly #types = new TypeTable();

  constructor(boundary: Boundary, engine: EnginePlaces) {
    this.#boundary = boundary;
    this.#engine = engine;
    this.#calls = hostCalls(boundary);
  }

  write(memory: readonly MemoryPiece[]): Uint8Array<ArrayBuffer> {
    const out = this.#out;
    const functions = this.#functions();
    const imported = [
      ...this.#calls.map(({ name, signature }) => ({ ...name, signature })),
      ...engineFunctionNames.map((name) => ({ module: engineName, name, signature: engineFunctions[name] })),
    ];
    for (const { signature } of [...imported, ...functions]) this.#types.indexOf(signature);
    out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    writeListSection(out, sectionId.type, this.#types.signatures, (each) => writeSignature(out, each));
    writeSection(out, sectionId.import, () => {
      out.u32(imported.length + 2);
      for (const { module, name, signature } of imported) {
        this.#names(module, name);
        out.byte(0x00);
        out.u32(this.#types.indexOf(signature));
      }
      this.#names(engineName, "memory");
      out.bytes([0x02, 0x00, 0x00]);
      this.#names(engineName, "__indirect_function_table");
      out.bytes([0x01, 0x70, 0x00, 0x00]);
    });
    writeListSection(out, sectionId.function, functions, ({ signature }) =>
      out.u32(this.#types.indexOf(signature)),
    );
    writeSection(out, sectionId.export, () => {
      const exported = functions.flatMap(({ name }, index) => (name === undefined ? [] : [{ name, index }]));
      out.u32(exported.length + 2);
      for (const { name, index } of exported) this.#export(name, 0x00, imported.length + index);
      this.#export(reallocName, 0x00, this.#engineFunction("cabi_realloc"));
      this.#export(memoryName, 0x02, 0);
    });
    // The function that calls the host takes the place of the one that traps.
    writeSection(out, sectionId.element, () => {
      out.bytes([0x01, 0x00]);
      writeI32(out, this.#engine.hostEntry);
      out.bytes([opcode.end, 0x01]);
      out.u32(imported.length);
    });
    writeListSection(out, sectionId.code, functions, ({ write }) => {
      const size = out.keepSize();
      // No local variables but the parameters.
      out.byte(0x00);
      write();
      out.byte(opcode.end);
      out.closeSize(size);
    });
    writeListSection(out, sectionId.data, memory, ({ at, bytes }) => {
      out.byte(0x00);
      writeI32(out, at);
      out.byte(opcode.end);
      out.u32(bytes.length);
      out.bytes(bytes);
    });
    return out.finish();
  }

  /** Its own functions; the first is the one that calls the host. */
  #functions(): { name: string | undefined; signature: Signature; write: () => void }[] {
    const { exports, resources, endings } = this.#boundary;
    return [
      { name: undefined, signature: { params: ["i32"], results: [] }, write: () => this.#callHost() },
      ...exports.map(({ coreName, signature }, index) => ({
        name: coreName.name,
        signature,
        write: () => this.#enter(index, signature),
      })),
      // There is nothing to do: the memory is as it was when the driver was evaluated.
      { name: initializeName, signature: { params: [], results: [] }, write: () => {} },
      ...endings.map(({ name, signature }) => ({ name, signature, write: () => this.#callEngine("finish") })),
      ...resources
        .filter(({ own }) => own !== undefined)
        .map(({ own }) => ({
          name: own!.destructor,
          signature: engineFunctions.destroy,
          write: () => {
            this.#out.bytes([opcode.localGet, 0x00]);
            this.#callEngine("destroy");
          },
        })),
    ];
  }

  /** A block for each function, the innermost for the first: its end is where the function is called. */
  #callHost(): void {
    const out = this.#out;
    const count = this.#calls.length;
    for (let depth = 0; depth <= count; depth += 1) out.bytes([opcode.block, emptyBlock]);
    out.bytes([opcode.localGet, 0x00, opcode.brTable]);
    out.u32(count);
    for (let label = 0; label <= count; label += 1) out.u32(label);
    this.#calls.forEach(({ signature: { params, results } }, index) => {
      out.byte(opcode.end);
      const [result] = results;
      if (result !== undefined) writeI32(out, 0);
      params.forEach((type, slot) => {
        writeI32(out, 0);
        this.#memory(loads[type], slot);
      });
      out.byte(opcode.call);
      out.u32(index);
      if (result !== undefined) this.#store(result, 0);
      out.byte(opcode.return);
    });
    out.bytes([opcode.end, opcode.unreachable]);
  }

  #enter(index: number, { params, results }: Signature): void {
    const out = this.#out;
    params.forEach((type, slot) => {
      writeI32(out, 0);
      out.byte(opcode.localGet);
      out.u32(slot);
      this.#store(type, slot);
    });
    writeI32(out, index);
    this.#callEngine("enter");
    const [result] = results;
    if (result === undefined) return;
    writeI32(out, 0);
    this.#memory(loads[result], 0);
  }

  /** Widens a value and puts it into a slot; an address of 0 lies under it. */
  #store(type: CoreType, slot: number): void {
    this.#out.bytes(widenings[type]);
    this.#memory(storeI64, slot);
  }

  #memory(instruction: readonly number[], slot: number): void {
    this.#out.bytes(instruction);
    this.#out.u32(this.#engine.slots + 8 * slot);
  }

  #callEngine(name: EngineFunction): void {
    this.#out.byte(opcode.call);
    this.#out.u32(this.#engineFunction(name));
  }

  #engineFunction(name: EngineFunction): number {
    return this.#calls.length + engineFunctionNames.indexOf(name);
  }

  #names(module: string, name: string): void {
    this.#out.text(module);
    this.#out.text(name);
  }

  #export(name: string, kind: number, index: number): void {
    this.#out.text(name);
    this.#out.byte(kind);
    this.#out.u32(index);
  }
}
