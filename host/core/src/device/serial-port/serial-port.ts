import type { Clock } from "../../clock.ts";
import { requireAnswer, shortNames } from "../answer.ts";
import { requireDuration } from "../duration.ts";
import { DeviceError } from "../error.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/serial-port `info`; texts are empty where the device gives none. */
export interface SerialPortInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
}

/** busbar:device/serial-port `line-settings`. */
export interface LineSettings {
  /** Bits per second, at least 1. */
  readonly baudRate: number;
  /** 5, 6, 7, 8 or 16. */
  readonly dataBits: number;
  readonly parity: "none" | "odd" | "even" | "mark" | "space";
  readonly stopBits: "one" | "one-and-half" | "two";
}

/** busbar:device/serial-port `control-signals`: what this side drives. */
export interface ControlSignals {
  readonly dataTerminalReady: boolean;
  readonly requestToSend: boolean;
}

/** busbar:device/serial-port `line-state`: what the other side drives, and what went wrong since it was read last. */
export interface LineState {
  readonly carrierDetect: boolean;
  readonly dataSetReady: boolean;
  readonly ring: boolean;
  readonly breakReceived: boolean;
  readonly framingError: boolean;
  readonly parityError: boolean;
  readonly overrun: boolean;
}

/** What `read` can be given. */
export interface SerialReadOptions {
  /** Default: 65536. */
  readonly maxBytes?: number;
  /** How long to wait for the first byte, in milliseconds; 0 for not at all. Default: without end. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The guest's resource. */
interface GuestSerialPort extends GuestDevice {
  info(): Promise<SerialPortInfo>;
  getLineSettings(): Promise<LineSettings>;
  setLineSettings(settings: LineSettings): Promise<void>;
  read(max: number, timeoutMs: number): Promise<Uint8Array>;
  write(data: Uint8Array): Promise<void>;
  drain(): Promise<void>;
  setControlSignals(signals: ControlSignals): Promise<void>;
  getLineState(): Promise<LineState>;
  sendBreak(durationMs: number): Promise<void>;
}

/** Calls into a driver go one after the other: reading and writing at the same time means short calls of both. */
const LONGEST_WAIT_MS = 100;
const LONGEST_WRITE_BYTES = 16_384;
const DEFAULT_READ_BYTES = 65_536;
const dataBitsOfLines: readonly number[] = [5, 6, 7, 8, 16];

/** An opened serial port. Reading and writing can go on at the same time. All methods throw DeviceError. */
export class SerialPort extends OpenedDevice<GuestSerialPort> {
  readonly info: SerialPortInfo;
  protected override readonly noun = "port";
  readonly #clock: Clock;
  /** The end of the last write that was begun. */
  #written: Promise<void> = Promise.resolve();

  private constructor(opened: OpenedGuest<GuestSerialPort>, info: SerialPortInfo, clock: Clock) {
    super(opened);
    this.info = info;
    this.#clock = clock;
  }

  /** Opens the serial port of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife, clock: Clock): Promise<SerialPort> {
    const opened = await openGuest<GuestSerialPort>(name, instance);
    const info = await askOpened(opened, async () => {
      return shortNames(await instance.call(() => opened.device.info()));
    });
    return new SerialPort(opened, info, clock);
  }

  /** The line settings in force. */
  async lineSettings(): Promise<LineSettings> {
    const settings = await this.call((device) => device.getLineSettings());
    const { baudRate, dataBits } = settings;
    requireAnswer(this.name, baudRate >= 1 && dataBitsOfLines.includes(dataBits), () => {
      return `says that the line has ${baudRate} baud and ${dataBits} data bits`;
    });
    return settings;
  }

  /** Sets the line; `unsupported` or `invalid-argument` where the device refuses. */
  async setLineSettings(settings: LineSettings): Promise<void> {
    this.#whole("baud rate", settings.baudRate, 0xffff_ffff);
    this.#whole("number of data bits", settings.dataBits, 0xff);
    await this.call((device) => device.setLineSettings(settings));
  }

  /**
   * Waits until there is something, then returns what there is; nothing that the device sent is ever dropped.
   *
   * @returns empty when nothing came in time
   * @throws DeviceError; the signal's reason when it aborts
   */
  async read(options: SerialReadOptions = {}): Promise<Uint8Array> {
    const { maxBytes = DEFAULT_READ_BYTES, timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
    this.#whole("number of bytes", maxBytes, 0xffff_ffff);
    requireDuration(this.name, "timeout", timeoutMs);
    const endMs = this.#clock.now() + timeoutMs;
    for (;;) {
      signal?.throwIfAborted();
      const leftMs = Math.max(Math.ceil(endMs - this.#clock.now()), 0);
      const waitMs = Math.min(leftMs, LONGEST_WAIT_MS);
      const bytes = await this.call((device) => device.read(maxBytes, waitMs));
      requireAnswer(this.name, bytes.length <= maxBytes, () => {
        return `gives ${bytes.length} bytes where ${maxBytes} were asked for at most`;
      });
      if (bytes.length > 0 || maxBytes === 0 || leftMs <= waitMs) return bytes;
    }
  }

  /** What the device sends, piece by piece, until the signal aborts. @throws DeviceError; the signal's reason */
  async *chunks(options: { signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array, void, void> {
    for (;;) yield await this.read(options);
  }

  /** Sends all of `data`, after all that was written before. The last of it can still be under way when this ends. */
  async write(data: Uint8Array): Promise<void> {
    const before = this.#written;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#written = promise;
    await before;
    try {
      for (let offset = 0; offset < data.length; offset += LONGEST_WRITE_BYTES) {
        const part = data.subarray(offset, offset + LONGEST_WRITE_BYTES);
        await this.call((device) => device.write(part));
      }
    } finally {
      resolve();
    }
  }

  /** Waits until everything that was written has reached the device. */
  async drain(): Promise<void> {
    await this.#written;
    await this.call((device) => device.drain());
  }

  /** Sets both signals. */
  async setControlSignals(signals: ControlSignals): Promise<void> {
    await this.call((device) => device.setControlSignals(signals));
  }

  /** The latest state; nothing is set where the device reports none. */
  lineState(): Promise<LineState> {
    return this.call((device) => device.getLineState());
  }

  /** Sends a break of `durationMs` milliseconds, at most 65534. */
  async sendBreak(durationMs: number): Promise<void> {
    this.#whole("duration", durationMs, 0xffff);
    await this.call((device) => device.sendBreak(durationMs));
  }

  /** Sends what was written, lowers the control signals and closes. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#written;
    await super[Symbol.asyncDispose]();
  }

  /** What WIT's types cannot say would arrive as another number. */
  #whole(what: string, value: number, maximum: number): void {
    if (Number.isInteger(value) && value >= 0 && value <= maximum) return;
    const val = `the ${what} is ${value}, but must be a whole number from 0 to ${maximum}`;
    throw new DeviceError(this.name, { tag: "invalid-argument", val });
  }
}
