/** What a suite for drivers has to know of a bus: a chip on it, faults, and how a driver in either form gets it. */

import type { BusFaultKind, DeviceError, DriverBus } from "@busbar/guest";
import type { OpenBoardOptions } from "@busbar/host-node";
import type { VirtualClock } from "@busbar/sim";

/** A fault of a simulated bus: its kind, and which transactions it strikes. */
export interface TestFault {
  readonly fault: string;
  readonly transaction?: number;
  readonly every?: number;
  readonly count?: number;
  readonly seed?: number;
}

/** A simulated bus with one chip. */
export interface TestBus {
  /** How many transactions were begun on it. */
  readonly transactions: number;
  /** What a person would see of the chip. */
  readonly picture: string | undefined;
  /** Makes transactions fail. */
  inject(fault: TestFault): void;
  /** Forgets every injected fault. */
  clearFaults(): void;
  /** Takes the chip away. */
  detach(): void;
}

/** What is read instead of what the chip sends: one byte for ever, or random bytes. */
export type Nonsense = { readonly byte: number } | { readonly seed: number };

/** A chip at the end of a wire that can be broken. */
export interface Garbled<Target> {
  readonly target: Target;
  /** From now on nonsense is read. */
  garble(nonsense: Nonsense): void;
  /** From now on the chip is read. */
  mend(): void;
}

/** How the component of a driver is wired in a suite. */
export interface HostWiring<Bus extends TestBus> {
  /** The part of a board's entry that wires the device. */
  entry(device: string): object;

  /** What the host gets, to have the buses. */
  backends(buses: Readonly<Record<string, Bus>>): Partial<OpenBoardOptions>;
}

/** How a driver is wired in a suite, as a component and from its source. */
export interface DriverWiring<Given extends unknown[], Bus extends TestBus> extends HostWiring<Bus> {
  /** The bus of a driver's source, by the names of the devices. */
  guest(buses: Readonly<Record<string, Bus>>, clock: VirtualClock): DriverBus<Given>;
}

/** All that a suite has to know of the bus of a driver; `i2cAt` and `onSpi` make one. */
export interface TestWiring<Target, Given extends unknown[], Bus extends TestBus>
  extends DriverWiring<Given, Bus> {
  /** What the component of a driver imports of this bus and of the board, sorted; busbar:device/errors has types only. */
  readonly imports: readonly string[];
  /** The faults that end a transaction, and as which kind of fault the caller of a driver sees each. */
  readonly errors: ReadonlyMap<string, BusFaultKind>;
  /** The one of them that a part gives that is gone, or the nearest to that. */
  readonly goneFault: string;
  /** What a driver can say where no part is: all that it reads then may be ones. */
  readonly absent: readonly DeviceError["tag"][];

  /** A bus with this chip. */
  bus(chip: Target, clock: VirtualClock): Bus;

  /** The chip, whose pins follow what happens on its bus. @param catchUp brings their lines up to date */
  withPins(chip: Target, catchUp: () => void): Target;

  /** A chip whose wire can be broken. */
  garbled(chip: Target): Garbled<Target>;
}
