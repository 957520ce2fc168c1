/**
 * A core module whose functions trap. It stands in the place of the stub of WASI that componentize-qjs composes in, whose
 * functions do nothing else either, but each after a lift and a lowering, in modules and with memories of their own.
 *
 * Source: WebAssembly Core Specification 5.5.4 (types), 5.5.6 (functions), 5.5.10 (exports), 5.5.13 (code).
 */

import { coreSectionId as sectionId, Writer } from "@busbar/host/component";
import { writeListSection } from "../component/core-section.ts";
import { type Signature, TypeTable, writeSignature } from "../component/signature.ts";

/** No local variables, `unreachable`, `end`. */
const trap = [0x03, 0x00, 0x00, 0x0b];

/** Collects the signatures that are asked for. */
export class Traps {
  readonly #types = new TypeTable();

  /** The name of the function of this type that traps. */
  nameOf(signature: Signature): string {
    return String(this.#types.indexOf(signature));
  }

  /** The module that exports them. */
  module(): Uint8Array<ArrayBuffer> {
    const { signatures } = this.#types;
    const w = new Writer(256);
    w.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    writeListSection(w, sectionId.type, signatures, (signature) => writeSignature(w, signature));
    writeListSection(w, sectionId.function, signatures, (_, index) => w.u32(index));
    writeListSection(w, sectionId.export, signatures, (signature, index) => {
      w.text(this.nameOf(signature));
      w.byte(0x00);
      w.u32(index);
    });
    writeListSection(w, sectionId.code, signatures, () => w.bytes(trap));
    return w.finish();
  }
}
