/**
 * Reads which interfaces a component imports and exports, straight off its binary, so that the host can refuse it
 * before anything of it runs and without any build tool.
 *
 * Source: Component Model, design/mvp/Binary.md. A component is a preamble and a list of sections, each an id, a
 * length and contents; only the import section (10) and the export section (11) of the outermost component are read.
 */

import { HostError } from "../error.ts";

/** What an import or export is, after Binary.md's `sort`. */
export type ExternKind = "module" | "function" | "value" | "type" | "component" | "instance";

/** One import or export: "wasi:i2c/i2c@0.2.0-draft" or a plain name such as "run". */
export interface Extern {
  readonly name: string;
  readonly kind: ExternKind;
}

/** The outermost imports and exports of a component, in the order of the binary. */
export interface ComponentInterface {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
}

const importSection = 10;
const exportSection = 11;

/**
 * Reads a component's imports and exports.
 *
 * @param bytes the whole file; it is not trusted
 * @param label how messages name it
 * @throws HostError with code "component" when `bytes` is no component, or is damaged
 */
export function readComponent(bytes: Uint8Array, label: string): ComponentInterface {
  requireComponent(bytes, label);
  const imports: Extern[] = [];
  const exports: Extern[] = [];
  const reader = new Reader(bytes, 8);
  try {
    while (!reader.atEnd) {
      const id = reader.byte();
      const section = reader.slice(reader.unsigned());
      if (id === importSection) readExterns(section, imports, skipExternDescription);
      if (id === exportSection) readExterns(section, exports, skipExportTail);
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new HostError("component", `${label} is damaged: ${cause.message}; build or download it again.`, {
      cause,
    });
  }
  return { imports, exports };
}

function requireComponent(bytes: Uint8Array, label: string): void {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (bytes.length < 8 || magic.some((byte, index) => bytes[index] !== byte)) {
    throw new HostError(
      "component",
      `${label} is not a WebAssembly file; name a component built by busbar build.`,
    );
  }
  // The last two bytes of the preamble are the layer: 0 for a core module, 1 for a component.
  if (bytes[6] === 0) {
    throw new HostError(
      "component",
      `${label} is a core WebAssembly module, not a component; build it with busbar build.`,
    );
  }
}

function readExterns(section: Reader, into: Extern[], skipRest: (section: Reader) => ExternKind): void {
  for (let count = section.unsigned(); count > 0; count -= 1) {
    const form = section.byte();
    const name = section.text();
    // Binary.md, importname': 0x02 adds a list of options to the name.
    if (form === 0x02) {
      for (let options = section.unsigned(); options > 0; options -= 1) {
        section.byte();
        section.text();
      }
    }
    into.push({ name, kind: skipRest(section) });
  }
}

/** Binary.md, `externdesc`. */
function skipExternDescription(section: Reader): ExternKind {
  const sort = section.byte();
  switch (sort) {
    case 0x00:
      section.byte();
      section.unsigned();
      return "module";
    case 0x01:
      section.unsigned();
      return "function";
    case 0x02: {
      const bound = section.byte();
      if (bound === 0x00) section.unsigned();
      else section.valueType();
      return "value";
    }
    case 0x03: {
      const bound = section.byte();
      if (bound === 0x00) section.unsigned();
      return "type";
    }
    case 0x04:
      section.unsigned();
      return "component";
    case 0x05:
      section.unsigned();
      return "instance";
    default:
      throw new RangeError(`unknown kind of import 0x${sort.toString(16)}`);
  }
}

/** Binary.md, `export`: a sort and index, then an optional type ascription. */
function skipExportTail(section: Reader): ExternKind {
  const kinds: readonly (ExternKind | undefined)[] = [
    "module",
    "function",
    "value",
    "type",
    "component",
    "instance",
  ];
  const sort = section.byte();
  if (sort === 0x00) section.byte();
  const kind = kinds[sort];
  if (kind === undefined) throw new RangeError(`unknown kind of export 0x${sort.toString(16)}`);
  section.unsigned();
  if (section.byte() === 0x01) skipExternDescription(section);
  return kind;
}

/** A bounded reader: everything past the end is a RangeError, never a read of other bytes. */
class Reader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new RangeError("it ends in the middle of a section");
    this.#position += 1;
    return byte;
  }

  /** LEB128, at most 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new RangeError("a number has more than 32 bits");
  }

  /** A primitive type is one byte from 0x64 up; anything else is an index. */
  valueType(): void {
    const first = this.#bytes[this.#position];
    if (first !== undefined && first >= 0x64 && first < 0x80) this.byte();
    else this.unsigned();
  }

  slice(length: number): Reader {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new RangeError("it ends in the middle of a section");
    const part = new Reader(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return part;
  }

  text(): string {
    const start = this.#position;
    const length = this.unsigned();
    const from = this.#position;
    if (from + length > this.#bytes.length) throw new RangeError(`a name at ${start} goes past its section`);
    this.#position = from + length;
    return new TextDecoder().decode(this.#bytes.subarray(from, from + length));
  }
}
