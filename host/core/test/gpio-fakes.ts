import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { WrittenEntry } from "../src/board/schema.ts";
import type { GpioBackend, GpioEdge, GpioLevel, GpioLine, GpioLineUse } from "../src/bus/gpio/backend.ts";
import type { GpioErrorCode } from "../src/bus/gpio/error.ts";
import { GpioError } from "../src/bus/gpio/error.ts";
import type { StateEdge } from "../src/bus/gpio/line.ts";
import type { GpioState } from "../src/bus/gpio/state.ts";
import { FakeClock, fakeArtifact } from "./fakes.ts";

/** A chip whose lines do as they are told, and remember it. */
export class FakeChip implements GpioBackend {
  readonly name = "fake";
  /** What was opened and done, in order: "open 17 in", "watch 17", "write 22 high", "close 17". */
  readonly log: string[] = [];
  readonly uses: GpioLineUse[] = [];
  readonly levels = new Map<GpioLineUse["line"], GpioLevel>();
  fail: GpioErrorCode | undefined;
  readonly #listeners = new Map<GpioLineUse["line"], Set<(edge: GpioEdge) => void>>();

  readonly answersLater: boolean;

  constructor(answersLater = false) {
    this.answersLater = answersLater;
  }

  /** How many listen to a line. */
  watchers(line: number): number {
    return this.#listeners.get(line)?.size ?? 0;
  }

  /** A line changes by itself. */
  drive(line: number, level: GpioLevel, timeMs: number): void {
    this.levels.set(line, level);
    for (const listener of [...(this.#listeners.get(line) ?? [])]) listener({ level, timeMs });
  }

  openGpioLine(use: GpioLineUse): GpioLine | undefined {
    const { chip, line, direction, initial } = use;
    if (chip === "missing") return undefined;
    this.uses.push(use);
    this.log.push(`open ${line} ${direction}`);
    if (direction !== "in") this.levels.set(line, initial);
    const answer = <Value>(value: () => Value): Value | Promise<Value> => {
      const told = () => {
        if (this.fail !== undefined) throw new GpioError(this.fail, "injected");
        return value();
      };
      return this.answersLater ? Promise.resolve().then(told) : told();
    };
    return {
      read: () => answer(() => this.levels.get(line) ?? "low"),
      write: (level) =>
        answer(() => {
          this.log.push(`write ${line} ${level}`);
          this.levels.set(line, level);
        }),
      watch: (listener) => {
        if (direction !== "in") throw new GpioError({ tag: "operation-not-supported" }, "no edges");
        this.log.push(`watch ${line}`);
        const all = this.#listeners.get(line) ?? new Set();
        this.#listeners.set(line, all.add(listener));
        return { [Symbol.dispose]: () => void all.delete(listener) };
      },
      close: () => void this.log.push(`close ${line}`),
    };
  }
}

/** wasi:io/poll `pollable`, as a guest sees it. */
export interface GuestPollable extends Disposable {
  ready(): boolean;
  block(): Promise<void>;
}

/** Pins as a guest sees them: it waits for what comes later. */
export interface GuestPin {
  getConfig(): object;
  watchForReady(): GuestPollable;
  setState(state: GpioState): void;
  setActive(): void;
  setInactive(): void;
  toggle(): void;
  read(): GpioState;
  isActive(): boolean;
  isInactive(): boolean;
  watchState(state: GpioState): GuestPollable;
  watchActive(): GuestPollable;
  watchInactive(): GuestPollable;
  watchFallingEdge(): GuestPollable;
  watchRisingEdge(): GuestPollable;
}

/** busbar:board/gpio `edges`. */
export interface GuestEdges extends Disposable {
  wait(timeoutMs: number): Promise<StateEdge[]>;
  lost(): number;
}

/** What a driver on GPIO imports. */
export interface GpioImports {
  "busbar:board/gpio": {
    openIn(name: string, line: string): Promise<GuestPin>;
    openOut(name: string, line: string): Promise<GuestPin>;
    openInOut(name: string, line: string): Promise<GuestPin>;
    watchEdges(pin: GuestPin): GuestEdges;
  };
  "wasi:io/poll": { poll(pollables: GuestPollable[]): Promise<Uint32Array> };
  "wasi:gpio/delay": Record<"delayNs" | "delayUs" | "delayMs", (time: number) => Promise<void>>;
}

const driverImports = [
  "busbar:board/gpio@0.1.0",
  "busbar:board/time@0.1.0",
  "wasi:gpio/general@0.2.0",
  "wasi:gpio/digital@0.2.0",
  "wasi:gpio/delay@0.2.0",
  "wasi:io/poll@0.2.4",
];

/** An input that is active while it is low, an output, and one of both. */
export const threeLines = {
  ready: { chip: 0, line: 17, direction: "in", activeLevel: "active-low", pull: "up" },
  relay: { chip: 0, line: 22, direction: "out" },
  data: { chip: 0, line: 4, direction: "in-out" },
} as const;

/** Opens a board with one device, "panel", whose driver does `use` when it is read. */
export async function gpioBoard(
  use: (imports: GpioImports, clock: FakeClock) => unknown,
  { chip = new FakeChip(), ...entry }: Partial<WrittenEntry> & { readonly chip?: FakeChip } = {},
) {
  const clock = new FakeClock();
  const events: BoardEvent[] = [];
  const panel: WrittenEntry = { driver: "./fake.wasm", gpio: { lines: threeLines }, ...entry };
  const loadComponent = async () =>
    fakeArtifact(
      (imports) => ({
        read: async () => {
          await use(imports as unknown as GpioImports, clock);
          return Float64Array.of(1);
        },
      }),
      driverImports,
    );
  const board = await OpenBoard.open(parseBoard({ devices: { panel } }), {
    clock,
    gpio: [chip],
    loadComponent,
  });
  board.listen((event) => events.push(event));
  const read = async () => (await board.sensor("panel")).read();
  const denials = () => events.filter(({ kind }) => kind === "denied" || kind === "would-be-denied");
  return { board, chip, clock, events, read, denials };
}

/** What a guest's call was refused with. */
export async function refusal(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (thrown) {
    return (thrown as { payload?: unknown }).payload ?? thrown;
  }
  return undefined;
}
