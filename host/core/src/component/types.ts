/** The types of a component as they stand in its scopes: resolved when they are needed, compared by structure. */

import type { Primitive, TypeForm } from "./binary.ts";
import { parseInterfaceName } from "./interface-name.ts";
import type { CoreItem } from "./plan.ts";
import { LinkError } from "./reader.ts";
import { type FunctionShape, functionShape } from "./shapes/function.ts";
import { borrow, own } from "./shapes/handle.ts";
import { list } from "./shapes/list.ts";
import { numbers } from "./shapes/number.ts";
import { flags, record, tuple } from "./shapes/record.ts";
import { maximumDepth, type Shape } from "./shapes/shape.ts";
import { text } from "./shapes/text.ts";
import { enumeration, option, result, variant } from "./shapes/variant.ts";

/** A resource type: the host's, or one that an instance of this component defines. */
export interface ResourceType {
  readonly kind: "resource";
  /** Its place in the plan's list. */
  readonly id: number;
  /** The component instance that defines it; `hostDefined` for one of the host. */
  readonly definer: number;
  /** The host's interface: "wasi:i2c/i2c@0.2.0-draft"; empty for a component's own. */
  readonly path: string;
  readonly name: string;
  /** The core function that ends one, where the component has such. */
  readonly destructor: CoreItem | undefined;
}

/** `ResourceType.definer` of a resource that the host has. */
export const hostDefined = -1;

/** What a type is made of: a primitive, another type, a resource; undefined for what is left out of a result or case. */
export type TypePart = Primitive | DefinedType | ResourceType | undefined;

/** A value or function type. Its shape is made when somebody first needs it. */
export class DefinedType {
  readonly kind: "value" | "func";
  readonly form: TypeForm;
  /** Its parts, in the order of {@link referencesOf}. */
  readonly parts: readonly TypePart[];
  /** How deep types are nested in it: whoever walks through it needs a stack of that depth. */
  readonly depth: number;
  /** Whether a value has handles in it, and of which kind. */
  readonly handles: "none" | "own" | "borrow";
  #shape: Shape | undefined;
  #functionShape: FunctionShape | undefined;

  /** @throws LinkError where it is nested too deeply, or a function lends what it returns */
  constructor(form: TypeForm, parts: readonly TypePart[]) {
    this.kind = form.form === "func" ? "func" : "value";
    this.form = form;
    this.parts = parts;
    let depth = -1;
    let handles: DefinedType["handles"] = form.form === "borrow" || form.form === "own" ? form.form : "none";
    for (const part of parts) {
      if (!(part instanceof DefinedType)) continue;
      depth = Math.max(depth, part.depth);
      if (handles === "none" || part.handles === "borrow") handles = part.handles;
    }
    this.depth = depth + 1;
    this.handles = handles;
    if (this.depth > maximumDepth) throw new LinkError(`types are nested more than ${maximumDepth} deep`);
    const result = this.kind === "func" ? parts.at(-1) : undefined;
    // CanonicalABI.md: a call ends before its result is used, and with it what was lent.
    if (result instanceof DefinedType && result.handles === "borrow")
      throw new LinkError("a function returns a handle that is only lent");
  }

  /** How its values cross. @throws LinkError where it is too large */
  get shape(): Shape {
    this.#shape ??= valueShape(this.form, this.parts);
    return this.#shape;
  }

  /** How its parameters and its result cross. */
  get functionShape(): FunctionShape {
    if (this.#functionShape === undefined) {
      const shapes = this.parts.map(shapeOf);
      this.#functionShape = functionShape(shapes.slice(0, -1) as Shape[], shapes.at(-1));
    }
    return this.#functionShape;
  }
}

function shapeOf(part: TypePart): Shape | undefined {
  if (part === undefined) return undefined;
  if (typeof part === "string") return part === "string" ? text : numbers[part];
  if (part.kind === "resource") throw new LinkError(`the resource "${part.name}" is used as a value`);
  return part.shape;
}

