/** Tests of drivers on a serial line without a port: a list of the calls that must happen, with the answers. */

import type { Timer } from "./board-time.ts";
import { type Bytes, PlaybackError, type RecordedWait } from "./playback.ts";
import { WasiUartPort } from "./uart-port.ts";
import type { WasiUartPort as Handle, UartError, UartLineSettings } from "./wit.ts";

/** One expected call; with `error` it happens like that, and then fails. */
export type ExpectedUartCall = (
  | { readonly write: Bytes }
  /** What is given; nothing where nothing comes, and then the time passes that the driver waits. */
  | { readonly read: Bytes }
  | { readonly drain: true }
  | { readonly discard: true }
  | { readonly setBaudRate: number }
) & { readonly error?: UartError };

/**
 * A port that plays a list of calls: exact bytes and order. Anything else throws PlaybackError, at once and again in `done`, because a
 * driver may swallow what its last call throws.
 *
 * @example
 * const playback = new UartPlayback([{ discard: true }, { write: [0xff, 1, 0x86, 0, 0, 0, 0, 0, 0x79] }, { read: answer }]);
 * expect(new MHZ19B(playback.port, playback.timer).info.model).toBe("MH-Z19B");
 * playback.done();
 */
export class UartPlayback {
  /** The same port as a handle of busbar:board/uart: for what opens its own. */
  readonly handle: Handle;
  /** What a driver is given. */
  readonly port: WasiUartPort;
  /** What a driver is given: a wait returns at once, is recorded, and lets time pass, as a read does in which nothing comes. */
  readonly timer: Timer;
  /** All waits so far, but for those of reads. */
  readonly waits: RecordedWait[] = [];

  readonly #expected: readonly ExpectedUartCall[];
  #line: UartLineSettings;
  #nowMs = 0;
  #next = 0;
  #failure: PlaybackError | undefined;

  /** @param line how the port is set; 9600 baud, eight data bits, no parity and one stop bit where left out */
  constructor(expected: readonly ExpectedUartCall[], line: Partial<UartLineSettings> = {}) {
    this.#expected = expected;
    const usual = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" } as const;
    this.#line = { ...usual, ...line };
    this.handle = this.#makeHandle();
    this.port = new WasiUartPort(this.handle);
    const wait = (ms: number) => {
      if (ms > 0) this.waits.push({ ms, afterTransactions: this.#next });
      this.#nowMs += ms;
    };
    this.timer = { nowMs: () => this.#nowMs, waitMs: wait, waitNs: (ns) => wait(ns / 1e6) };
  }

  /** @throws PlaybackError when anything went wrong, or when expected calls are left over */
  done(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const left = this.#expected.slice(this.#next).map(show);
    if (left.length > 0) this.#fail(`${left.length} calls are left over, first: ${left[0]}`);
  }

  #makeHandle(): Handle {
    return {
      getLineSettings: () => this.#line,
      read: (maximum, timeoutMs) => {
        const played = this.#play("read", `read at most ${maximum}`);
        const bytes = Uint8Array.from("read" in played ? played.read : []);
        if (bytes.length > maximum)
          this.#fail(`${bytes.length} bytes are given where ${maximum} are asked for`);
        if (bytes.length === 0) this.#nowMs += timeoutMs;
        return bytes;
      },
      write: (bytes) => void this.#play(show({ write: bytes })),
      drain: () => void this.#play("drain"),
      discard: () => void this.#play("discard"),
      setBaudRate: (baudRate) => {
        this.#play(show({ setBaudRate: baudRate }));
        this.#line = { ...this.#line, baudRate };
      },
      [Symbol.dispose]: () => {},
    };
  }

  /** Compares one call with the next expected one. */
  #play(actual: string, shown = actual): ExpectedUartCall {
    const expected = this.#expected[this.#next];
    if (expected === undefined) this.#fail(`call ${this.#next} is one too many: ${shown}`);
    const asked = "read" in expected ? "read" : show(expected);
    if (asked !== actual) this.#fail(`call ${this.#next} is ${shown}, but expected was ${show(expected)}`);
    this.#next += 1;
    // What the host throws reaches a guest as an Error with a payload, in both engines.
    if (expected.error !== undefined) {
      throw Object.assign(new Error(expected.error.tag), { payload: expected.error });
    }
    return expected;
  }

  #fail(message: string): never {
    this.#failure ??= new PlaybackError(message);
    throw this.#failure;
  }
}

function show(call: ExpectedUartCall): string {
  if ("write" in call) return `write ${showBytes(call.write)}`;
  if ("read" in call) return `read ${showBytes(call.read)}`;
  if ("setBaudRate" in call) return `set baud rate ${call.setBaudRate}`;
  return "drain" in call ? "drain" : "discard";
}

function showBytes(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
