import type { Clock } from "@busbar/host";
import {
  type GpioEdge,
  GpioError,
  type GpioErrorCode,
  type GpioLevel,
  type GpioLineUse,
} from "@busbar/host/backend";
import { type GpioPart, StrikeCounter } from "@busbar/model";
import type { GpioFault } from "./faults.ts";

/** A part as one of its lines has it. */
export interface WiredPart {
  readonly part: GpioPart;
  /** The part's own name for the line. */
  readonly name: string;
  /** The part's other lines. */
  others(): readonly SimulatedLine[];
}

/**
 * One line of a simulated chip: what the part on it, a hand of a test, a resistor and the controller put on it together, in the order of
 * time. Where several drive it, a low wins, as where each only pulls it down; where nobody does, it is low.
 */
export class SimulatedLine {
  readonly #clock: Clock;
  readonly #faults: { readonly counter: StrikeCounter; readonly fault: GpioFault }[] = [];
  readonly #listeners = new Set<(edge: GpioEdge) => void>();
  #part: WiredPart | undefined;
  /** What a test drives. */
  #hand: GpioLevel | undefined;
  #use: GpioLineUse | undefined;
  /** What the controller drives. */
  #output: GpioLevel | undefined;
  /** Up to when the line was followed. */
  #atMs: number;
  #level: GpioLevel = "low";
  /** Since when it has that level. */
  #sinceMs: number;
  /** The level that counts: after the debounce. */
  #counted: GpioLevel = "low";
  /** Ends the wait for the next change, where somebody listens. */
  #timer: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.now();
    this.#sinceMs = this.#atMs;
  }

  /** Whether a controller has it. */
  get isOpen(): boolean {
    return this.#use !== undefined;
  }

  /**
   * Wires a part to it.
   *
   * @throws RangeError where it has one
   */
  attach(part: WiredPart): void {
    if (this.#part !== undefined) throw new RangeError("Another part is wired to one of these lines.");
    this.#change(() => {
      this.#part = part;
    });
  }

  /** Follows the line up to now, and looks anew at what comes next: something else was done to its part. */
  catchUp(): void {
    this.#change(() => undefined);
  }

  /** Something goes wrong with it from now on. */
  inject(fault: GpioFault): void {
    const { operation: first, every, count } = fault;
    this.#faults.push({ counter: new StrikeCounter({ first, every, count }), fault });
  }

  /** The hand of a test drives it; undefined lets it go. */
  drive(level: GpioLevel | undefined): void {
    this.#change(() => {
      this.#hand = level;
    });
  }

  /** The level on the wire now. */
  get level(): GpioLevel {
    this.#follow();
    return this.#level;
  }

  /** When it changes next by itself; undefined where that never happens unless something is done to it. */
  get nextChange(): number | undefined {
    this.#follow();
    return this.#nextMs;
  }

  /** Whether the controller drives it. */
  get isDriven(): boolean {
    return this.#output !== undefined;
  }

  /** A controller takes it. @throws Error where it is taken */
  open(use: GpioLineUse): void {
    this.#change(() => {
      this.#use = use;
      if (use.direction !== "in") this.#put(use.initial);
    });
    this.#counted = this.#level;
  }

  /** The level that counts for the controller. @throws GpioError */
  read(): GpioLevel {
    this.#strike();
    this.#follow();
    return this.#counted;
  }

  /** @throws GpioError */
  write(level: GpioLevel): void {
    this.#strike();
    if (this.#use?.direction === "in") {
      throw new GpioError({ tag: "operation-not-supported" }, "an input cannot be set");
    }
    this.#change(() => this.#put(level));
  }

  watch(listener: (edge: GpioEdge) => void): Disposable {
    this.#follow();
    this.#listeners.add(listener);
    this.#await();
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
        this.#await();
      },
    };
  }

  /** The controller lets it go. */
  close(): void {
    this.#listeners.clear();
    this.#change(() => {
      this.#use = undefined;
      this.#put(undefined);
    });
  }

  #put(asked: GpioLevel | undefined): void {
    const level = asked === "high" && this.#use?.drive === "open-drain" ? undefined : asked;
    if (level === this.#output) return;
    this.#output = level;
    if (this.#part === undefined) return;
    const { part, name, others } = this.#part;
    // What the part has done on its other lines is done, and what it does from now on may be something else.
    for (const other of others()) other.catchUp();
    part.driven?.(name, level, this.#clock.now());
    for (const other of others()) other.catchUp();
  }

  #strike(): void {
    for (const { counter, fault } of this.#faults) {
      if (counter.next()) throw new GpioError(codeOf(fault), "injected by the simulator");
    }
  }

  /** Something that is not the part's own doing happens now. */
  #change(happens: () => void): void {
    this.#follow();
    happens();
    this.#become(this.#sum(this.#atMs), this.#atMs);
    this.#settle(this.#atMs);
    this.#await();
  }

  /** Lets the line go through all that happened until now. */
  #follow(): void {
    const nowMs = this.#clock.now();
    for (;;) {
      const nextMs = this.#part?.part.nextChange(this.#part.name, this.#atMs);
      // What a part changes in the past would never end.
      if (nextMs === undefined || nextMs > nowMs || nextMs <= this.#atMs) break;
      this.#settle(nextMs);
      this.#atMs = nextMs;
      this.#become(this.#sum(nextMs), nextMs);
      this.#settle(nextMs);
    }
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#settle(this.#atMs);
  }

  #sum(atMs: number): GpioLevel {
    const driven = [this.#part?.part.level(this.#part.name, atMs), this.#hand, this.#output];
    if (driven.includes("low")) return "low";
    return driven.includes("high") || this.#use?.pull === "up" ? "high" : "low";
  }

  #become(level: GpioLevel, atMs: number): void {
    if (level === this.#level) return;
    this.#level = level;
    this.#sinceMs = atMs;
  }

  /** A level that has lasted long enough counts from the end of that time on, as in Linux. */
  #settle(atMs: number): void {
    const countsMs = this.#countsMs;
    if (countsMs === undefined || countsMs > atMs) return;
    this.#counted = this.#level;
    const edge = { level: this.#level, timeMs: countsMs };
    for (const listener of [...this.#listeners]) listener(edge);
  }

  /** When the level that is there counts, if it stays; undefined where it does already. */
  get #countsMs(): number | undefined {
    return this.#level === this.#counted ? undefined : this.#sinceMs + (this.#use?.debounceMs ?? 0);
  }

  /** When its part changes it, or a change begins to count. */
  get #nextMs(): number | undefined {
    const part = this.#part?.part.nextChange(this.#part.name, this.#atMs);
    const times = [part, this.#countsMs].filter((each) => each !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Waits for the next change, for as long as somebody listens. */
  #await(): void {
    this.#timer?.abort();
    this.#timer = undefined;
    if (this.#listeners.size === 0) return;
    const nextMs = this.#nextMs;
    if (nextMs === undefined) return;
    const timer = new AbortController();
    this.#timer = timer;
    const leftMs = Math.max(nextMs - this.#clock.now(), 0);
    this.#clock.sleep(leftMs, timer.signal).then(
      () => {
        this.#follow();
        this.#await();
      },
      () => undefined,
    );
  }
}

function codeOf({ fault }: GpioFault): GpioErrorCode {
  return fault === "other" ? { tag: "other", val: "injected by the simulator" } : { tag: fault };
}
