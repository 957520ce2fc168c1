/**
 * Driver of any serial port of the USB communications device class, abstract control model.
 *
 * Specifications: Universal Serial Bus Class Definitions for Communications Devices, revision 1.2, 3 November 2010
 * (CDC 1.2); Subclass Specification for PSTN Devices, revision 1.2, 9 February 2007 (PSTN 1.2).
 */

import {
  type ControlRequest,
  type ControlSignals,
  completeOptions,
  DriverError,
  flag,
  integer,
  type LineSettings,
  type LineState,
  type OptionsOf,
  oneOf,
  type SerialPortDriver,
  type SerialPortInfo,
  type StopBits,
  type Time,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import type { AcmEndpoint, AcmFunction } from "./acm-function.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { CdcError } from "./errors.ts";
import { decodeLineCoding, encodeLineCoding, LINE_CODING_BYTES } from "./line-coding.ts";
import { LineStatus } from "./line-status.ts";
import { noLineState } from "./notifications.ts";
import { OutputQueue } from "./output-queue.ts";
import { PacketQueue } from "./packet-queue.ts";
import { claimFirst, findFunctions, infoOf } from "./port.ts";
import { quirksOf } from "./quirks.ts";
import * as requests from "./requests.ts";

/** The options, their defaults, and the settings of a board file. */
export const cdcAcmOptions = {
  /** Bits per second when the port is opened. */
  baudRate: integer({ minimum: 1, maximum: 0xffff_ffff }, 115_200),
  dataBits: oneOf([5, 6, 7, 8, 16], 8),
  parity: oneOf(["none", "odd", "even", "mark", "space"], "none"),
  stopBits: oneOf([1, 1.5, 2], 1),
  /** How long the device may take nothing of what is written, in milliseconds. */
  writeTimeoutMs: integer({ minimum: 1, maximum: 3_600_000 }, 5000),
  /** Whether a write of whole packets is ended with a zero-length packet. */
  zeroLengthPackets: flag(true),
  /**
   * The control signals that opening raises; it lowers the other. "keep" leaves both as they are. Boards with a reset
   * circuit on DTR or RTS start again by a change of them.
   */
  signalsOnOpen: oneOf(["both", "dtr", "rts", "none", "keep"], "both"),
  /** Whether closing lowers both control signals, or leaves them as they are. */
  signalsOnClose: oneOf(["lower", "keep"], "lower"),
};

/** What can be set; see `cdcAcmOptions`. */
export type CdcAcmOptions = OptionsOf<typeof cdcAcmOptions>;

/** As many as Linux's driver has (ACM_NR). */
const INPUT_PACKETS = 16;
/** Several notifications, each of two packets where packets are small. */
const NOTIFICATION_PACKETS = 8;
/** What one read takes from the device at most. */
const READ_BYTES = 65_536;
/** What is kept for an app that writes and does not read; then the device has to wait, and with it the writes. */
const READ_BUFFER_BYTES = 1024 * 1024;
/** At 9600 baud two transfers of this length take 4.3 s, less than the time that a write has. */
const LONGEST_TRANSFER_BYTES = 2048;
/** How long a request may take that the port works without. */
const OPTIONAL_TIMEOUT_MS = 500;
/** Nobody answers a read with nothing but empty packets. */
const EMPTY_PACKETS = 1024;

const stopBitNames: Readonly<Record<CdcAcmOptions["stopBits"], StopBits>> = {
  1: "one",
  1.5: "one-and-half",
  2: "two",
};

const signalsByName: Readonly<
  Record<Exclude<CdcAcmOptions["signalsOnOpen"], "keep">, Required<ControlSignals>>
> = {
  both: { dataTerminalReady: true, requestToSend: true },
  dtr: { dataTerminalReady: true, requestToSend: false },
  rts: { dataTerminalReady: false, requestToSend: true },
  none: { dataTerminalReady: false, requestToSend: false },
};

/** The driver of one serial port. Every method throws DriverError. */
export class CdcAcm implements SerialPortDriver {
  readonly info: SerialPortInfo;

  readonly #device: UsbDevice;
  readonly #time: Time;
  readonly #function: AcmFunction;
  readonly #input: PacketQueue;
  readonly #output: OutputQueue;
  readonly #received = new ByteBuffer();
  readonly #status: LineStatus | undefined;
  readonly #queues = new DisposableStack();
  readonly #signalsOnClose: CdcAcmOptions["signalsOnClose"];
  #settings: LineSettings;
  /** What a write came across while it looked for data; the next read tells it. */
  #inputFailure: DriverError | undefined;
  #closed = false;

  /**
   * Claims the first serial port that it may have, sets the line, begins to listen and raises the control signals. A
   * device that refuses line settings or signals, or does not answer, works without them. The device stays the caller's
   * to close when this throws.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` for a device without a serial port;
   *   and all that UsbDevice throws
   */
  constructor(device: UsbDevice, time: Time, options: Partial<CdcAcmOptions> = {}) {
    const { baudRate, dataBits, parity, stopBits, signalsOnOpen, signalsOnClose, ...complete } =
      completeOptions(cdcAcmOptions, options);
    this.#settings = { baudRate, dataBits, parity, stopBits: stopBitNames[stopBits] };
    this.#signalsOnClose = signalsOnClose;
    this.#device = device;
    this.#time = time;
    this.#function = claimFirst(device, findFunctions(device));
    const { dataInterface, dataAlternateSetting, input, output, notifications } = this.#function;
    if (dataAlternateSetting !== 0) device.setAlternateSetting(dataInterface, dataAlternateSetting);
    this.info = infoOf(device);
    const quirks = quirksOf(device.descriptor);
    if (quirks.clearHalts) for (const { address } of [input, output]) clearHalt(device, address);
    const depth = quirks.singleInput ? 1 : INPUT_PACKETS;
    this.#input = this.#queues.use(packetsOf(device, input, depth));
    this.#output = this.#queues.use(outputOf(device, output, complete));
    if (notifications !== undefined) {
      const packets = this.#queues.use(packetsOf(device, notifications, NOTIFICATION_PACKETS));
      this.#status = new LineStatus(packets, NOTIFICATION_PACKETS);
    }
    try {
      this.#open(signalsOnOpen);
    } catch (error) {
      this.#queues.dispose();
      throw error;
    }
  }

  /** As the device tells them (6.3.11); as they were set last where it does not, or tells what no settings are. */
  getLineSettings(): LineSettings {
    this.#requireOpen();
    const request = requests.getLineCoding(this.#function.controlInterface);
    const told = this.#device.optional("GET_LINE_CODING", () => {
      const bytes = this.#device.controlIn(request, LINE_CODING_BYTES, OPTIONAL_TIMEOUT_MS);
      return fromDevice(() => decodeLineCoding(bytes));
    });
    if (told !== undefined && told.baudRate > 0) return told;
    if (told !== undefined)
      this.#device.warn("The device tells a baud rate of 0; the rate that was set counts.");
    return this.#settings;
  }

  /** Drains first: what was written before is sent with the settings of before. */
  setLineSettings(settings: LineSettings): void {
    this.#requireOpen();
    const bytes = fromCaller(() => encodeLineCoding(settings));
    this.#output.drain();
    const { controlInterface, capabilities } = this.#function;
    const refusal = this.#controlOut(requests.setLineCoding(controlInterface), bytes);
    if (refusal === undefined) {
      this.#settings = settings;
    } else if (capabilities?.lineCoding) {
      throw DriverError.invalidArgument("The device refuses these line settings; choose others.", refusal);
    } else {
      throw DriverError.unsupported("The device has no line settings.", refusal);
    }
  }

  read(max: number, timeoutMs: number): Uint8Array {
    this.#requireOpen();
    if (max === 0) return new Uint8Array();
    if (this.#received.length === 0) this.#receive(max, timeoutMs);
    return this.#received.take(max);
  }

  write(data: Uint8Array): void {
    this.#requireOpen();
    // A device that sends back what it gets takes nothing more while nobody takes what it has.
    this.#output.write(data, () => this.#makeRoom());
  }

  drain(): void {
    this.#requireOpen();
    this.#output.drain();
  }

  setControlSignals(signals: ControlSignals): void {
    this.#requireOpen();
    const refusal = this.#signal(signals);
    if (refusal !== undefined) throw DriverError.unsupported("The device has no control signals.", refusal);
  }

  /** All signals low where the device has no notification endpoint. */
  getLineState(): LineState {
    this.#requireOpen();
    return this.#status?.read() ?? noLineState;
  }

  /** Drains first. Returns at once: the device ends the break. */
  sendBreak(durationMs: number): void {
    this.#requireOpen();
    const { controlInterface, capabilities } = this.#function;
    const request = fromCaller(() => requests.sendBreak(durationMs, controlInterface));
    if (capabilities?.sendBreak === false) throw DriverError.unsupported("The device cannot send a break.");
    this.#output.drain();
    if (this.#controlOut(request) === undefined) return;
    // Linux's gadget stalls the request and sends the break all the same.
    this.#device.warn(
      "The device refuses SEND_BREAK, which it says that it has; it may have sent the break.",
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    using _device = this.#device;
    using _queues = this.#queues;
    try {
      this.#output.drain();
    } finally {
      if (this.#signalsOnClose === "lower") lenient(() => this.#optionalSignals(signalsByName.none));
    }
  }

  /** As Linux does it: the line first, then the signals. Listening comes before them: they let the device send. */
  #open(signals: CdcAcmOptions["signalsOnOpen"]): void {
    const request = requests.setLineCoding(this.#function.controlInterface);
    this.#device.optionalOut("SET_LINE_CODING", request, encodeLineCoding(this.#settings));
    this.#input.start();
    this.#status?.poll();
    if (signals !== "keep") this.#optionalSignals(signalsByName[signals]);
  }

  #optionalSignals(signals: ControlSignals): void {
    const request = requests.setControlLineState(signals, this.#function.controlInterface);
    this.#device.optionalOut("SET_CONTROL_LINE_STATE", request);
  }

  #receive(max: number, timeoutMs: number): void {
    const failure = this.#inputFailure;
    this.#inputFailure = undefined;
    if (failure !== undefined) throw failure;
    this.#received.add(this.#input.collect(Math.min(max, READ_BYTES)));
    if (this.#received.length > 0) return;
    this.#status?.poll();
    const endMs = this.#time.nowMs() + timeoutMs;
    // A zero-length packet only ends what came before it.
    for (let empty = 0; empty < EMPTY_PACKETS; empty += 1) {
      const leftMs = Math.ceil(endMs - this.#time.nowMs());
      if (leftMs <= 0) return;
      this.#received.add(this.#input.wait(leftMs));
      if (this.#received.length > 0) return;
    }
    throw DriverError.protocol("The device sends nothing but empty packets; unplug it and plug it in again.");
  }

  #makeRoom(): void {
    const room = READ_BUFFER_BYTES - this.#received.length;
    if (room <= 0) return;
    try {
      this.#received.add(this.#input.collect(room));
      this.#status?.poll();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.#inputFailure = error;
    }
  }

  /** Devices without capability D1 may refuse it. @returns why it was refused */
  #signal(signals: ControlSignals): ErrorOptions | undefined {
    return this.#controlOut(requests.setControlLineState(signals, this.#function.controlInterface));
  }

  /** @returns the stall as a cause, where the device does not know the request */
  #controlOut(request: ControlRequest, data?: Uint8Array): ErrorOptions | undefined {
    try {
      this.#device.controlOut(request, data);
      return undefined;
    } catch (cause) {
      if (isStall(cause)) return { cause };
      throw cause;
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected("The port is closed; open it again.");
  }
}

function packetsOf(
  device: UsbDevice,
  { address, packetBytes, type }: AcmEndpoint,
  depth: number,
): PacketQueue {
  return new PacketQueue({
    depth,
    submit: (timeoutMs) => device.submitIn(address, packetBytes, timeoutMs, type),
    clearHalt: () => device.clearHalt(address),
  });
}

/** Linux does it before it listens; a device that refuses it was not halted. */
function clearHalt(device: UsbDevice, endpoint: number): void {
  device.optional("clearing a halt", () => device.clearHalt(endpoint));
}

/** What is under way fits into the packets that wait for it to come back: see `write`. */
function outputOf(
  device: UsbDevice,
  { address, packetBytes, type }: AcmEndpoint,
  { writeTimeoutMs, zeroLengthPackets }: Pick<CdcAcmOptions, "writeTimeoutMs" | "zeroLengthPackets">,
): OutputQueue {
  const packets = Math.min(INPUT_PACKETS / 2, Math.max(1, Math.floor(LONGEST_TRANSFER_BYTES / packetBytes)));
  return new OutputQueue({
    packetBytes,
    transferBytes: packets * packetBytes,
    timeoutMs: writeTimeoutMs,
    endsWithZeroLengthPacket: zeroLengthPackets,
    submit: (data) => device.submitOut(address, data, writeTimeoutMs, type),
    clearHalt: () => device.clearHalt(address),
  });
}

function isStall(error: unknown): boolean {
  return error instanceof UsbFault && error.code === "pipe";
}

/** What fails here has nothing to say to anybody: a device that is gone has no signals. */
function lenient(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
  }
}

/** @throws DriverError `protocol` for what the parser refuses */
function fromDevice<Result>(parse: () => Result): Result {
  return translated(parse, (message, options) =>
    DriverError.protocol(`${message}; use another driver.`, options),
  );
}

/** @throws DriverError `invalid-argument` for what the encoder refuses */
function fromCaller<Result>(encode: () => Result): Result {
  return translated(encode, (message, options) => DriverError.invalidArgument(`${message}.`, options));
}

function translated<Result>(
  body: () => Result,
  failure: (message: string, options: ErrorOptions) => DriverError,
): Result {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof CdcError) throw failure(cause.message, { cause });
    throw cause;
  }
}
