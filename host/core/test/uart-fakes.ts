import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile, WrittenEntry } from "../src/board/schema.ts";
import type { UartBackend, UartLineSettings, UartPort, UartUse } from "../src/bus/uart/backend.ts";
import { UartError, type UartErrorCode } from "../src/bus/uart/error.ts";
import { Waiters } from "../src/waiters.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";

/** One port, "ttyUSB0", that sends back what it is sent and remembers it. */
export class FakeUart implements UartBackend, UartPort {
  readonly name = "fake";
  readonly uses: UartUse[] = [];
  /** What was done, in order: "write 1,2", "discard", "close". */
  readonly log: string[] = [];
  isThere = true;
  /** Whether what is done with it never ends. */
  isStuck = false;
  fail: UartErrorCode["tag"] | undefined;
  watches = 0;
  #kept: number[] = [];
  readonly #came = new Waiters();
  readonly #listeners = new Set<(event: "arrived" | "left") => void>();

  openUart(port: string, use: UartUse): UartPort | undefined {
    if (port !== "ttyUSB0" || !this.isThere) return undefined;
    this.uses.push(use);
    return this;
  }

  hasUart(port: string): boolean {
    return port === "ttyUSB0" && this.isThere;
  }

  watchUart(_: string, listener: (event: "arrived" | "left") => void): Disposable {
    this.watches += 1;
    this.#listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.delete(listener)) this.watches -= 1;
      },
    };
  }

  /** It is pulled out, or put back. */
  plug(isThere: boolean): void {
    this.isThere = isThere;
    for (const listener of [...this.#listeners]) listener(isThere ? "arrived" : "left");
  }

  async read(maximum: number, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    this.#strike(`read ${maximum} ${timeoutMs}`);
    if (this.isStuck) return new Promise(() => undefined);
    if (this.#kept.length === 0 && timeoutMs > 0) await this.#came.wait(signal).catch(() => undefined);
    return Uint8Array.from(this.#kept.splice(0, maximum));
  }

  async write(data: Uint8Array): Promise<void> {
    this.#strike(`write ${data}`);
    this.#kept.push(...data);
    this.#came.wake();
  }

  async drain(): Promise<void> {
    this.#strike("drain");
  }

  discard(): void {
    this.#strike("discard");
    this.#kept = [];
  }

  setBaudRate(baudRate: number): void {
    this.#strike(`baud ${baudRate}`);
  }

  close(): void {
    this.log.push("close");
  }

  #strike(call: string): void {
    this.log.push(call);
    if (this.fail !== undefined) throw new UartError(this.fail, "injected");
  }
}

/** busbar:board/uart's resource, as a guest sees it. */
export interface GuestUart {
  getLineSettings(): UartLineSettings;
  read(maximum: number, timeoutMs: number): Promise<Uint8Array>;
  write(data: Uint8Array): Promise<void>;
  drain(): Promise<void>;
  discard(): Promise<void>;
  setBaudRate(baudRate: number): Promise<void>;
}

/** The import of a driver on a serial line. */
export interface UartImports {
  "busbar:board/uart": { open(name: string): Promise<GuestUart> };
}

/** A board with one sensor, "gps", whose driver does `use` when it is read. */
export async function uartBoard(
  entry: WrittenEntry,
  use: (uart: UartImports["busbar:board/uart"]) => Promise<unknown>,
  uart = new FakeUart(),
  more: Partial<BoardFile> = {},
) {
  const events: BoardEvent[] = [];
  const clock = new FakeClock();
  const bytes = componentBytes(["busbar:board/uart@0.1.0"], ["busbar:device/sensor@0.1.0"]);
  const channel = { quantity: "distance", label: "altitude", minimum: 0, maximum: 1, resolution: 1 };
  const driver = fakeComponent("./fake.wasm", bytes, (given) => ({
    "busbar:device/sensor@0.1.0": {
      open: async () => ({
        info: async () => ({ vendor: "Test", model: "Fake" }),
        channels: async () => [channel],
        read: async () => {
          await use((given as unknown as UartImports)["busbar:board/uart"]);
          return Float64Array.of(1);
        },
        close: async () => undefined,
      }),
    },
  }));
  const board = await OpenBoard.open(parseBoard({ devices: { gps: entry }, ...more }), {
    ...{ clock, uart: [uart] },
    loadComponent: async () => driver,
  });
  board.listen((event) => events.push(event));
  const read = async () => (await board.sensor("gps")).read();
  const told = () =>
    events.flatMap((event) =>
      event.kind === "denied" || event.kind === "would-be-denied" ? [[event.kind, event.denied]] : [],
    );
  const turns = () => events.flatMap((event) => (event.kind === "lifecycle" ? [event.event] : []));
  return { board, clock, events, read, told, turns, uart };
}

/** What a call threw for the guest. */
export async function payloadOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof UartError) return thrown.payload;
    throw thrown;
  }
  return "nothing was thrown";
}
