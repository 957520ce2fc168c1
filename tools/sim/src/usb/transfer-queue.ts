import type { Clock } from "@busbar/host";
import {
  type LibusbErrorCode,
  UsbError,
  type UsbTransfer,
  type UsbTransferRequest,
  type UsbTransferResult,
} from "@busbar/host/backend";
import { isUsbTransferError, UsbTransferError, type UsbTransferFailure, unanswered } from "@busbar/model";
import type { AttachedDevice } from "../usbip/attached-device.ts";
import { refusalOf, type UsbFault, UsbFaultCounter } from "./faults.ts";

const ERROR_CODES: Record<UsbTransferFailure, LibusbErrorCode> = {
  stall: "pipe",
  "no-response": "io",
  overflow: "overflow",
  disconnected: "no-device",
  short: "io",
  unsupported: "not-supported",
};

const NOTHING = new Uint8Array();

/** Why a transfer's signal aborts; without a reason of ours, each abort would make an exception of its own. */
const ENDED = new UsbTransferError("no-response", "The transfer has ended.");

/** A transfer that waits or runs. */
class PendingTransfer implements UsbTransfer {
  readonly request: UsbTransferRequest;
  readonly done: Promise<UsbTransferResult>;
  /** Aborts when the transfer is given up, or has ended. */
  readonly abort = new AbortController();
  /** Why it was given up while the device had it. */
  givenUp: UsbError | undefined;
  /** Whether the device has it. */
  isRunning = false;
  readonly #resolve: (result: UsbTransferResult) => void;
  readonly #reject: (error: UsbError) => void;

  constructor(request: UsbTransferRequest) {
    this.request = request;
    const { promise, resolve, reject } = Promise.withResolvers<UsbTransferResult>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  succeed(result: UsbTransferResult): void {
    this.#resolve(result);
    this.abort.abort(ENDED);
  }

  fail(error: UsbError): void {
    this.#reject(error);
    this.abort.abort(ENDED);
  }

  cancel(): void {
    this.giveUp(new UsbError("interrupted", "the transfer was cancelled"));
  }

  /** Ends it with `error`; data that the device has sent by now is not lost, as it is not on a real bus. */
  giveUp(error: UsbError): void {
    const { type, endpoint } = this.request;
    if (this.isRunning && type !== "control" && (endpoint & 0x80) !== 0) {
      this.givenUp ??= error;
      this.abort.abort(ENDED);
    } else {
      this.fail(error);
    }
  }
}

/** The transfers of one plugged-in device: those of one endpoint run one after the other, as on a real bus. */
export class TransferQueue {
  readonly #device: AttachedDevice;
  readonly #clock: Clock;
  readonly #unplug: (delayMs: number | undefined) => void;
  readonly #faults: UsbFaultCounter[] = [];
  /** Those of the operating system, which come before the device's. */
  readonly #refusals: UsbFaultCounter[] = [];
  /** The transfers of each endpoint in order; the first one runs. */
  readonly #endpoints = new Map<number, PendingTransfer[]>();
  /** Told of each transfer. */
  onTransfer: (request: UsbTransferRequest) => void = () => {};

  /** @param unplug pulls the device out, and puts it back after the delay where there is one */
  constructor(device: AttachedDevice, clock: Clock, unplug: (delayMs: number | undefined) => void) {
    this.#device = device;
    this.#clock = clock;
    this.#unplug = unplug;
  }

  /** Injects a fault; its transfers are counted from now on. */
  inject(fault: UsbFault): void {
    const faults = refusalOf(fault.fault) === undefined ? this.#faults : this.#refusals;
    faults.push(new UsbFaultCounter(fault));
  }

