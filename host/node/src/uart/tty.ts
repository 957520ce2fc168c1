import {
  BackendError,
  UartError,
  type UartErrorCode,
  type UartPort,
  type UartUse,
} from "@busbar/host/backend";
import { ErrnoError, errnoOf } from "../linux/errno.ts";
import type { DeviceLock } from "../locks/device-locks.ts";
import type { LineCounters } from "./counters.ts";
import { hungUpError, uartCallError } from "./errno.ts";
import type { UartDev } from "./ioctl.ts";
import { type LineMark, MarkDecoder } from "./marks.ts";
import { inUse, uartOpenError } from "./remedies.ts";
import type { UartSystem } from "./system.ts";
import { encodeTermios, refusedSetting } from "./termios.ts";

const EAGAIN = 11;

/** What one read takes from the kernel at most: it keeps no more. */
const longestRead = 4096;
/** The longest pause between two looks at what is still to be sent, in milliseconds. */
const longestPauseMs = 100;
/** How much longer than its bytes take a port waits for them when it is closed, in milliseconds: then they are forgotten. */
const closingMs = 200;

/** What a read has to tell of. */
type Kept = number | "framing" | "parity" | "break" | "overrun";

const texts: Readonly<Record<Exclude<Kept, number>, string>> = {
  framing: "a byte came without its stop bit; check the baud rate, ground and wires",
  parity: "a byte came with the wrong parity; check the parity and the wires",
  break: "the other side held the line; check the wires and its power",
  overrun: "bytes were lost, because nobody took them in time",
};

/** What is known of a tty when it has been set. */
interface OpenedTty {
  readonly path: string;
  readonly system: UartSystem;
  readonly dev: UartDev;
  readonly descriptor: number;
  readonly lock: Pick<DeviceLock, "release">;
  readonly before: Uint8Array;
  readonly use: UartUse;
}

/** An opened tty, set as it is wired. Nothing of it holds the event loop. */
export class LinuxUartPort implements UartPort {
  readonly #path: string;
  readonly #system: UartSystem;
  readonly #dev: UartDev;
  readonly #descriptor: number;
  readonly #lock: Pick<DeviceLock, "release">;
  /** As it was found, to be left so. */
  readonly #before: Uint8Array;
  #use: UartUse;
  readonly #decoder = new MarkDecoder();
  readonly #raw = new Uint8Array(longestRead);
  #kept: Kept[] = [];
  #counters: LineCounters | undefined;
  /** Ends all that waits. */
  readonly #end = new AbortController();
  /** Why nothing works any more. */
  #over: UartError | undefined;
  #closed: Promise<void> | undefined;
  /** The last read, as far as it is under way. */
  #reading: Promise<unknown> | undefined;

  /**
   * Opens a tty and sets it. Nothing is sent; opening raises DTR and RTS, as the kernel does.
   *
   * @param lock given up when it is closed; the caller's where this throws
   * @throws BackendError where it cannot be opened, is somebody else's, or cannot be set like that
   */
  static open(
    path: string,
    use: UartUse,
    system: UartSystem,
    lock: Pick<DeviceLock, "release">,
  ): LinuxUartPort {
    const dev = system.uartDev();
    let descriptor: number | undefined;
    try {
      descriptor = dev.open(path);
      if (!dev.lock(descriptor)) throw inUse(path, use.device);
      const before = dev.termios(descriptor);
      dev.setTermios(descriptor, encodeTermios(use, before));
      const refused = refusedSetting(use, dev.termios(descriptor));
      if (refused !== undefined) {
        dev.setTermios(descriptor, before);
        throw new BackendError(
          `${use.device}: ${path} cannot be set to ${refused}; correct the entry, or use another adapter.`,
        );
      }
      dev.exclusive(descriptor, true);
      dev.discard(descriptor, "input");
      return new LinuxUartPort({ path, system, dev, descriptor, lock, before, use });
    } catch (error) {
      if (descriptor !== undefined) dev.close(descriptor);
      throw error instanceof ErrnoError ? uartOpenError(error, path, use.device, system.files) : error;
    }
  }

  private constructor({ path, system, dev, descriptor, lock, before, use }: OpenedTty) {
    this.#path = path;
    this.#system = system;
    this.#dev = dev;
    this.#descriptor = descriptor;
    this.#lock = lock;
    this.#before = before;
    this.#use = use;
    this.#counters = dev.counters(descriptor);
  }

  read(maximum: number, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    const reading = this.#read(maximum, timeoutMs, signal);
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #read(maximum: number, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    const done = new AbortController();
    const ends = AbortSignal.any([signal, this.#end.signal, done.signal]);
    let isOver = timeoutMs <= 0;
    const timeout = isOver
      ? undefined
      : this.#system.pause(timeoutMs, ends).then(() => {
          isOver = true;
        });
    try {
      for (;;) {
        this.#require();
        const bytes = this.#take(maximum);
        if (bytes.length > 0 || isOver) return bytes;
        const readable = Promise.withResolvers<void>();
        using _ = this.#do(() => this.#dev.whenReadable(this.#descriptor, readable.resolve));
        await Promise.race([readable.promise, timeout]);
      }
    } finally {
      done.abort();
    }
  }

  async write(data: Uint8Array): Promise<void> {
    for (let offset = 0; ; ) {
      this.#require();
      offset += this.#do(() => this.#dev.write(this.#descriptor, data.subarray(offset)), 0);
      if (offset >= data.length) return;
      await this.#pause(64);
    }
  }

