/**
 * What one component may make its host hold, all its nested instances together: memories and tables, initial sizes
 * and growth, and what is copied for it.
 */

import { LinkError } from "./reader.ts";
import { trap } from "./shapes/shape.ts";

/** The size of a page of linear memory in bytes: WebAssembly Core Specification 4.2.8. */
export const pageSize = 65_536;
/** What an engine takes for an element of a table, in bytes, with its dispatch tables. */
const tableElementSize = 32;

/** The limits of one instance. */
export interface InstanceLimits {
  /** In MiB: memories and tables together; and once more, what is copied out of them in one call. */
  readonly memoryMiB: number;
  /** Handles of resources, in all tables together. */
  readonly handles: number;
}

/** What is used where nothing else is said. */
export const defaultLimits: InstanceLimits = { memoryMiB: 64, handles: 4096 };

/** Counts the memories and tables of one instance. */
export class MemoryCount {
  readonly maximum: number;
  #used = 0;
  #refused = false;

  /** @param memoryMiB as in {@link InstanceLimits} */
  constructor(memoryMiB: number) {
    this.maximum = memoryMiB * 1024 * 1024;
  }

  /** In bytes. */
  get used(): number {
    return this.#used;
  }

  /** Whether the guest wanted more than it may have since its last call began. It sees a memory that is full. */
  get refused(): boolean {
    return this.#refused;
  }

  /** A call of the guest begins. */
  beginCall(): void {
    this.#refused = false;
  }

  /**
   * Takes what a core module begins with.
   *
   * @throws LinkError that says how much memory the component needs
   */
  begin(pages: number, tableElements: number): void {
    this.#used += pages * pageSize + tableElements * tableElementSize;
    if (this.#used > this.maximum) throw new MemoryNeeded(this.#used);
  }

  /**
   * Whether a memory or table may grow; what is negative was refused by the engine, and is given back.
   *
   * @param delta in pages or elements
   */
  grow(kind: "memory" | "table", delta: number): boolean {
    const bytes = delta * (kind === "memory" ? pageSize : tableElementSize);
    if (this.#used + bytes > this.maximum) {
      this.#refused = true;
      return false;
    }
    this.#used += bytes;
    return true;
  }
}

/** A component begins with more memory than it is allowed. */
export class MemoryNeeded extends LinkError {
  /** In MiB, rounded up. */
  readonly neededMiB: number;

  constructor(bytes: number) {
    const neededMiB = Math.ceil(bytes / (1024 * 1024));
    super(`it needs ${neededMiB} MiB of memory`);
    this.neededMiB = neededMiB;
  }
}

/** What is copied from a component's memory to JavaScript in one call, in bytes. */
export class CopyCount {
  readonly #maximum: number;
  #spent = 0;

  /** @param maximum in bytes */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** A new call. */
  reset(): void {
    this.#spent = 0;
  }

  /** @throws Trap */
  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent > this.#maximum) {
      trap(`it passes values of more than ${Math.floor(this.#maximum / (1024 * 1024))} MiB in one call`);
    }
  }
}
