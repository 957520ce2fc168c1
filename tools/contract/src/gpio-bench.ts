/** A driver on GPIO lines as a component in the host, on a simulated chip. */

import { readFileSync } from "node:fs";
import { type BoardEvent, type GpioGrant, type OpenBoard, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { SimulatedGpioChip, VirtualClock } from "@busbar/sim";
import { expect } from "vitest";
import type { Settings } from "./forms.ts";

/** A line as a board file has it, on the chip of the bench. */
export type BenchLine = Omit<GpioGrant["lines"][string], "chip" | "activeLevel" | "line"> &
  Partial<Pick<GpioGrant["lines"][string], "activeLevel">> & { readonly line: number };

/** What a bench is made of. */
export interface GpioBenchOptions {
  /** The path of the built component. */
  readonly component: string;
  /** Its lines, by its names for them. */
  readonly lines: Readonly<Record<string, BenchLine>>;
  readonly settings?: Settings;
}

/** A board with one device, "subject". */
export interface GpioBench extends AsyncDisposable {
  readonly board: OpenBoard;
  readonly chip: SimulatedGpioChip;
  readonly clock: VirtualClock;
  /** Everything that the board told. */
  readonly events: readonly BoardEvent[];
}

/** Opens it. */
export async function gpioBench({ component, lines, settings = {} }: GpioBenchOptions): Promise<GpioBench> {
  const clock = new VirtualClock();
  const chip = new SimulatedGpioChip(clock);
  const events: BoardEvent[] = [];
  const onChip = Object.entries(lines).map(([name, line]) => [name, { ...line, chip: "bench" }]);
  const board = await openBoard(
    { devices: { subject: { driver: component, gpio: { lines: Object.fromEntries(onChip) }, settings } } },
    {
      clock,
      gpio: [{ name: "bench", openGpioLine: (use) => chip.open(use) }],
      onEvent: (event) => events.push(event),
    },
  );
  return { board, chip, clock, events, [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() };
}

/** What the driver of a device on GPIO lines may import; one that does not wait or warn leaves out what it does not use. */
const imports = [
  "busbar:board/gpio@0.1.0",
  "busbar:board/log@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/time@0.1.0",
  "busbar:device/errors@0.1.0",
  "wasi:gpio/delay@0.2.0",
  "wasi:gpio/digital@0.2.0",
  "wasi:gpio/general@0.2.0",
  "wasi:io/poll@0.2.4",
];

/** Checks that a component has no other imports than the world of a GPIO driver, and exports one kind of device. */
export function expectGpioWorld(component: string, kind: string): void {
  const found = readComponent(readFileSync(component), component);
  expect(imports).toEqual(expect.arrayContaining(found.imports.map(({ name }) => name)));
  expect(found.imports.map(({ name }) => name)).toContain("busbar:board/gpio@0.1.0");
  expect(found.exports.map(({ name }) => name)).toEqual([kind]);
}