function valueShape(form: TypeForm, parts: readonly TypePart[]): Shape {
  const part = (index: number): Shape => shapeOf(parts[index])!;
  switch (form.form) {
    case "primitive":
      return shapeOf(form.type)!;
    case "record":
      return record(form.fields.map(({ name }, index) => ({ name, shape: part(index) })));
    case "variant":
      return variant(form.cases.map(({ name }, index) => ({ name, shape: shapeOf(parts[index]) })));
    case "list":
      return list(part(0));
    case "tuple":
      return tuple(form.types.map((_, index) => part(index)));
    case "flags":
      return flags(form.labels);
    case "enum":
      return enumeration(form.labels);
    case "option":
      return option(part(0));
    case "result":
      return result(shapeOf(parts[0]), shapeOf(parts[1]));
    case "own":
      return own(parts[0] as ResourceType);
    case "borrow":
      return borrow(parts[0] as ResourceType);
    default:
      throw new LinkError(`a ${form.form} is used as a value`);
  }
}

/** What a type refers to, in order: types by index or name, and the resource of a handle. */
export function referencesOf(form: TypeForm): readonly (Primitive | number | undefined)[] {
  switch (form.form) {
    case "record":
      return form.fields.map(({ type }) => type);
    case "variant":
      return form.cases.map(({ type }) => type);
    case "tuple":
      return form.types;
    case "list":
      return [form.element];
    case "option":
      return [form.type];
    case "result":
      return [form.ok, form.error];
    case "own":
    case "borrow":
      return [form.resource];
    case "func":
      return [...form.params.map(({ type }) => type), form.result];
    default:
      return [];
  }
}

/** When two resources are the same, and the pairs of types that were found the same by it. */
export class SameTypes {
  readonly sameResource: (one: ResourceType, other: ResourceType) => boolean;
  /** So that types which share parts are not compared again and again. */
  readonly #alike = new WeakMap<object, WeakSet<object>>();

  constructor(sameResource: (one: ResourceType, other: ResourceType) => boolean) {
    this.sameResource = sameResource;
  }

  found(one: object, other: object): boolean {
    return this.#alike.get(one)?.has(other) ?? false;
  }

  keep(one: object, other: object): void {
    this.#alike.set(one, (this.#alike.get(one) ?? new WeakSet()).add(other));
  }
}

const ofHost = new SameTypes(sameResource);

/**
 * Whether two types are the same: form, names, parts, resources. The component model has no other relation between the
 * types of values.
 *
 * @param relation says which resources are the same; by default those of the host of which package, interface and name are,
 *   whatever the version
 */
export function sameType(left: TypePart, right: TypePart, relation = ofHost): boolean {
  const one = withoutAlias(left);
  const other = withoutAlias(right);
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one.kind === "resource" || other.kind === "resource") {
    return one.kind === other.kind && relation.sameResource(one as ResourceType, other as ResourceType);
  }
  if (relation.found(one, other)) return true;
  const same =
    sameNames(one.form, other.form) &&
    one.parts.length === other.parts.length &&
    one.parts.every((part, index) => sameType(part, other.parts[index], relation));
  if (same) relation.keep(one, other);
  return same;
}

function sameResource(one: ResourceType, other: ResourceType): boolean {
  if (one.definer !== hostDefined || other.definer !== hostDefined || one.name !== other.name) return false;
  return parseInterfaceName(one.path).path === parseInterfaceName(other.path).path;
}

function withoutAlias(type: TypePart): TypePart {
  return typeof type === "object" && type.kind !== "resource" && type.form.form === "primitive"
    ? type.form.type
    : type;
}

function sameNames(one: TypeForm, other: TypeForm): boolean {
  if (one.form !== other.form) return false;
  const names = namesOf(one);
  const others = namesOf(other);
  return names.length === others.length && names.every((name, index) => name === others[index]);
}

function namesOf(form: TypeForm): readonly string[] {
  switch (form.form) {
    case "record":
      return form.fields.map(({ name }) => name);
    case "variant":
      return form.cases.map(({ name }) => name);
    case "flags":
    case "enum":
      return form.labels;
    case "func":
      return form.params.map(({ name }) => name);
    default:
      return [];
  }
}
