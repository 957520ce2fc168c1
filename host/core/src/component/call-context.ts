/**
 * What the calls of one component instance through one set of canonical options work with: its memory, its realloc, its
 * handles. The other half of every shape's closures.
 *
 * Source: Component Model, CanonicalABI.md, "LiftLowerContext" and "LiftLowerOptions".
 */

import type { StringEncoding } from "./binary.ts";
import { GuestResource, type Handle, type HandleTable } from "./handles.ts";
import type { ComponentInstance } from "./instance.ts";
import { CopyCount } from "./limits.ts";
import type { Runners } from "./runner.ts";
import { trap } from "./shapes/shape.ts";

/** One component instance of a plan: whether calls may go in and out, and its handles. */
export interface InstanceState {
  /** Whether a call is in it. */
  entered: boolean;
  /** Whether it may call out: not while its realloc or its post-return runs. */
  mayLeave: boolean;
  readonly handles: HandleTable;
  readonly runners: Runners;
}

/** See above. */
export class CallContext {
  readonly instance: ComponentInstance;
  readonly state: InstanceState;
  readonly handles: HandleTable;
  readonly encoding: StringEncoding;
  /** The payload of the variant that was split last. */
  payload: unknown;
  /** The length of the string or list that was stored last. */
  storedLength = 0;
  /** The handles that are lent in the call that is being made. */
  lent: { readonly handle: Handle; readonly lent: unknown }[] = [];
  /** Takes back the handles that were given to the component for the call that is being made. */
  given: (() => void)[] = [];
  readonly #memory: WebAssembly.Memory | undefined;
  readonly #realloc: ((old: number, oldSize: number, align: number, size: number) => number) | undefined;
  readonly #copied: CopyCount;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  constructor(
    instance: ComponentInstance,
    state: InstanceState,
    options: {
      readonly encoding: StringEncoding;
      readonly memory: WebAssembly.Memory | undefined;
      readonly realloc: ((old: number, oldSize: number, align: number, size: number) => number) | undefined;
    },
  ) {
    this.instance = instance;
    this.state = state;
    this.handles = state.handles;
    this.encoding = options.encoding;
    this.#memory = options.memory;
    this.#realloc = options.realloc;
    this.#copied = new CopyCount(instance.limits.memoryMiB * 1024 * 1024);
  }

  /** The memory's bytes. The buffer of a memory that has grown is detached, and its length is 0. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#refresh();
    return this.#bytes;
  }

  /** The same as a view. */
  get view(): DataView {
    if (this.#bytes.length === 0) this.#refresh();
    return this.#view;
  }

  #refresh(): void {
    if (this.#memory === undefined) trap("a canonical function needs a memory and has none");
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }

  /** A new call: what was copied before does not count for it. */
  begin(): void {
    this.#copied.reset();
  }

  /** Counts what a value takes in JavaScript. @throws Trap */
  spend(bytes: number): void {
    this.#copied.spend(bytes);
  }

  /** Before bytes of the guest are read: they are there, aligned, and not too many in this call. @throws Trap */
  charge(pointer: number, length: number, align: number): void {
    this.check(pointer, length, align);
    this.#copied.spend(length);
  }

  /** @returns `pointer` @throws Trap where what it points to is not aligned, or not in the memory */
  check(pointer: number, size: number, align: number): number {
    if (pointer % align !== 0) trap("a pointer is not aligned");
    if (pointer + size > this.bytes.length) trap("a pointer leads out of the memory");
    return pointer;
  }

  /**
   * Asks the guest for a place (CanonicalABI.md, `realloc`).
   *
   * @returns a pointer that is aligned and inside of the memory
   * @throws Trap
   */
  allocate(align: number, size: number): number {
    if (this.#realloc === undefined) return trap("a canonical function needs a realloc and has none");
    const { instance, state } = this;
    const before = state.mayLeave;
    state.mayLeave = false;
    // Our own frames lie between the guest and who waits for it: it cannot be held in here.
    instance.pins += 1;
    try {
      return this.check(this.#realloc(0, 0, align, size) >>> 0, size, align);
    } catch (thrown) {
      // Also a TypeError, which is what an engine throws for a realloc of another type than one has to have.
      throw instance.fail(thrown);
    } finally {
      instance.pins -= 1;
      state.mayLeave = before;
    }
  }

  /** The call is not made after all: what was given to the component for it is its holder's again. */
  takeBack(): void {
    for (const takeBack of this.given.reverse()) takeBack();
    this.keepGiven();
  }

  /** What was given stays with the component. */
  keepGiven(): void {
    if (this.given.length !== 0) this.given = [];
  }

  /** What was lent in a call is so no more. */
  endLoans(): void {
    if (this.lent.length === 0) return;
    for (const { handle, lent } of this.lent) {
      handle.lends -= 1;
      GuestResource.expire(lent);
    }
    this.lent = [];
  }
}
