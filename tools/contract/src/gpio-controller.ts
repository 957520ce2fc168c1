/** What every driver of busbar:device/gpio-controller must do, whatever part it drives. */

import { dirname } from "node:path";
import { OpenBoard, parseBoard, type WrittenEntry } from "@busbar/host";
import { loadComponent } from "@busbar/host-node";
import { type SimulatedPins, SimulatedUsb, type UsbDevice, VirtualClock, type WireLevel } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { expectControllerWorld } from "./controller-world.ts";
import type { Settings } from "./forms.ts";
import { randomOf } from "./random.ts";
import { scriptedClient } from "./scripted-client.ts";

/** wasi:gpio/digital `pin-state`. */
type GpioState = "active" | "inactive";

/** What the suite has to know of a driver. */
export interface GpioControllerContract {
  /** The path of its built component. */
  readonly component: string;
  /** What its entry is wired to: `{ "usb": ... }`. */
  readonly wired: Omit<WrittenEntry, "driver" | "settings">;
  /** A part with these pins. */
  readonly part: (pins: SimulatedPins, clock: VirtualClock) => UsbDevice;
  /** The names of its lines, in the order of their offsets; at least three. */
  readonly lines: readonly string[];
  /** Whether an output can leave "high" to a resistor. */
  readonly hasOpenDrain: boolean;
  /** The resistors that its pins have. */
  readonly pulls: readonly ("up" | "down")[];
}

/** A line of a client, as the board file has it; `chip` is the bridge. */
interface ClientLine {
  readonly line: number | string;
  readonly direction: "in" | "out" | "in-out";
  readonly activeLevel?: "active-high" | "active-low";
  readonly pull?: "up" | "down";
  readonly drive?: "push-pull" | "open-drain";
}

