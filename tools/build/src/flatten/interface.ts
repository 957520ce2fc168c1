/**
 * The custom section that says what a component imports and exports, with all types: what a host has to know to judge and
 * to call a flattened one. docs/flattened.md has its grammar.
 */

import type { ExternKind } from "@busbar/host";
import {
  componentSorts,
  type DefinedType,
  hostDefined,
  interfaceOfPlan,
  LinkError,
  type Plan,
  primitives,
  type ResourceType,
  type TypePart,
  Writer,
} from "@busbar/host/component";
import type { Exported } from "./exported.ts";
import type { Place } from "./names.ts";

/** The name of the section. */
export const interfaceSection = "busbar:interface";

/** The version of its form. */
const version = 1;

/** What stands before a type's parts, beside the bytes of Binary.md's `defvaltype`. */
const forms = {
  record: 0x72,
  variant: 0x71,
  list: 0x70,
  tuple: 0x6f,
  flags: 0x6e,
  enum: 0x6d,
  option: 0x6b,
  result: 0x6a,
  own: 0x69,
  borrow: 0x68,
} as const;

/**
 * Writes the section's contents.
 *
 * @throws LinkError where a function names what the component does not export
 */
export function writeInterface(plan: Plan, exported: Exported): Uint8Array<ArrayBuffer> {
  return new InterfaceWriter(plan, exported).write();
}

class InterfaceWriter {
  readonly #plan: Plan;
  readonly #exported: Exported;
  readonly #resources: readonly ResourceType[];
  /** The types as they are written, and the index of each. */
  readonly #types = new Map<string, number>();
  readonly #written: Uint8Array[] = [];
  readonly #known = new Map<DefinedType, number>();

  constructor(plan: Plan, exported: Exported) {
    this.#plan = plan;
    this.#exported = exported;
    this.#resources = plan.resources.filter(
      (resource) => resource.definer === hostDefined || exported.resources.has(resource),
    );
  }

  write(): Uint8Array<ArrayBuffer> {
    const { imports, exports } = interfaceOfPlan(this.#plan);
    const imported = (this.#plan.hostFunctions ?? []).map(({ host, type }) => ({
      interface: host.path,
      name: host.name,
      type,
    }));
    const functions = this.#exported.functions.map((each) => ({ ...each, type: each.lifted.type }));
    // Functions first, for they say which types there are.
    const importedFunctions = imported.map((each) => this.#function(each));
    const exportedFunctions = functions.map((each) => this.#function(each));
    const w = new Writer(4096);
    w.byte(version);
    for (const externs of [imports, exports])
      list(w, externs, ({ name, kind }) => {
        w.byte(kindBytes[kind]);
        w.text(name);
      });
    list(w, this.#resources, (resource) => this.#resource(w, resource));
    for (const written of [this.#written, importedFunctions, exportedFunctions])
      list(w, written, (each) => w.bytes(each));
    return w.finish();
  }

  #resource(w: Writer, resource: ResourceType): void {
    const places = this.#exported.resources.get(resource);
    if (places === undefined) {
      w.byte(0x00);
      writePlace(w, { interface: resource.path, name: resource.name });
      return;
    }
    w.byte(0x01);
    list(w, places, (place) => writePlace(w, place));
  }

  #function({ type, ...place }: Place & { readonly type: DefinedType }): Uint8Array {
    const w = new Writer(256);
    writePlace(w, place);
    const { form, parts } = type;
    const names = form.form === "func" ? form.params.map(({ name }) => name) : [];
    this.#named(w, names, parts);
    this.#optional(w, parts.at(-1));
    return w.finish();
  }

  /** Names, each with the part of its place. */
  #named(w: Writer, names: readonly string[], parts: readonly TypePart[]): void {
    w.u32(names.length);
    names.forEach((name, index) => {
      w.text(name);
      this.#part(w, parts[index]);
    });
  }

  #optional(w: Writer, part: TypePart): void {
    w.byte(part === undefined ? 0x00 : 0x01);
    if (part !== undefined) this.#part(w, part);
  }

  #part(w: Writer, part: TypePart): void {
    if (part === undefined || (typeof part === "object" && part.kind === "resource"))
      throw new LinkError("a type is made of something that is no value");
    if (typeof part === "string") w.byte(primitiveBytes[part]);
    else if (part.form.form === "primitive") w.byte(primitiveBytes[part.form.type]);
    else {
      w.byte(0x00);
      w.u32(this.#type(part));
    }
  }

  /** The index of a type, which is written where it is none of those before. */
  #type(type: DefinedType): number {
    let index = this.#known.get(type);
    if (index !== undefined) return index;
    const bytes = this.#form(type);
    const key = String.fromCharCode(...bytes);
    index = this.#types.get(key);
    if (index === undefined) {
      index = this.#written.push(bytes) - 1;
      this.#types.set(key, index);
    }
    this.#known.set(type, index);
    return index;
  }

  #form({ form, parts }: DefinedType): Uint8Array {
    const w = new Writer(256);
    switch (form.form) {
      case "record":
        w.byte(forms.record);
        this.#named(
          w,
          form.fields.map(({ name }) => name),
          parts,
        );
        break;
      case "variant":
        w.byte(forms.variant);
        w.u32(form.cases.length);
        form.cases.forEach(({ name }, index) => {
          w.text(name);
          this.#optional(w, parts[index]);
        });
        break;
      case "tuple":
        w.byte(forms.tuple);
        list(w, parts, (part) => this.#part(w, part));
        break;
      case "flags":
      case "enum":
        w.byte(forms[form.form]);
        list(w, form.labels, (label) => w.text(label));
        break;
      case "list":
      case "option":
        w.byte(forms[form.form]);
        this.#part(w, parts[0]);
        break;
      case "result":
        w.byte(forms.result);
        this.#optional(w, parts[0]);
        this.#optional(w, parts[1]);
        break;
      case "own":
      case "borrow":
        w.byte(forms[form.form]);
        w.u32(this.#resourceIndex(parts[0] as ResourceType));
        break;
      default:
        throw new LinkError("a type is made of something that is no value");
    }
    return w.finish();
  }

  #resourceIndex(resource: ResourceType): number {
    const index = this.#resources.indexOf(resource);
    if (index === -1)
      throw new LinkError("a function passes a resource of the component's own that it does not export");
    return index;
  }
}

const primitiveBytes = byteOf(primitives);
const { func: functionByte, ...otherBytes } = byteOf(componentSorts);
const kindBytes: Readonly<Record<ExternKind, number>> = {
  ...otherBytes,
  function: functionByte,
  module: 0x00,
};

function byteOf<Name extends string>(names: Readonly<Record<number, Name>>): Readonly<Record<Name, number>> {
  return Object.fromEntries(Object.entries(names).map(([byte, name]) => [name, Number(byte)])) as Record<
    Name,
    number
  >;
}

function writePlace(w: Writer, { interface: path, name }: Place): void {
  w.text(path);
  w.text(name);
}

function list<Item>(w: Writer, items: readonly Item[], write: (item: Item) => void): void {
  w.u32(items.length);
  for (const each of items) write(each);
}
