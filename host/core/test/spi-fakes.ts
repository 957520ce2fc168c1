import { expect } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { WrittenEntry } from "../src/board/schema.ts";
import type { SpiAnswer, SpiBackend, SpiDevice, SpiOperation, SpiWiring } from "../src/bus/spi/backend.ts";
import { SpiError, type SpiErrorCode } from "../src/bus/spi/error.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";

/** A device that gives the number of the transaction for each byte, and remembers what reached it. */
export class FakeSpi implements SpiBackend<SpiAnswer>, SpiDevice<SpiAnswer> {
  readonly name = "fake";
  readonly transactions: (readonly SpiOperation[])[] = [];
  readonly opened: { bus: number | string; wiring: SpiWiring }[] = [];
  readonly answersLater: boolean;
  closed = 0;
  /** Whether it never answers. */
  isStuck = false;
  fail: SpiErrorCode["tag"] | undefined;

  constructor(answersLater = false) {
    this.answersLater = answersLater;
  }

  openSpi(bus: number | string, wiring: SpiWiring): SpiDevice<SpiAnswer> | undefined {
    if (bus === "missing") return undefined;
    this.opened.push({ bus, wiring });
    return this;
  }

  transaction(operations: readonly SpiOperation[]): SpiAnswer {
    if (this.isStuck) return new Promise(() => undefined);
    return this.answersLater ? Promise.resolve().then(() => this.#run(operations)) : this.#run(operations);
  }

  close(): void {
    this.closed += 1;
  }

  #run(operations: readonly SpiOperation[]): Uint8Array[] {
    this.transactions.push(operations);
    if (this.fail !== undefined) throw new SpiError(this.fail, "injected");
    return operations.flatMap((operation) => {
      if (operation.kind === "write" || operation.kind === "delay") return [];
      const length = operation.kind === "read" ? operation.length : operation.data.length;
      return [new Uint8Array(length).fill(this.transactions.length)];
    });
  }
}

/** wasi:spi's resource, as a guest sees it that waits for what comes later. */
export interface GuestSpi {
  read(length: bigint): Uint8Array;
  write(data: Uint8Array): unknown;
  transfer(data: Uint8Array): Uint8Array;
  transaction(operations: object[]): object[];
}

/** The import of an SPI driver. */
export interface SpiImports {
  "wasi:spi/spi": { open(name: string): GuestSpi };
}

/** A board with one sensor, "adc", whose driver does `use` when it is read; and an app, "bench", that does `main`. */
export async function spiBoard(
  entry: WrittenEntry,
  use: (spi: SpiImports["wasi:spi/spi"]) => unknown,
  spi = new FakeSpi(),
) {
  const events: BoardEvent[] = [];
  const clock = new FakeClock();
  const bytes = componentBytes(["wasi:spi/spi"], ["busbar:device/sensor@0.1.0"]);
  const channel = { quantity: "count", label: "count", minimum: 0, maximum: 1, resolution: 1 };
  const driver = fakeComponent("./fake.wasm", bytes, (given) => ({
    "busbar:device/sensor@0.1.0": {
      open: async () => ({
        info: async () => ({ vendor: "Test", model: "Fake" }),
        channels: async () => [channel],
        read: async () => {
          await use((given as unknown as SpiImports)["wasi:spi/spi"]);
          return Float64Array.of(1);
        },
        close: async () => undefined,
      }),
    },
  }));
  const board = await OpenBoard.open(parseBoard({ devices: { adc: entry } }), {
    ...{ clock, spi: [spi] },
    loadComponent: async () => driver,
  });
  board.listen((event) => events.push(event));
  const read = async () => (await board.sensor("adc")).read();
  const told = () =>
    events.flatMap((event) =>
      event.kind === "denied" || event.kind === "would-be-denied" ? [[event.kind, event.denied]] : [],
    );
  return { board, clock, events, read, spi, told };
}

/** What a call threw for the guest. */
export function payloadOf(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SpiError);
    return (thrown as SpiError).payload;
  }
  return "nothing was thrown";
}