/** Declares the tests of one driver. */
export function gpioControllerContract(name: string, contract: GpioControllerContract): void {
  const { component, hasOpenDrain, lines, pulls, wired } = contract;
  const next = randomOf(11);
  const offsets = lines.map((_, offset) => offset);
  const out = (line: number | string): ClientLine => ({ line, direction: "out" });

  describe(`${name} as a GPIO controller`, { timeout: 60_000 }, () => {
    test("the component exports the interface, and imports no other bus than its own", () => {
      expectControllerWorld(component, "gpio-controller", wired);
    });

    test.each(offsets)(
      "line %i, as an output: inactive, as it is set, and let go of at the end",
      async (offset) => {
        for (const activeLevel of ["active-high", "active-low"] as const) {
          const [active, inactive] = activeLevel === "active-high" ? ["high", "low"] : ["low", "high"];
          const subject = await Bench.open(contract, { client: { pin: { ...out(offset), activeLevel } } });
          const pin = await subject.pin("client", "pin");
          for (const state of ["active", "active", "inactive", "active"] as const) await pin.set(state);
          await subject.board[Symbol.asyncDispose]();
          // From the moment that it is one it is inactive, and again before it is none any more.
          const driven = subject.pins.changes
            .filter(([changed]) => changed === offset)
            .map(([, level]) => level);
          expect(driven).toEqual([inactive, active, inactive, active, inactive, undefined]);
          expect(subject.pins.changes.filter(([changed]) => changed !== offset)).toEqual([]);
        }
      },
    );

    test("a line has a name and an offset, and is the same by both", async () => {
      for (const [offset, line] of lines.entries()) {
        await using subject = await Bench.open(contract, { client: { pin: out(line) } });
        await (await subject.pin("client", "pin")).set("active");
        expect(subject.pins.driven(offset)).toBe("high");
      }
    });

    test("inputs are what the wires are", async () => {
      const inputs = Object.fromEntries(
        lines.map((line, offset) => [`pin-${offset}`, { line, direction: "in" } as const]),
      );
      await using subject = await Bench.open(contract, { client: inputs });
      const read = async (offset: number) => (await subject.pin("client", `pin-${offset}`)).read();
      for (let round = 0; round < 30; round += 1) {
        const levels = offsets.map(() => (next(2) === 0 ? "low" : "high"));
        for (const offset of offsets) subject.pins.put(offset, levels[offset]!);
        for (const offset of offsets) {
          expect(await read(offset)).toBe(levels[offset] === "high" ? "active" : "inactive");
        }
      }
      expect(subject.pins.changes).toEqual([]);
    });

    test("lines in either direction do not disturb each other", async () => {
      const isOutput = (offset: number) => offset % 2 === 0;
      const clients = Object.fromEntries(
        offsets.map((offset) => [
          `at-${offset}`,
          { pin: { line: offset, direction: isOutput(offset) ? "in-out" : "in" } as const },
        ]),
      );
      await using subject = await Bench.open(contract, clients);
      for (const offset of offsets) subject.pins.put(offset, "low");
      const expected: GpioState[] = offsets.map(() => "inactive");
      for (let round = 0; round < 60; round += 1) {
        const offset = next(lines.length);
        const state = next(2) === 0 ? "inactive" : "active";
        if (isOutput(offset)) await (await subject.pin(`at-${offset}`, "pin")).set(state);
        else subject.pins.put(offset, state === "active" ? "high" : "low");
        expected[offset] = state;
        const asked = next(lines.length);
        expect(await (await subject.pin(`at-${asked}`, "pin")).read()).toBe(expected[asked]);
      }
      for (const offset of offsets.filter(isOutput)) {
        expect(subject.pins.driven(offset)).toBe(expected[offset] === "active" ? "high" : "low");
      }
    });

    test("an open-drain output leaves high to others; or it is refused", async () => {
      const line: ClientLine = { line: 1, direction: "in-out", drive: "open-drain" };
      await using subject = await Bench.open(contract, { client: { pin: line } });
      if (!hasOpenDrain) {
        await expect(subject.pin("client", "pin")).rejects.toThrow('remove "drive"');
        return;
      }
      const pin = await subject.pin("client", "pin");
      expect(subject.pins.driven(1)).toBe("low");
      expect(await pin.read()).toBe("inactive");
      await pin.set("active");
      expect(subject.pins.driven(1)).toBeUndefined();
      expect(await pin.read()).toBe("active");
      subject.pins.put(1, "low");
      expect(await pin.read()).toBe("inactive");
      expect(subject.pins.changes.map(([, level]) => level)).not.toContain("high");
    });

    test.each(["up", "down"] as const)("the resistor %s is there, or refused", async (pull) => {
      await using subject = await Bench.open(contract, {
        client: { pin: { line: 0, direction: "in", pull } },
      });
      const opened = subject.pin("client", "pin");
      if (pulls.includes(pull)) expect(["active", "inactive"]).toContain(await (await opened).read());
      else await expect(opened).rejects.toThrow('remove "pull"');
    });

    test("a line that it does not have is refused, with those that it has", async () => {
      const shown = lines.map((line) => JSON.stringify(line)).join(", ");
      for (const line of [lines.length, 65_535, "GPIO-none"]) {
        await using subject = await Bench.open(contract, { client: { pin: out(line) } });
        await expect(subject.pin("client", "pin")).rejects.toThrow(
          `has no line ${JSON.stringify(line)}; its lines are ${shown}.`,
        );
        expect(subject.pins.changes).toEqual([]);
      }
    });

    test("where the part is gone, so is the client's line; plugged in again, it is an output again", async () => {
      await using subject = await Bench.open(contract, { client: { pin: out(2) } });
      await (await subject.pin("client", "pin")).set("active");
      const { exports } = await subject.board.component<Client>("client");
      subject.unplug();
      expect(subject.pins.driven(2)).toBeUndefined();
      await expect(exports.client.set("pin", "inactive")).rejects.toMatchObject({
        payload: { tag: "disconnected" },
      });
      subject.plug();
      const pin = await subject.pin("client", "pin");
      expect(subject.pins.driven(2)).toBe("low");
      await pin.set("active");
      expect(subject.pins.driven(2)).toBe("high");
    });
  });
}

/** Where the part is plugged in. */
const PORT = "1-1";

/** What is wired to the part's pins: others put levels on them, and a resistor holds them high. */
class Pins implements SimulatedPins {
  readonly #driven = new Map<number, WireLevel>();
  readonly #put = new Map<number, WireLevel>();
  /** What the part has driven, one entry for each change. */
  readonly changes: (readonly [offset: number, level: WireLevel | undefined])[] = [];

