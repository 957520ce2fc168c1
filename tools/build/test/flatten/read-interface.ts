/** Reads `busbar:interface` as docs/flattened.md has it, into the types of the linker. */

import { Reader } from "@busbar/host/component";
import { primitives, type TypeForm } from "../../../../host/core/src/component/binary.ts";
import {
  DefinedType,
  hostDefined,
  type ResourceType,
  type TypePart,
} from "../../../../host/core/src/component/types.ts";

/** An interface and a name in it. */
export interface Place {
  readonly interface: string;
  readonly name: string;
}

/** A function of the component or of the host. */
export interface InterfaceFunction extends Place {
  readonly type: DefinedType;
}

/** What a flattened module says about its component. */
export interface FlattenedInterface {
  readonly imports: readonly { readonly kind: number; readonly name: string }[];
  readonly exports: readonly { readonly kind: number; readonly name: string }[];
  readonly resources: readonly { readonly type: ResourceType; readonly places: readonly Place[] }[];
  readonly imported: readonly InterfaceFunction[];
  readonly exported: readonly InterfaceFunction[];
}

/** The custom sections of a core module that stand before all others, by name, in order. */
export function sectionsOf(module: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const reader = new Reader(module, 8);
  const found = new Map<string, Uint8Array>();
  while (reader.peek() === 0) {
    reader.byte();
    const section = reader.part();
    found.set(section.text(), section.rest());
  }
  return found;
}

/** See above. */
export function readInterface(module: Uint8Array): FlattenedInterface {
  const r = new InterfaceReader(new Reader(sectionsOf(module).get("busbar:interface")!));
  return r.read();
}

class InterfaceReader {
  readonly #r: Reader;
  readonly #resources: FlattenedInterface["resources"][number][] = [];
  readonly #types: DefinedType[] = [];

  constructor(reader: Reader) {
    this.#r = reader;
  }

  read(): FlattenedInterface {
    const r = this.#r;
    r.expect(1, "the version");
    const extern = () => ({ kind: r.byte(), name: r.text() });
    const [imports, exports] = [r.list(extern), r.list(extern)];
    r.list(() => this.#resources.push(this.#resource(this.#resources.length)));
    r.list(() => this.#types.push(this.#type()));
    const [imported, exported] = [r.list(() => this.#function()), r.list(() => this.#function())];
    if (!r.done) throw new Error("the section goes on behind its contents");
    return { imports, exports, resources: this.#resources, imported, exported };
  }

  #place(): Place {
    return { interface: this.#r.text(), name: this.#r.text() };
  }

  #resource(id: number): FlattenedInterface["resources"][number] {
    const isOwn = this.#r.byte() === 1;
    const places = isOwn ? this.#r.list(() => this.#place()) : [this.#place()];
    const { interface: path, name } = places[0]!;
    const type: ResourceType = {
      kind: "resource",
      id,
      definer: isOwn ? 0 : hostDefined,
      path: isOwn ? "" : path,
      name,
      destructor: undefined,
    };
    return { type, places };
  }

  #function(): InterfaceFunction {
    const place = this.#place();
    const params = this.#r.list(() => ({ name: this.#r.text(), part: this.#part() }));
    const result = this.#r.optional(() => this.#part());
    const form: TypeForm = {
      form: "func",
      params: params.map(({ name }) => ({ name, type: 0 })),
      result: result && 0,
    };
    return { ...place, type: new DefinedType(form, [...params.map(({ part }) => part), result]) };
  }

  #part(): TypePart {
    const byte = this.#r.byte();
    if (byte !== 0) return primitives[byte as keyof typeof primitives];
    return this.#types[this.#r.u32()]!;
  }

  #named<Part extends TypePart>(part: () => Part): { names: { name: string; type: 0 }[]; parts: Part[] } {
    const each = this.#r.list(() => ({ name: this.#r.text(), part: part() }));
    return {
      names: each.map(({ name }) => ({ name, type: 0 })),
      parts: each.map((one) => one.part),
    };
  }

  #type(): DefinedType {
    const r = this.#r;
    const optional = () => r.optional(() => this.#part());
    const kind = r.byte();
    switch (kind) {
      case 0x72: {
        const { names, parts } = this.#named(() => this.#part());
        return new DefinedType({ form: "record", fields: names }, parts);
      }
      case 0x71: {
        const { names, parts } = this.#named(optional);
        return new DefinedType({ form: "variant", cases: names }, parts);
      }
      case 0x70:
        return new DefinedType({ form: "list", element: 0 }, [this.#part()]);
      case 0x6f: {
        const parts = r.list(() => this.#part());
        return new DefinedType({ form: "tuple", types: parts.map(() => 0) }, parts);
      }
      case 0x6e:
        return new DefinedType({ form: "flags", labels: r.list(() => r.text()) }, []);
      case 0x6d:
        return new DefinedType({ form: "enum", labels: r.list(() => r.text()) }, []);
      case 0x6b:
        return new DefinedType({ form: "option", type: 0 }, [this.#part()]);
      case 0x6a: {
        const parts = [optional(), optional()];
        return new DefinedType({ form: "result", ok: parts[0] && 0, error: parts[1] && 0 }, parts);
      }
      case 0x69:
      case 0x68:
        return new DefinedType({ form: kind === 0x69 ? "own" : "borrow", resource: 0 }, [
          this.#resources[r.u32()]!.type,
        ]);
      default:
        throw new Error(`type ${kind}`);
    }
  }
}
