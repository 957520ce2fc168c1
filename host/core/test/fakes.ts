import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import type { I2cBackend, I2cBus, I2cOperation } from "../src/bus/i2c/backend.ts";
import { I2cError, type I2cErrorCode } from "../src/bus/i2c/error.ts";
import type { Clock } from "../src/clock.ts";
import type { LoadedComponent } from "../src/component/artifact.ts";
import type { BoardEvent } from "../src/trace/trace.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";

/** Time that passes when somebody sleeps, and only then: sleepers wake in the order of their times. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #sleepers: { atMs: number; wake: () => void }[] = [];
  #scheduled = false;

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (Number.isNaN(ms)) throw new RangeError("NaN is no time to wait");
      signal?.addEventListener("abort", () => reject(signal.reason));
      if (signal?.aborted) reject(signal.reason);
      this.#sleepers.push({ atMs: this.#now + ms, wake: resolve });
      this.#schedule();
    });
  }

  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.atMs);
      next.wake();
      if (this.#sleepers.length > 0) this.#schedule();
    });
  }
}

/** A bus that answers every read with the number of the transaction, and remembers what reached it. */
export class FakeBus implements I2cBus, I2cBackend {
  readonly name = "fake";
  readonly transactions: { address: number; operations: readonly I2cOperation[] }[] = [];
  readonly opened: (number | string)[] = [];
  closed = 0;
  fail: I2cErrorCode | undefined;
  /** Addresses at which nothing answers. */
  readonly absent = new Set<number>();

  openI2c(bus: number | string): I2cBus | undefined {
    if (bus === "missing") return undefined;
    this.opened.push(bus);
    return this;
  }

  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    this.transactions.push({ address, operations });
    if (this.absent.has(address)) throw new I2cError({ tag: "no-acknowledge", val: "address" }, "nobody");
    if (this.fail !== undefined) throw new I2cError(this.fail, "injected");
    return operations.flatMap((operation) =>
      operation.kind === "read" ? [new Uint8Array(operation.length).fill(this.transactions.length)] : [],
    );
  }

  close(): void {
    this.closed += 1;
  }
}

/** The imports of an I2C sensor driver, as a component gets them. */
export interface GuestImports {
  "busbar:board/i2c": {
    open(name: string): { bus: GuestI2c; address: number };
    openDelay(): { delayNs(ns: number): Promise<void> };
  };
  "busbar:board/settings": { get(name: string): [string, string][] };
  "busbar:board/log": { warn(message: string): void };
}

/** wasi:i2c's resource, as a guest sees it. */
export interface GuestI2c {
  transaction(address: number, operations: object[]): Uint8Array[];
  read(address: number, length: bigint): Uint8Array;
  write(address: number, data: Uint8Array): void;
  writeRead(address: number, data: Uint8Array, length: bigint): Uint8Array;
}

/** A guest written as plain JavaScript: what `read` does is up to the test. */
export type Guest = (imports: GuestImports) => {
  read: () => Float64Array | Promise<Float64Array>;
  close?: () => unknown;
  drop?: () => unknown;
};

/** The error that a component throws for a WIT error value. */
export class ComponentError extends Error {
  readonly payload: unknown;

  constructor(payload: unknown) {
    super("see payload");
    this.payload = payload;
  }
}

const driverImports = [
  "busbar:board/i2c@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/log@0.1.0",
  "wasi:i2c/i2c@0.2.0-draft",
];

/** A driver component that is `guest`. */
export function fakeArtifact(guest: Guest, imports: readonly string[] = driverImports): LoadedComponent {
  const bytes = componentBytes(imports, ["busbar:device/sensor@0.1.0"]);
  const instantiate = (given: Record<string, unknown>) => {
    const open = async () => {
      const device = guest(given as unknown as GuestImports);
      return {
        info: async () => ({ vendor: "Test", model: "Fake" }),
        channels: async () => [
          { quantity: "temperature", label: "temperature", minimum: 0, maximum: 100_000, resolution: 1 },
        ],
        read: async () => device.read(),
        close: async () => device.close?.(),
        [Symbol.dispose]: () => device.drop?.(),
      };
    };
    return { "busbar:device/sensor@0.1.0": { open } };
  };
  return fakeComponent("./fake.wasm", bytes, instantiate);
}

/** A board with fakes all around, and everything it told. */
export async function fakeBoard(file: BoardFile, guests: Record<string, Guest>) {
  const clock = new FakeClock();
  const bus = new FakeBus();
  const events: BoardEvent[] = [];
  const board = await OpenBoard.open(parseBoard(file), {
    clock,
    i2c: [bus],
    loadComponent: async (specifier) => fakeArtifact(guests[specifier]!),
  });
  board.listen((event) => events.push(event));
  return { board, bus, clock, events };
}