  drive(offset: number, level: WireLevel | undefined): void {
    if (this.#driven.get(offset) === level) return;
    this.changes.push([offset, level]);
    if (level === undefined) this.#driven.delete(offset);
    else this.#driven.set(offset, level);
  }

  level(offset: number): WireLevel {
    return this.#driven.get(offset) ?? this.#put.get(offset) ?? "high";
  }

  /** What the part drives now. */
  driven(offset: number): WireLevel | undefined {
    return this.#driven.get(offset);
  }

  /** Somebody else puts a level on a line that the part does not drive. */
  put(offset: number, level: WireLevel): void {
    this.#put.set(offset, level);
  }
}

/** What a client does with its lines. */
interface Client {
  readonly client: {
    set(line: string, state: GpioState): void;
    read(line: string): GpioState;
  };
}

/** A pin of wasi:gpio/digital. */
interface WasiPin {
  setState(state: GpioState): void | Promise<void>;
  read(): GpioState | Promise<GpioState>;
}

/** busbar:board/gpio as a client has it. */
interface BoardGpio {
  openIn(name: string, line: string): Promise<WasiPin>;
  openOut(name: string, line: string): Promise<WasiPin>;
  openInOut(name: string, line: string): Promise<WasiPin>;
}

/** A board with the bridge "subject", a part, and clients with lines of it. */
class Bench implements AsyncDisposable {
  readonly board: OpenBoard;
  readonly pins: Pins;
  readonly #usb: SimulatedUsb;
  readonly #part: () => UsbDevice;

  private constructor(board: OpenBoard, pins: Pins, usb: SimulatedUsb, part: () => UsbDevice) {
    this.board = board;
    this.pins = pins;
    this.#usb = usb;
    this.#part = part;
  }

  static async open(
    { component, part, wired }: GpioControllerContract,
    clients: Readonly<Record<string, Readonly<Record<string, ClientLine>>>>,
    settings: Settings = {},
  ): Promise<Bench> {
    const clock = new VirtualClock();
    const pins = new Pins();
    const usb = new SimulatedUsb(clock);
    const make = () => part(pins, clock);
    usb.plug(PORT, make());
    const entries = Object.entries(clients).map(([name, wiring]) => {
      const onChip = Object.entries(wiring).map(([line, each]) => [line, { ...each, chip: "subject" }]);
      return [name, { driver: name, gpio: { lines: Object.fromEntries(onChip) } }];
    });
    const board = await OpenBoard.open(
      parseBoard({
        bridges: { subject: { driver: component, settings, ...wired } },
        devices: Object.fromEntries(entries),
      }),
      {
        clock,
        usb: [usb],
        gpio: [],
        loadComponent: async (specifier) =>
          Object.hasOwn(clients, specifier)
            ? scriptedClient("busbar:board/gpio@0.1.0", (gpio) =>
                pinsOf(gpio as BoardGpio, specifier, clients[specifier]!),
              )
            : loadComponent(specifier, dirname(component)),
      },
    );
    return new Bench(board, pins, usb, make);
  }

  /** A line of a client, whose driver is started where it does not run. @throws HostError */
  async pin(client: string, line: string) {
    const { exports } = await this.board.component<Client>(client);
    return {
      set: async (state: GpioState) => exports.client.set(line, state),
      read: async () => exports.client.read(line),
    };
  }

  /** Pulls the part out. */
  unplug(): void {
    this.#usb.unplug(PORT);
  }

  /** Plugs another one in. */
  plug(): void {
    this.#usb.plug(PORT, this.#part());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.board[Symbol.asyncDispose]();
  }
}

/** The guest of a client: it opens each of its lines once. */
function pinsOf(gpio: BoardGpio, name: string, wiring: Readonly<Record<string, ClientLine>>) {
  const opened = new Map<string, Promise<WasiPin>>();
  const pinOf = (line: string) => {
    const { direction } = wiring[line]!;
    const open = { in: gpio.openIn, out: gpio.openOut, "in-out": gpio.openInOut }[direction];
    const pin = opened.get(line) ?? open.call(gpio, name, line);
    opened.set(line, pin);
    return pin;
  };
  return {
    set: async (line: string, state: GpioState) => (await pinOf(line)).setState(state),
    read: async (line: string) => (await pinOf(line)).read(),
  };
}