  async drain(): Promise<void> {
    for (;;) {
      this.#require();
      const unsent = this.#do(() => this.#dev.unsent(this.#descriptor));
      if (unsent === 0 && this.#dev.isEmpty(this.#descriptor) !== false) return;
      await this.#pause(unsent);
    }
  }

  discard(): void {
    this.#require();
    this.#do(() => this.#dev.discard(this.#descriptor, "input"));
    this.#kept = [];
    this.#decoder.reset();
    this.#counters = this.#dev.counters(this.#descriptor);
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.drain();
    const use = { ...this.#use, baudRate };
    const dev = this.#dev;
    this.#do(() => dev.setTermios(this.#descriptor, encodeTermios(use, this.#before)));
    if (
      refusedSetting(
        use,
        this.#do(() => dev.termios(this.#descriptor)),
      ) !== undefined
    ) {
      this.#do(() => dev.setTermios(this.#descriptor, encodeTermios(this.#use, this.#before)));
      throw new UartError("other", `${this.#path}: the port cannot do ${baudRate} baud`);
    }
    this.#use = use;
  }

  /** What was written is sent first, as long as that takes and no longer: closing a tty would wait for it half a minute, and all of this thread. */
  close(): Promise<void> {
    this.#closed ??= this.#close(this.#over?.payload.tag === "disconnected");
    return this.#closed;
  }

  async #close(isGone: boolean): Promise<void> {
    this.#fail(new UartError("other", `${this.#path} is closed`));
    // The number of the descriptor is soon another file's: nothing of this one may still be waited for then.
    await this.#reading;
    const dev = this.#dev;
    const quietly = <Result>(call: () => Result): Result | undefined => {
      try {
        return call();
      } catch (error) {
        if (error instanceof ErrnoError) return undefined;
        throw error;
      }
    };
    const unsent = () => quietly(() => dev.unsent(this.#descriptor)) ?? 0;
    if (!isGone) {
      const mostPauses = Math.ceil((unsent() * this.#byteMs + closingMs) / longestPauseMs);
      const never = new AbortController().signal;
      for (let pause = 0; pause < mostPauses && unsent() > 0; pause += 1) {
        await this.#system.pause(Math.min(this.#pauseMs(unsent()), longestPauseMs), never);
      }
      quietly(() => dev.discard(this.#descriptor, "output"));
      quietly(() => dev.setTermios(this.#descriptor, this.#before));
    }
    quietly(() => dev.exclusive(this.#descriptor, false));
    dev.close(this.#descriptor);
    this.#lock.release();
  }

  /** What is there, up to the first mark. @throws UartError where that is the first */
  #take(maximum: number): Uint8Array {
    if (this.#kept.length === 0) this.#fill(maximum);
    const [first] = this.#kept;
    if (typeof first === "string") {
      this.#kept.shift();
      throw new UartError(first satisfies UartErrorCode["tag"], `${this.#path}: ${texts[first]}`);
    }
    const end = this.#kept.findIndex((each, index) => typeof each === "string" || index === maximum);
    return Uint8Array.from(this.#kept.splice(0, end < 0 ? this.#kept.length : end) as number[]);
  }

  #fill(maximum: number): void {
    const raw = this.#raw.subarray(0, Math.min(maximum, longestRead));
    const length = this.#do(() => this.#dev.read(this.#descriptor, raw), undefined);
    if (length === undefined) return;
    if (length === 0) throw this.#fail(hungUpError(this.#path));
    const before = this.#counters;
    if (before !== undefined) this.#counters = this.#dev.counters(this.#descriptor);
    const after = this.#counters ?? before;
    const marked = this.#decoder.push(raw.subarray(0, length));
    this.#kept = marked.map((each) => (typeof each === "number" ? each : this.#meaning(each, before, after)));
    // Where among the bytes it was, nobody knows: before them, then, as the loss was.
    if (before !== undefined && after!.overrun > before.overrun) this.#kept.unshift("overrun");
  }

  /** The kernel marks both alike, and counts them apart. */
  #meaning(mark: LineMark, before: LineCounters | undefined, after: LineCounters | undefined): Kept {
    if (mark === "break") return "break";
    if (this.#use.parity === "none") return "framing";
    const isFraming = before !== undefined && after!.frame > before.frame && after!.parity === before.parity;
    return isFraming ? "framing" : "parity";
  }

  /** @param instead what a call gives that would have to wait; left out where none would */
  #do<Result>(call: () => Result, ...instead: [] | [Result]): Result;
  #do<Result>(call: () => Result, instead: undefined): Result | undefined;
  #do<Result>(call: () => Result, ...instead: [] | [Result | undefined]): Result | undefined {
    try {
      return call();
    } catch (error) {
      if (instead.length > 0 && errnoOf(error) === EAGAIN) return instead[0];
      if (!(error instanceof ErrnoError)) throw error;
      const failed = uartCallError(error, this.#path);
      throw failed.payload.tag === "disconnected" ? this.#fail(failed) : failed;
    }
  }

  #require(): void {
    if (this.#over !== undefined) throw this.#over;
  }

  /** Nothing works any more from now on. */
  #fail(why: UartError): UartError {
    this.#over ??= why;
    this.#end.abort();
    return this.#over;
  }

  /** Waits until so many bytes have left, or not quite. */
  async #pause(bytes: number): Promise<void> {
    await this.#system.pause(this.#pauseMs(bytes), this.#end.signal);
  }

  #pauseMs(bytes: number): number {
    return Math.min(Math.max(bytes * this.#byteMs, 1), longestPauseMs);
  }

  /** At most twelve bits are a byte: a start bit, eight, a parity bit and two stop bits. */
  get #byteMs(): number {
    return (12 * 1000) / this.#use.baudRate;
  }
}
