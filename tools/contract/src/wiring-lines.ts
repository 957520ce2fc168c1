/** Drivers of a part that has lines beside its bus. */

import { type GpioBoard, type GpioGiven, gpioOn, together } from "@busbar/guest";
import type { GpioLineGrant } from "@busbar/host";
import type { GpioEdge, GpioLine } from "@busbar/host/backend";
import { type GpioPart, SimulatedGpioChip, type VirtualClock } from "@busbar/sim";
import type { TestBus, TestFault, TestWiring } from "./wiring.ts";

/** What a driver imports for its lines. */
const IMPORTS = [
  "busbar:board/gpio@0.1.0",
  "busbar:board/log@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/time@0.1.0",
  "wasi:gpio/delay@0.2.0",
  "wasi:gpio/digital@0.2.0",
  "wasi:gpio/general@0.2.0",
  "wasi:io/poll@0.2.4",
];

/** A line as a board file has it; where it is, the suite knows. */
export type TestLine = Pick<GpioLineGrant, "direction"> &
  Partial<Pick<GpioLineGrant, "activeLevel" | "pull">>;

/** A bus with one chip, whose pins are on a GPIO chip. */
export class LinesTestBus<Bus extends TestBus> implements TestBus {
  readonly inner: Bus;
  readonly chip: SimulatedGpioChip;

  constructor(inner: Bus, chip: SimulatedGpioChip) {
    this.inner = inner;
    this.chip = chip;
  }

  get transactions(): number {
    return this.inner.transactions;
  }

  get picture(): string | undefined {
    return this.inner.picture;
  }

  inject(fault: TestFault): void {
    this.inner.inject(fault);
  }

  clearFaults(): void {
    this.inner.clearFaults();
  }

  detach(): void {
    this.inner.detach();
  }
}

/**
 * The same bus with lines beside it.
 *
 * @param lines by the names that the driver, and the pins of the model, have for them
 */
export function withLines<
  Target extends { readonly pins?: GpioPart },
  Given extends unknown[],
  Bus extends TestBus,
>(
  wiring: TestWiring<Target, Given, Bus>,
  lines: Readonly<Record<string, TestLine>>,
): TestWiring<Target, [...Given, ...GpioGiven], LinesTestBus<Bus>> {
  const offsets = Object.fromEntries(Object.keys(lines).map((name, offset) => [name, offset]));
  return {
    imports: [...new Set([...wiring.imports, ...IMPORTS])].sort(),
    errors: wiring.errors,
    goneFault: wiring.goneFault,
    absent: wiring.absent,
    bus(target, clock) {
      const chip = new SimulatedGpioChip(clock);
      if (target.pins !== undefined) chip.attach(target.pins, offsets);
      const catchUp = () => {
        for (const offset of Object.values(offsets)) chip.line(offset).catchUp();
      };
      return new LinesTestBus(wiring.bus(wiring.withPins(target, catchUp), clock), chip);
    },
    withPins: wiring.withPins,
    garbled: wiring.garbled,
    guest(buses, clock) {
      const time = { nowMs: () => clock.now(), waitMs: (ms: number) => clock.advance(ms) };
      const gpio = gpioOn({ gpio: boardOn(buses, lines, offsets, clock), time });
      return together(wiring.guest(innerOf(buses), clock), gpio);
    },
    entry(device) {
      const placed = Object.entries(lines).map(([name, line]) => [
        name,
        { chip: device, line: offsets[name]!, ...line },
      ]);
      return { ...wiring.entry(device), gpio: { lines: Object.fromEntries(placed) } };
    },
    backends: (buses) => ({
      ...wiring.backends(innerOf(buses)),
      gpio: [{ name: "contract", openGpioLine: (use) => buses[use.chip]?.chip.open(use) }],
    }),
  };
}

function innerOf<Bus extends TestBus>(
  buses: Readonly<Record<string, LinesTestBus<Bus>>>,
): Record<string, Bus> {
  return Object.fromEntries(Object.entries(buses).map(([name, { inner }]) => [name, inner]));
}

/** busbar:board/gpio on simulated chips, without a host: who waits lets the time pass. */
function boardOn(
  buses: Readonly<Record<string, LinesTestBus<TestBus>>>,
  lines: Readonly<Record<string, TestLine>>,
  offsets: Readonly<Record<string, number>>,
  clock: VirtualClock,
): GpioBoard {
  const opened = new Map<
    unknown,
    { readonly line: GpioLine; readonly chip: SimulatedGpioChip; readonly name: string }
  >();
  const isHighActive = (name: string) => lines[name]!.activeLevel !== "active-low";
  const open = (device: string, name: string) => {
    const { direction, pull } = lines[name]!;
    const { chip } = buses[device]!;
    const initial = isHighActive(name) ? "low" : "high";
    const line = chip.open({ device, chip: device, line: offsets[name]!, direction, pull, initial });
    const pin = {
      getConfig: () => ({ activeLevel: lines[name]!.activeLevel ?? "active-high" }),
      read: () => ((line.read() === "high") === isHighActive(name) ? "active" : "inactive"),
      setState: (state: string) => line.write((state === "active") === isHighActive(name) ? "high" : "low"),
      [Symbol.dispose]: () => line.close(),
    };
    opened.set(pin, { line, chip, name });
    return pin;
  };
  const board = {
    openIn: open,
    openOut: open,
    openInOut: open,
    watchEdges(pin: unknown) {
      const { line, chip, name } = opened.get(pin)!;
      let edges: GpioEdge[] = [];
      const watch = line.watch((edge) => edges.push(edge));
      return {
        wait(timeoutMs: number) {
          const endMs = clock.now() + timeoutMs;
          for (;;) {
            const nextMs = Math.min(chip.nextChange(offsets[name]!) ?? endMs, endMs);
            if (edges.length > 0 || clock.now() >= endMs) break;
            clock.advance(nextMs - clock.now());
          }
          const taken = edges;
          edges = [];
          return taken.map(({ level, timeMs }) => ({
            state: (level === "high") === isHighActive(name) ? "active" : "inactive",
            timeMs,
          }));
        },
        lost: () => 0,
        [Symbol.dispose]: () => watch[Symbol.dispose](),
      };
    },
  };
  // Of a pin, drivers use no more than that.
  return board as unknown as GpioBoard;
}