  /** Starts a transfer. @throws UsbError where the operating system refuses it */
  submit(request: UsbTransferRequest): UsbTransfer {
    this.onTransfer(request);
    const refusal = striking(this.#refusals, request)?.fault;
    if (refusal !== undefined) throw new UsbError(refusalOf(refusal)!, `an injected fault: ${refusal}`);
    const transfer = new PendingTransfer(request);
    if (request.timeoutMs > 0) {
      this.#clock.sleep(request.timeoutMs, transfer.abort.signal).then(
        () => transfer.giveUp(new UsbError("timeout", `nothing within ${request.timeoutMs} ms`)),
        () => undefined,
      );
    }
    const queue = this.#endpoints.get(request.endpoint);
    if (queue !== undefined) {
      queue.push(transfer);
    } else {
      const started = [transfer];
      this.#endpoints.set(request.endpoint, started);
      void this.#run(request.endpoint, started);
    }
    return transfer;
  }

  /** The device was pulled out: everything ends in `no-device`. */
  disconnect(): void {
    for (const queue of this.#endpoints.values()) {
      for (const transfer of queue) transfer.fail(new UsbError("no-device", "the device was unplugged"));
    }
  }

  async #run(endpoint: number, queue: PendingTransfer[]): Promise<void> {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (!next.abort.signal.aborted) await this.#transfer(next);
      queue.shift();
    }
    this.#endpoints.delete(endpoint);
  }

  async #transfer(transfer: PendingTransfer): Promise<void> {
    const { request, abort } = transfer;
    transfer.isRunning = true;
    const fault = striking(this.#faults, request);
    try {
      if (fault?.fault === "slow") await this.#clock.sleep(fault.delayMs ?? 1000, abort.signal);
      if (fault?.fault === "unplug") {
        this.#unplug(fault.delayMs);
        return;
      }
      if (fault?.fault === "silent") await unanswered(abort.signal);
      if (fault?.fault === "stall") await this.#stall(request);
      if (fault?.fault === "no-response") throw new UsbTransferError("no-response", "injected");
      if (fault?.fault === "overflow") throw new UsbTransferError("overflow", "injected");
      const result = await this.#start(request, abort.signal, fault?.fault === "short");
      // An answer that only settles what was given up has no data.
      if (transfer.givenUp !== undefined && result.data.length === 0) throw transfer.givenUp;
      transfer.succeed(result);
    } catch (error) {
      // What else an aborted transfer has to say is of no interest: it has ended already.
      transfer.fail(transfer.givenUp ?? usbError(error));
    }
  }

  async #start(
    { type, endpoint, setup, data, length }: UsbTransferRequest,
    signal: AbortSignal,
    short: boolean,
  ): Promise<UsbTransferResult> {
    if (type === "control") {
      const reply = await this.#device.control(setup!, data, signal);
      const isIn = (setup!.bmRequestType & 0x80) !== 0;
      const visible = short ? reply.subarray(0, reply.length >> 1) : reply;
      return { data: visible, actualLength: isIn ? visible.length : data.length };
    }
    if ((endpoint & 0x80) !== 0) {
      const read = await this.#device.transferIn(endpoint, length, signal);
      const visible = short ? read.subarray(0, read.length >> 1) : read;
      return { data: visible, actualLength: visible.length };
    }
    const sent = short ? data.subarray(0, data.length >> 1) : data;
    return { data: NOTHING, actualLength: await this.#device.transferOut(endpoint, sent, signal) };
  }

  /** Halts the endpoint as a device does, by the request that does just that: USB 2.0 section 9.4.9. */
  async #stall({ type, endpoint }: UsbTransferRequest): Promise<never> {
    if (type !== "control") {
      const setFeature = { bmRequestType: 0x02, bRequest: 3, wValue: 0, wIndex: endpoint, wLength: 0 };
      await this.#device.control(setFeature, NOTHING, new AbortController().signal);
    }
    throw new UsbTransferError("stall", "injected");
  }
}

/** Every fault counts every transfer that concerns it; of several that strike one, the first wins. */
function striking(counters: readonly UsbFaultCounter[], { endpoint, setup }: UsbTransferRequest) {
  return counters.filter((counter) => counter.strikes(endpoint, setup))[0]?.fault;
}

function usbError(error: unknown): UsbError {
  if (isUsbTransferError(error)) {
    return new UsbError(ERROR_CODES[error.failure], error.message, { cause: error });
  }
  return new UsbError("other", `the device model failed: ${(error as Error)?.message ?? error}`, {
    cause: error,
  });
}
