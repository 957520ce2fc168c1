import type { GpioLevel } from "@busbar/host/backend";
import type { GpioDev } from "../src/gpio/ioctl.ts";
import type { LineConfig, LineEvent } from "../src/gpio/structures.ts";
import type { GpioSystem } from "../src/gpio/system.ts";
import { ErrnoError } from "../src/linux/errno.ts";
import type { SystemFiles } from "../src/linux/system.ts";
import { FakeMachine } from "./linux-machine.ts";

/** Linux numbers that the tests inject. */
export const E = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENXIO: 6,
  EACCES: 13,
  EBUSY: 16,
  ENODEV: 19,
  EINVAL: 22,
  ENOTTY: 25,
} as const;

/** A chip as the kernel shows it. */
export interface FakeChip {
  readonly label: string;
  /** The names of its lines, by offset. */
  readonly lines: readonly string[];
  openErrno?: number;
}

/** A line that was taken. */
export interface FakeLine {
  readonly chip: number;
  readonly offset: number;
  readonly consumer: string;
  config: LineConfig;
  level: GpioLevel;
  readonly events: LineEvent[];
}

/** A machine without hardware: chips behind the system calls, and what happened to them. */
export class FakeGpioMachine implements GpioSystem, GpioDev {
  platform = "linux";
  readonly chips = new Map<number, FakeChip>();
  /** By descriptor: chips and lines that are open. */
  readonly openChips = new Map<number, number>();
  readonly openLines = new Map<number, FakeLine>();
  /** What was called of lines, in order. */
  readonly log: string[] = [];
  readonly #readable = new Map<number, () => void>();
  /** Makes the next call of this name fail. */
  fail:
    | {
        readonly call: "request" | "configure" | "get" | "set" | "events" | "chipInfo" | "whenReadable";
        readonly errno: number;
      }
    | undefined;
  #next = 10;

  readonly #machine = new FakeMachine();
  readonly tree = this.#machine.tree;
  readonly files: SystemFiles = {
    ...this.#machine.files,
    list: (path) =>
      path === "/sys/bus/gpio/devices"
        ? [...this.chips.keys()].map((number) => `gpiochip${number}`)
        : undefined,
  };

  gpioDev(): GpioDev {
    return this;
  }

  clockMs(monotonicNs: bigint): number {
    return Number(monotonicNs) / 1e6 - 1000;
  }

  /** The line at an offset, where somebody has it. */
  line(offset: number): FakeLine | undefined {
    return [...this.openLines.values()].find((line) => line.offset === offset);
  }

  /** A line changes; the kernel keeps that where it was told to look for it. */
  change(offset: number, level: GpioLevel, timestampNs: bigint): void {
    const [descriptor, line] = [...this.openLines].find(([, each]) => each.offset === offset)!;
    line.level = level;
    if (line.config.edges) line.events.push({ level, timestampNs });
    this.#readable.get(descriptor)?.();
  }

  open(path: string): number {
    const number = Number(/^\/dev\/gpiochip(\d+)$/.exec(path)?.[1]);
    const chip = this.chips.get(number);
    if (chip === undefined) throw new ErrnoError(`open ${path}`, E.ENOENT);
    if (chip.openErrno !== undefined) throw new ErrnoError(`open ${path}`, chip.openErrno);
    this.openChips.set(this.#next, number);
    return this.#next++;
  }

  close(descriptor: number): void {
    if (this.#readable.has(descriptor)) throw new Error("closed while it is waited for");
    if (!this.openChips.delete(descriptor) && !this.openLines.delete(descriptor)) {
      throw new Error("closed twice");
    }
  }

  chipInfo(descriptor: number) {
    this.#strike("chipInfo");
    const number = this.openChips.get(descriptor)!;
    const { label, lines } = this.chips.get(number)!;
    return { name: `gpiochip${number}`, label, lines: lines.length };
  }

  lineInfo(descriptor: number, offset: number) {
    const chip = this.openChips.get(descriptor)!;
    const taken = [...this.openLines.values()].find((line) => line.chip === chip && line.offset === offset);
    return { name: this.chips.get(chip)!.lines[offset]!, consumer: taken?.consumer ?? "" };
  }

  request(descriptor: number, offset: number, consumer: string, config: LineConfig): number {
    this.#strike("request");
    const chip = this.openChips.get(descriptor)!;
    if (this.lineInfo(descriptor, offset).consumer !== "") throw new ErrnoError("ioctl", E.EBUSY);
    this.openLines.set(this.#next, { chip, offset, consumer, config, level: config.initial, events: [] });
    return this.#next++;
  }

  configure(line: number, config: LineConfig): void {
    this.#strike("configure");
    this.log.push(`configure ${this.#line(line).offset} edges ${config.edges}`);
    this.#line(line).config = config;
  }

  get(line: number): GpioLevel {
    this.#strike("get");
    return this.#line(line).level;
  }

  set(line: number, level: GpioLevel): void {
    this.#strike("set");
    this.log.push(`set ${this.#line(line).offset} ${level}`);
    this.#line(line).level = level;
  }

  events(line: number): LineEvent[] {
    this.#strike("events");
    return this.#line(line).events.splice(0, 2);
  }

  whenReadable(line: number, listener: () => void): Disposable {
    this.#strike("whenReadable");
    this.#readable.set(line, listener);
    return { [Symbol.dispose]: () => void this.#readable.delete(line) };
  }

  #line(descriptor: number): FakeLine {
    const line = this.openLines.get(descriptor);
    if (line === undefined) throw new Error("a call on a line that is closed");
    return line;
  }

  #strike(call: string): void {
    if (this.fail?.call !== call) return;
    const { errno } = this.fail;
    this.fail = undefined;
    throw new ErrnoError(`ioctl ${call}`, errno);
  }
}
