/**
 * The core module between guests and the gate. A table of functions takes only functions of WebAssembly, and only one of
 * those can choose between an import that returns at once and one that waits: a suspending import costs a microsecond
 * even where there is nothing to wait for, and throws where it cannot wait.
 *
 * ```wat
 * (module
 *   (import "host" "look" (func $look (result i32)))
 *   (import "host" "wait" (func $wait (result i32)))
 *   (import "host" "grow" (func $grow (param i32 i32) (result i32)))
 *   (func (export "gate") (result i32) (local $answer i32)
 *     (local.set $answer (call $look))
 *     (if (i32.lt_s (local.get $answer) (i32.const 0)) (then (local.set $answer (call $wait))))
 *     (local.get $answer))
 *   (export "grow" (func $grow)))
 * ```
 */

import { Writer } from "../writer.ts";
import { suspending } from "./jspi.ts";

/** What the module asks. */
export interface GateHost {
  /** How far the guest may go on; 0 to end it, below 0 to let it wait. */
  look(): number;
  /** Waits for the guest's turn, then answers as `look`, with 0 or more. Must not reject: a guest could catch that. */
  wait(): Promise<number>;
  /** 1 where it may grow, 0 where not. */
  grow(kind: number, delta: number): number;
}

/** The functions for the two slots of a prepared module's table. */
export interface GateFunctions {
  readonly gate: WebAssembly.ExportValue;
  readonly grow: WebAssembly.ExportValue;
}

/** One for each gate, so that each has its own host functions; the compiled code is shared. */
export function gateFunctions(host: GateHost): GateFunctions {
  compiled ??= new WebAssembly.Module(gateModule());
  const { gate, grow } = new WebAssembly.Instance(compiled, {
    host: {
      look: () => host.look(),
      wait: suspending(() => host.wait()),
      grow: (kind: number, delta: number) => host.grow(kind, delta),
    },
  }).exports;
  return { gate: gate!, grow: grow! };
}

let compiled: WebAssembly.Module | undefined;

function gateModule(): Uint8Array<ArrayBuffer> {
  const out = new Writer(160);
  const section = (id: number, count: number, write: () => void): void => {
    out.byte(id);
    const start = out.keepSize();
    out.u32(count);
    write();
    out.closeSize(start);
  };
  out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(1, 2, () => {
    out.bytes([0x60, 0, 1, 0x7f]); // [] -> [i32]
    out.bytes([0x60, 2, 0x7f, 0x7f, 1, 0x7f]); // [i32 i32] -> [i32]
  });
  section(2, 3, () => {
    for (const [name, type] of [
      ["look", 0],
      ["wait", 0],
      ["grow", 1],
    ] as const) {
      out.text("host");
      out.text(name);
      out.bytes([0x00, type]);
    }
  });
  section(3, 1, () => out.byte(0));
  section(7, 2, () => {
    out.text("gate");
    out.bytes([0x00, 3]);
    out.text("grow");
    out.bytes([0x00, 2]);
  });
  section(10, 1, () => {
    const start = out.keepSize();
    out.bytes([1, 1, 0x7f]); // one local, an i32
    out.bytes([0x10, 0, 0x22, 0]); // call $look, local.tee $answer
    out.bytes([0x41, 0, 0x48, 0x04, 0x40]); // i32.const 0, i32.lt_s, if
    out.bytes([0x10, 1, 0x21, 0, 0x0b]); // call $wait, local.set $answer, end
    out.bytes([0x20, 0, 0x0b]); // local.get $answer, end
    out.closeSize(start);
  });
  return out.finish();
}
