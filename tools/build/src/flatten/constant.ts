/**
 * What globals and segments begin with. A module that is merged knows what it was given, so that each becomes one constant.
 *
 * Source: WebAssembly Core Specification 3.4.16 (constant expressions), 5.4 (instructions).
 */

import { type CoreType, type Reader, Writer } from "@busbar/host/component";
import { readS32 } from "../core-module/signed.ts";
import { notFlat } from "./refusal.ts";

/** A constant: its instruction, opcode and operand; and its value where it is an `i32`. */
export interface Constant {
  readonly type: CoreType;
  readonly instruction: Uint8Array;
  readonly i32: number | undefined;
}

type Operation =
  | { readonly op: "constant"; readonly value: Constant }
  | { readonly op: "global"; readonly index: number }
  | { readonly op: "add" | "subtract" | "multiply" };

/** An expression before the globals that it names are known. */
export type ConstantExpression = readonly Operation[];

const types: Readonly<Record<number, CoreType>> = { 65: "i32", 66: "i64", 67: "f32", 68: "f64" };

/** Reads an expression and its end. @throws LinkError for instructions that a flattened module may not have */
export function readConstantExpression(reader: Reader): ConstantExpression {
  const operations: Operation[] = [];
  for (;;) {
    const start = reader.at;
    const opcode = reader.byte();
    switch (opcode) {
      case 0x0b: // end
        return operations;
      case 0x23: // global.get
        operations.push({ op: "global", index: reader.u32() });
        break;
      case 0x6a: // i32.add
        operations.push({ op: "add" });
        break;
      case 0x6b: // i32.sub
        operations.push({ op: "subtract" });
        break;
      case 0x6c: // i32.mul
        operations.push({ op: "multiply" });
        break;
      default:
        operations.push({ op: "constant", value: readConstant(reader, opcode, start) });
    }
  }
}

function readConstant(reader: Reader, opcode: number, start: number): Constant {
  const type = types[opcode];
  let i32: number | undefined;
  if (type === "i32") i32 = readS32(reader);
  else if (type === "i64") skipNumber(reader);
  else if (type === "f32") reader.skip(4);
  else if (type === "f64") reader.skip(8);
  else throw notFlat("computes what it begins with");
  return { type, instruction: reader.bytes.subarray(start, reader.at), i32 };
}

/** Leaves out a LEB128 number of any length. */
export function skipNumber(reader: Reader): void {
  while (reader.byte() >= 0x80);
}

/**
 * The constant that an expression is.
 *
 * @param globalOf the constant of a global of the module, which is one that never changes
 */
export function evaluate(expression: ConstantExpression, globalOf: (index: number) => Constant): Constant {
  const stack: Constant[] = [];
  for (const operation of expression) {
    if (operation.op === "constant") stack.push(operation.value);
    else if (operation.op === "global") stack.push(globalOf(operation.index));
    else {
      const right = stack.pop()!.i32!;
      const left = stack.pop()!.i32!;
      stack.push(constantOf(compute(operation.op, left, right)));
    }
  }
  return stack[0]!;
}

function compute(op: "add" | "subtract" | "multiply", left: number, right: number): number {
  if (op === "multiply") return Math.imul(left, right);
  return op === "add" ? (left + right) | 0 : (left - right) | 0;
}

/** A constant of the type `i32`. */
function constantOf(i32: number): Constant {
  const w = new Writer(8);
  writeI32(w, i32);
  return { type: "i32", instruction: w.finish(), i32 };
}

/** Writes `i32.const`. */
export function writeI32(w: Writer, value: number): void {
  w.byte(0x41);
  w.s32(value);
}
