import type { Clock } from "@busbar/host";
import { BackendError, UartError, type UartUse } from "@busbar/host/backend";
import type { UartPart } from "@busbar/model";
import { type ActiveUartFault, countUartFault, type UartFault, type UartFaultCounter } from "./faults.ts";
import { SimulatedUartHandle } from "./handle.ts";
import { byteMs, UartLine } from "./line.ts";
import { UartReceiver } from "./receiver.ts";

/** How long a port is away that a fault unplugs. */
const awayMs = 1000;

/** Times are sums of fractions: what is so near has come. */
const epsilonMs = 1e-6;

/** What a call does that is struck, or not. */
export type UartStrike = ActiveUartFault | undefined;

/** A serial port in this process, with a part at the other end of its line. Bytes take their time. */
export class SimulatedUart {
  readonly #clock: Clock;
  readonly #part: UartPart;
  readonly #line: UartLine;
  readonly #listeners = new Set<(event: "arrived" | "left") => void>();
  readonly #faults: UartFaultCounter[] = [];
  readonly #receiver = new UartReceiver();
  #opened: { readonly handle: SimulatedUartHandle; use: UartUse } | undefined;
  #isThere = true;
  #calls = 0;

  constructor(part: UartPart, clock: Clock) {
    this.#part = part;
    this.#clock = clock;
    this.#line = new UartLine(part);
  }

  /** Whether it is plugged in. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** How many calls were made on it, failed ones included. */
  get calls(): number {
    return this.#calls;
  }

  /** What a person would see of the part; undefined where there is nothing to see. */
  render(): string | undefined {
    return this.#part.render?.();
  }

  /** Makes calls fail. Where several faults strike one call, the one injected first wins. */
  inject(fault: UartFault): void {
    this.#faults.push(countUartFault(fault));
  }

  /** Forgets every injected fault. */
  clearFaults(): void {
    this.#faults.length = 0;
  }

  /** Follows the line up to now, and looks anew at what comes next: something else than bytes was done to its part. */
  wake(): void {
    if (this.#opened === undefined) return;
    this.#follow();
    this.#opened.handle.wake();
  }

  /** Tells of each unplugging and plugging in from now on. */
  watch(listener: (event: "arrived" | "left") => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Pulls it out: whoever has it opened has nothing any more. Without effect where it is out. */
  unplug(): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.handle.leave();
    this.#tell("left");
  }

  /** Plugs it in again. Without effect where it is in. */
  plug(): void {
    if (this.#isThere) return;
    this.#isThere = true;
    this.#tell("arrived");
  }

  /**
   * Opens it, as the backend of a host does.
   *
   * @returns undefined where it is unplugged
   * @throws BackendError where somebody has it
   */
  open(use: UartUse): SimulatedUartHandle | undefined {
    if (!this.#isThere) return undefined;
    if (this.#opened !== undefined) {
      const { device } = this.#opened.use;
      throw new BackendError(
        `${use.device}: the simulated serial port is used by "${device}"; end that first.`,
      );
    }
    // What came while nobody had it is nobody's; what is on the line now is still to come.
    this.#follow(use);
    this.#receiver.discard(this.#nowMs);
    const handle = new SimulatedUartHandle(this, this.#clock);
    this.#opened = { handle, use };
    return handle;
  }

  /** For handles: it is given back. */
  close(handle: SimulatedUartHandle): void {
    if (this.#opened?.handle === handle) this.#opened = undefined;
  }

  /**
   * For handles: a call begins. Every fault counts every call, also one that another fault strikes.
   *
   * @throws UartError for one that ends the call
   */
  begin(): UartStrike {
    this.#calls += 1;
    const [first] = this.#faults.map((fault) => fault.next()).filter((active) => active !== undefined);
    if (first?.error !== undefined) throw new UartError(first.error, "injected by the simulator");
    if (first?.kind !== "disconnected") return first;
    this.unplug();
    this.#clock.sleep(awayMs).then(
      () => this.plug(),
      () => undefined,
    );
    throw new UartError("disconnected", "unplugged by the simulator");
  }

  /** For handles: when there may be something new; undefined where nothing is on its way. */
  get nextMs(): number | undefined {
    const times = [this.#receiver.nextMs(this.#byteMs), this.#line.nextMs].filter(
      (each) => each !== undefined,
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * For handles: what has come until now and was not read.
   *
   * @throws UartError for a byte that was disturbed, or lost
   */
  take(maximum: number, struck: UartStrike): Uint8Array {
    this.#follow();
    if (struck?.kind === "silence") this.#receiver.discard(this.#nowMs);
    const bytes = this.#receiver.take(maximum);
    if (struck?.kind === "garbage") return bytes.map(() => struck.garbage());
    return struck?.kind === "short" ? bytes.slice(0, bytes.length >> 1) : bytes;
  }

  /** For handles: sends bytes. */
  send(bytes: Uint8Array, struck: UartStrike): void {
    this.#follow();
    if (struck?.kind === "silence") return;
    const sent = struck?.kind === "short" ? bytes.subarray(0, bytes.length >> 1) : bytes;
    this.#line.send(sent, this.#use, this.#clock.now());
  }

  /** For handles: when all has left that was sent. */
  get sentMs(): number {
    return this.#line.sentMs;
  }

  /** For handles: how many bytes have not left yet. */
  get unsent(): number {
    return this.#line.unsent(this.#nowMs);
  }

  /** For handles: forgets what has come. */
  discard(): void {
    this.#follow();
    this.#receiver.discard(this.#nowMs);
  }

  /** For handles: another speed from now on. */
  setBaudRate(baudRate: number): void {
    this.#follow();
    if (this.#opened !== undefined) this.#opened.use = { ...this.#use, baudRate };
  }

  get #nowMs(): number {
    return this.#clock.now() + epsilonMs;
  }

  get #use(): UartUse {
    return this.#opened!.use;
  }

  get #byteMs(): number {
    return byteMs(this.#part.form ?? this.#use);
  }

  #follow(use: UartUse = this.#use): void {
    this.#receiver.add(this.#line.follow(use, this.#nowMs));
    this.#receiver.follow(byteMs(this.#part.form ?? use), this.#nowMs);
  }

  #tell(event: "arrived" | "left"): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
