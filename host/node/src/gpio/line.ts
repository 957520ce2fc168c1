import {
  type GpioEdge,
  GpioError,
  type GpioLevel,
  type GpioLine,
  type GpioLineUse,
} from "@busbar/host/backend";
import { lineError } from "./errno.ts";
import type { GpioDev } from "./ioctl.ts";
import type { LineConfig } from "./structures.ts";
import type { GpioSystem } from "./system.ts";

/**
 * What the kernel is told of a line. One with an open drain is an input while it is high, which is what the kernel makes of
 * GPIO_V2_LINE_FLAG_OPEN_DRAIN too, but that is for outputs, and of these it tells no edges (gpiolib-cdev.c, gpio_v2_line_flags_validate).
 *
 * @param level what an output is to have
 */
export function kernelConfig({ drive, ...config }: LineUse, level: GpioLevel, edges: boolean): LineConfig {
  if (config.direction === "in") return { ...config, initial: level, edges };
  if (drive !== "open-drain") return { ...config, initial: level, edges: false };
  const direction = level === "high" ? "in" : "out";
  return { ...config, direction, initial: level, edges: edges && direction === "in" };
}

/** How a line is used. */
export type LineUse = Pick<GpioLineUse, "direction" | "pull" | "debounceMs" | "drive">;

/** A line that the kernel has given to this process. */
export class LinuxLine implements GpioLine {
  readonly #system: GpioSystem;
  readonly #dev: GpioDev;
  readonly #use: LineUse;
  /** For people: "/dev/gpiochip0, line 17". */
  readonly #name: string;
  readonly #listeners = new Set<(edge: GpioEdge) => void>();
  /** What an output was set to last. */
  #level: GpioLevel;
  #descriptor: number | undefined;
  #readable: Disposable | undefined;

  /**
   * @param descriptor of the line; this closes it
   * @param level what an output has
   */
  constructor(system: GpioSystem, descriptor: number, use: LineUse, level: GpioLevel, name: string) {
    this.#system = system;
    this.#dev = system.gpioDev();
    this.#descriptor = descriptor;
    this.#use = use;
    this.#level = level;
    this.#name = name;
  }

  read(): GpioLevel {
    return this.#call((line) => this.#dev.get(line));
  }

  write(level: GpioLevel): void {
    // The kernel looks at it too, but an output of this configuration it cannot know of.
    if (this.#use.direction === "in") throw this.#unsupported("an input cannot be set");
    this.#call((line) => {
      if (this.#use.drive === "open-drain") this.#configure(line, level, this.#readable !== undefined);
      else this.#dev.set(line, level);
    });
    this.#level = level;
  }

  watch(listener: (edge: GpioEdge) => void): Disposable {
    this.#call((line) => {
      // gpiolib-cdev.c: "Edge detection requires explicit input".
      if (this.#use.direction !== "in" && this.#use.drive !== "open-drain") {
        throw this.#unsupported("an output tells of no edges");
      }
      if (this.#readable === undefined) this.#startWatch(line);
    });
    // Another function each time, so that one that listens twice stops listening once.
    const own = (edge: GpioEdge) => listener(edge);
    this.#listeners.add(own);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#stopWatch();
      },
    };
  }

  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#listeners.clear();
    this.#readable?.[Symbol.dispose]();
    this.#readable = undefined;
    this.#descriptor = undefined;
    this.#dev.close(descriptor);
  }

  /** The kernel looks for edges only while somebody wants to know of them: each is an interrupt. */
  #startWatch(line: number): void {
    this.#drain(line);
    this.#configure(line, this.#level, true);
    try {
      this.#readable = this.#dev.whenReadable(line, () => this.#take());
    } catch (cause) {
      this.#stopWatch();
      throw cause;
    }
  }

  #stopWatch(): void {
    this.#readable?.[Symbol.dispose]();
    this.#readable = undefined;
    // Where it fails, the line is gone, and the next call says so.
    try {
      this.#call((line) => this.#configure(line, this.#level, false));
    } catch {}
  }

  #configure(line: number, level: GpioLevel, edges: boolean): void {
    this.#dev.configure(line, kernelConfig(this.#use, level, edges));
  }

  /** What happened while nobody listened is nobody's. */
  #drain(line: number): void {
    while (this.#dev.events(line).length > 0);
  }

  #take(): void {
    while (this.#descriptor !== undefined) {
      let events: ReturnType<GpioDev["events"]>;
      try {
        events = this.#dev.events(this.#descriptor);
      } catch {
        // The controller was pulled out: nothing more comes, and whoever reads or watches the line hears why.
        this.#readable?.[Symbol.dispose]();
        this.#readable = undefined;
        return;
      }
      if (events.length === 0) return;
      for (const { level, timestampNs } of events) {
        const edge = { level, timeMs: this.#system.clockMs(timestampNs) };
        for (const listener of [...this.#listeners]) listener(edge);
      }
    }
  }

  #call<Result>(call: (line: number) => Result): Result {
    if (this.#descriptor === undefined) {
      const reason = `${this.#name}: the line is closed`;
      throw new GpioError({ tag: "other", val: reason }, reason);
    }
    try {
      return call(this.#descriptor);
    } catch (error) {
      throw error instanceof GpioError ? error : lineError(error, this.#name);
    }
  }

  #unsupported(reason: string): GpioError {
    return new GpioError({ tag: "operation-not-supported" }, `${this.#name}: ${reason}`);
  }
}
