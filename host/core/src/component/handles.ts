/**
 * Resources and their handles: one table for each component instance, from index to resource. Indices are the guest's;
 * what they stand for is never in its reach.
 *
 * Source: Component Model, CanonicalABI.md, "Resource State", `lift_own`, `lift_borrow`, `lower_own`, `lower_borrow`.
 */

import type { CallContext } from "./call-context.ts";
import type { ComponentInstance } from "./instance.ts";
import { trap } from "./shapes/shape.ts";
import { hostDefined, type ResourceType } from "./types.ts";

/** A resource that a component defines, as the host and other components of its composition hold it. */
export class GuestResource implements Disposable {
  readonly #instance: ComponentInstance;
  readonly #type: ResourceType;
  readonly #representation: number;
  readonly #owned: boolean;
  #alive = true;

  constructor(instance: ComponentInstance, type: ResourceType, representation: number, owned = true) {
    this.#instance = instance;
    this.#type = type;
    this.#representation = representation;
    this.#owned = owned;
  }

  /** The instance that it lives in. @throws TypeError where `value` is no resource of a component */
  static instanceOf(value: unknown): ComponentInstance {
    if (!GuestResource.#is(value)) throw new TypeError("a resource of a component is expected");
    return value.#instance;
  }

  /**
   * Its representation, for the component that defines it.
   *
   * @throws TypeError where `value` is no such resource, or was given away or dropped
   */
  static representation(instance: ComponentInstance, type: ResourceType, value: unknown): number {
    if (!GuestResource.#is(value) || value.#type !== type || value.#instance !== instance) {
      throw new TypeError(`a parameter has to be a resource "${type.name}" of this component`);
    }
    if (!value.#alive) throw new TypeError(`this "${type.name}" was given away or dropped`);
    return value.#representation;
  }

  /**
   * Gives it away: who holds it holds nothing from now on.
   *
   * @returns undoes that, for a call that is not made after all
   * @throws TypeError where it is not his to give
   */
  static consume(instance: ComponentInstance, type: ResourceType, value: unknown): () => void {
    GuestResource.representation(instance, type, value);
    const resource = value as GuestResource;
    if (!resource.#owned) throw new TypeError(`this "${type.name}" is only lent`);
    resource.#alive = false;
    return () => {
      resource.#alive = true;
    };
  }

  /** It was lent for a call that is over. */
  static expire(value: unknown): void {
    if (GuestResource.#is(value)) value.#alive = false;
  }

  /** The same resource, for who gets it now. */
  static again(value: unknown, owned: boolean): GuestResource {
    const { instance, type, representation } = (value as GuestResource).#parts;
    return instance.wrap(type, representation, owned);
  }

  static #is(value: unknown): value is GuestResource {
    return typeof value === "object" && value !== null && #alive in value;
  }

  get #parts() {
    return { instance: this.#instance, type: this.#type, representation: this.#representation };
  }

  /**
   * Drops it: its component's destructor runs. Dropping twice, and dropping what was only lent, does nothing.
   *
   * @throws Trap where a call is in its component; it can be dropped afterwards
   */
  [Symbol.dispose](): void {
    if (!this.#alive || !this.#owned) return;
    this.#instance.requireLeft(this.#type);
    this.#alive = false;
    this.#instance.destroy(this.#type, this.#representation);
  }
}

/** CanonicalABI.md, `ResourceHandle`. */
export interface Handle {
  readonly type: ResourceType;
  /** The representation where the table's own component defines the type; else the host's object or a GuestResource. */
  readonly resource: unknown;
  readonly owned: boolean;
  /** How often it is lent in calls that are under way. */
  lends: number;
}

/** What all tables of one outermost component share. */
export interface HandleCount {
  count: number;
  readonly maximum: number;
}

/** The handles of one component instance. */
export class HandleTable {
  /** How many handles were lent to the call under way, and not dropped yet. */
  borrowed = 0;
  /** A number is the next free index; index 0 is never given. */
  readonly #entries: (Handle | number)[] = [0];
  readonly #instance: number;
  readonly #shared: HandleCount;
  #free = 0;

  /** @param instance which component instance of the plan it belongs to */
  constructor(instance: number, shared: HandleCount) {
    this.#instance = instance;
    this.#shared = shared;
  }

  add(type: ResourceType, resource: unknown, owned: boolean): number {
    if (this.#shared.count >= this.#shared.maximum)
      trap(`it holds more than ${this.#shared.maximum} handles`);
    this.#shared.count += 1;
    const handle = { type, resource, owned, lends: 0 };
    if (this.#free === 0) return this.#entries.push(handle) - 1;
    const index = this.#free;
    this.#free = this.#entries[index] as number;
    this.#entries[index] = handle;
    return index;
  }

  get(type: ResourceType, index: number): Handle {
    const handle = this.#entries[index];
    if (typeof handle !== "object" || handle.type !== type)
      return trap(`handle ${index} is no "${type.name}"`);
    return handle;
  }

  remove(type: ResourceType, index: number): Handle {
    const handle = this.get(type, index);
    if (handle.lends !== 0) trap(`handle ${index} is given away or dropped while it is lent`);
    this.#entries[index] = this.#free;
    this.#free = index;
    this.#shared.count -= 1;
    if (!handle.owned) this.borrowed -= 1;
    return handle;
  }

  /** `lift_own`: a handle leaves the component. */
  takeOwn(cx: CallContext, type: ResourceType, index: number): unknown {
    if (!this.get(type, index).owned) trap("a handle that was lent is given away");
    const { resource } = this.remove(type, index);
    if (type.definer === hostDefined) return resource;
    return type.definer === this.#instance
      ? cx.instance.wrap(type, resource as number, true)
      : GuestResource.again(resource, true);
  }

  /** `lower_own`: a resource enters the component. */
  giveOwn(cx: CallContext, type: ResourceType, value: unknown): number {
    if (type.definer === hostDefined) {
      cx.instance.requireHostResource(type, value);
      return this.#give(cx, type, value, true);
    }
    const representation = GuestResource.representation(cx.instance, type, value);
    const given = type.definer === this.#instance ? representation : GuestResource.again(value, true);
    const undo = GuestResource.consume(cx.instance, type, value);
    cx.given.push(undo);
    return this.#give(cx, type, given, true);
  }

  #give(cx: CallContext, type: ResourceType, resource: unknown, owned: boolean): number {
    const index = this.add(type, resource, owned);
    if (!owned) this.borrowed += 1;
    cx.given.push(() => void this.remove(type, index));
    return index;
  }

  /** `lift_borrow`: a component lends a resource for the call that is being made. */
  takeBorrow(cx: CallContext, type: ResourceType, index: number): unknown {
    const handle = this.get(type, index);
    handle.lends += 1;
    const { resource } = handle;
    const lent =
      type.definer === hostDefined
        ? resource
        : type.definer === this.#instance
          ? cx.instance.wrap(type, resource as number, false)
          : GuestResource.again(resource, false);
    cx.lent.push({ handle, lent });
    return lent;
  }

  /** `lower_borrow`: a resource is lent to the component for the call that is being made. */
  giveBorrow(cx: CallContext, type: ResourceType, value: unknown): number {
    // Its definer gets the representation itself, which it need not drop.
    if (type.definer === this.#instance) return GuestResource.representation(cx.instance, type, value);
    if (type.definer === hostDefined) {
      cx.instance.requireHostResource(type, value);
      return this.#give(cx, type, value, false);
    }
    GuestResource.representation(cx.instance, type, value);
    return this.#give(cx, type, GuestResource.again(value, false), false);
  }
}
