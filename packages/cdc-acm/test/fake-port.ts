/** A serial port without a host: transfers, and the time that they take, are simulated in one thread. */

import { type LibusbError, type Time, UsbDevice, type UsbHost } from "@busbar/guest";
import { parseConfigurationDescriptor } from "@busbar/host/backend";

type Transfer = ReturnType<ReturnType<ReturnType<UsbHost["listDevices"]>[0][0]["open"]>["newTransfer"]>;

interface FakeTransfer extends Transfer {
  readonly endpoint: number;
  readonly length: number;
  endMs: number;
  data: Uint8Array;
  /** When an OUT transfer has been taken. */
  doneMs: number;
  result?: Uint8Array | LibusbError;
}

/** What a fake port is. */
export interface FakePortOptions {
  /** bmCapabilities of the ACM descriptor. Default: line coding and break. */
  readonly capabilities?: number;
  /** How many ports the device has. */
  readonly ports?: number;
  /** Interfaces that the board does not grant. */
  readonly denied?: readonly number[];
  /** bRequest of the class requests that it stalls. */
  readonly stalls?: readonly number[];
  /** How other class requests fail, by bRequest. */
  readonly fails?: Readonly<Record<number, LibusbError>>;
  /** How GET_DESCRIPTOR of the configuration fails. */
  readonly configurationFails?: LibusbError;
  /** Packet size of the notifications. Default: 8. */
  readonly notificationPacketBytes?: number;
}

/** The fake, with packets of 64 bytes, and of 8 for notifications. */
export class FakePort {
  nowMs = 0;
  /** Bytes that it takes in a millisecond. */
  bytesPerMs = Number.POSITIVE_INFINITY;
  /** How OUT transfers end from now on, instead of being taken. */
  outError: LibusbError | undefined;
  /** Takes only half of the next OUT transfer. */
  takesHalf = false;
  /** What it took. */
  readonly taken: number[] = [];
  /** The length of each OUT transfer that it took. */
  readonly takenLengths: number[] = [];
  /** "21 20 0 0: 80250000000008" for each class request. */
  readonly requests: string[] = [];
  readonly claimed = new Set<number>();
  readonly haltsCleared: number[] = [];
  lineCoding: Uint8Array = Uint8Array.of(0, 0xc2, 1, 0, 0, 0, 8);
  opened = 0;
  /** How long the last transfer of each endpoint was. */
  readonly lengths = new Map<number, number>();
  /** Transfers submitted since the beginning. */
  submitted = 0;
  readonly #arrivals = new Map<number, { atMs: number; packet: Uint8Array | LibusbError }[]>();
  #waiting: FakeTransfer[] = [];
  readonly #made = new Set<FakeTransfer>();
  readonly #options: FakePortOptions;

  constructor(options: FakePortOptions = {}) {
    this.#options = options;
  }

  /** Transfers that were made and neither waited for nor dropped. */
  get pending(): number {
    return this.#made.size;
  }

  get time(): Time {
    return {
      nowMs: () => this.nowMs,
      waitMs: (ms) => {
        this.nowMs += ms;
      },
    };
  }

  get device(): UsbDevice {
    return new UsbDevice(this.host, "console");
  }

  /** The device sends a packet, or its endpoint fails, at a time. */
  send(packet: Uint8Array | LibusbError, atMs = this.nowMs, endpoint = 0x81): void {
    const arrivals = this.#arrivals.get(endpoint) ?? [];
    this.#arrivals.set(endpoint, [...arrivals, { atMs, packet }]);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.#settle();
  }

  /** What a driver's component imports. */
  get host(): UsbHost {
    const bytes = configuration(this.#options);
    const descriptor = parseConfigurationDescriptor(bytes)!;
    const device = {
      open: () => this.#handle(bytes),
      getConfigurationDescriptor: () => descriptor,
      getConfigurationDescriptorByValue: () => descriptor,
      getActiveConfigurationDescriptor: () => descriptor,
      [Symbol.dispose]: () => {},
    } as unknown as ReturnType<UsbHost["listDevices"]>[0][0];
    const identity = { vendorId: 0x1209, productId: 2, numConfigurations: 1 };
    const strings = { manufacturerIndex: 0, productIndex: 0, serialNumberIndex: 0 };
    return {
      init: () => {},
      listDevices: () => [[device, { ...identity, ...strings } as never, {} as never]],
      awaitTransfer: (transfer) => this.#await(transfer as FakeTransfer),
    };
  }

  #handle(bytes: Uint8Array): ReturnType<ReturnType<UsbHost["listDevices"]>[0][0]["open"]> {
    this.opened += 1;
    return {
      claimInterface: (number: number) => {
        if (this.#options.denied?.includes(number)) throw failure("access");
        this.claimed.add(number);
      },
      releaseInterface: (number: number) => void this.claimed.delete(number),
      kernelDriverActive: () => false,
      clearHalt: (endpoint: number) => void this.haltsCleared.push(endpoint),
      newTransfer: (
        type: string,
        setup: Setup,
        length: number,
        options: { endpoint: number; timeoutMs: number },
      ) => this.#transfer(type === "control" ? setup : undefined, bytes, length, options),
      close: () => {
        this.opened -= 1;
      },
      [Symbol.dispose]: () => {},
    } as unknown as ReturnType<ReturnType<UsbHost["listDevices"]>[0][0]["open"]>;
  }

  #transfer(
    setup: Setup | undefined,
    configurationBytes: Uint8Array,
    length: number,
    { endpoint, timeoutMs }: { readonly endpoint: number; readonly timeoutMs: number },
  ): FakeTransfer {
    const transfer = {
      endpoint,
      length,
      endMs: Number.POSITIVE_INFINITY,
      data: new Uint8Array(),
      doneMs: Number.POSITIVE_INFINITY,
      submitTransfer: (data: Uint8Array) => {
        this.submitted += 1;
        this.#made.add(transfer);
        if (setup !== undefined) {
          transfer.result = this.#control(setup, configurationBytes, data);
          return;
        }
        this.lengths.set(endpoint, length);
        this.#settle();
        if (timeoutMs > 0) transfer.endMs = this.nowMs + timeoutMs;
        if (endpoint < 0x80) this.#submitOut(transfer, data);
        this.#waiting.push(transfer);
      },
      cancelTransfer: () => {
        this.#settle();
        this.#end(transfer, "interrupted");
      },
      [Symbol.dispose]: () => {
        this.#end(transfer, "interrupted");
        this.#made.delete(transfer);
      },
    } as FakeTransfer;
    return transfer;
  }

  #submitOut(transfer: FakeTransfer, data: Uint8Array): void {
    const last = this.#waiting.findLast(({ endpoint }) => endpoint < 0x80);
    transfer.data = data.slice();
    transfer.doneMs = Math.max(last?.doneMs ?? 0, this.nowMs) + data.length / this.bytesPerMs;
  }

  #control({ bmRequestType, bRequest, wValue, wIndex }: Setup, bytes: Uint8Array, data: Uint8Array) {
    if (bmRequestType === 0x80) {
      return wValue === 0x0200 ? (this.#options.configurationFails ?? bytes) : ("pipe" as const);
    }
    const hex = Buffer.from(data).toString("hex");
    const numbers = [bmRequestType, bRequest, wValue, wIndex].map((each) => each.toString(16)).join(" ");
    this.requests.push(hex === "" ? numbers : `${numbers}: ${hex}`);
    if (this.#options.stalls?.includes(bRequest)) return "pipe" as const;
    const failed = this.#options.fails?.[bRequest];
    if (failed !== undefined) return failed;
    return bRequest === 0x21 ? this.lineCoding : new Uint8Array();
  }

  #await(transfer: FakeTransfer): Uint8Array {
    this.#settle();
    while (transfer.result === undefined) {
      const arrivals = [...this.#arrivals.values()].flatMap((each) => each[0]?.atMs ?? []);
      const times = [...this.#waiting.flatMap(({ endMs, doneMs }) => [endMs, doneMs]), ...arrivals];
      const next = Math.min(...times.filter((each) => each > this.nowMs));
      if (next === Number.POSITIVE_INFINITY) throw new Error("nobody ever ends this wait");
      this.nowMs = next;
      this.#settle();
    }
    this.#made.delete(transfer);
    if (typeof transfer.result === "string") throw failure(transfer.result);
    return transfer.result;
  }

  /** All that has happened until now, in order. */
  #settle(): void {
    for (;;) {
      const events = this.#waiting.map((transfer) => ({ transfer, ...this.#nextEvent(transfer) }));
      const first = events.toSorted((left, right) => left.atMs - right.atMs)[0];
      if (first === undefined || first.atMs > this.nowMs) return;
      first.happen();
    }
  }

  /** What ends a transfer next, and when. */
  #nextEvent(transfer: FakeTransfer): { readonly atMs: number; happen(): void } {
    const timeout = { atMs: transfer.endMs, happen: () => this.#end(transfer, "timeout") };
    if (transfer.endpoint < 0x80) {
      const isFirst = this.#waiting.find(({ endpoint }) => endpoint < 0x80) === transfer;
      if (!isFirst || transfer.doneMs > transfer.endMs) return timeout;
      return { atMs: transfer.doneMs, happen: () => this.#take(transfer) };
    }
    const arrival = this.#arrivals.get(transfer.endpoint)?.[0];
    const isFirst = this.#waiting.find(({ endpoint }) => endpoint === transfer.endpoint) === transfer;
    if (!isFirst || arrival === undefined || arrival.atMs > transfer.endMs) return timeout;
    const happen = () => {
      this.#arrivals.get(transfer.endpoint)!.shift();
      this.#end(transfer, arrival.packet);
    };
    return { atMs: arrival.atMs, happen };
  }

  #take(transfer: FakeTransfer): void {
    if (this.outError !== undefined) {
      this.#end(transfer, this.outError);
      return;
    }
    const length = this.takesHalf ? transfer.data.length >> 1 : transfer.data.length;
    this.takesHalf = false;
    this.taken.push(...transfer.data.subarray(0, length));
    this.takenLengths.push(length);
    this.#end(transfer, new Uint8Array(length));
  }

  #end(transfer: FakeTransfer, result: NonNullable<FakeTransfer["result"]>): void {
    transfer.result ??= result;
    this.#waiting = this.#waiting.filter((each) => each !== transfer);
  }
}

interface Setup {
  readonly bmRequestType: number;
  readonly bRequest: number;
  readonly wValue: number;
  readonly wIndex: number;
}

/** What the host throws reaches a guest as an Error with a payload, in both engines. */
function failure(payload: LibusbError): Error {
  return Object.assign(new Error(payload), { payload });
}

function configuration({
  capabilities = 0x06,
  ports = 1,
  notificationPacketBytes = 8,
}: FakePortOptions): Uint8Array {
  const bytes: number[] = [];
  for (let port = 0; port < ports; port += 1) {
    const [control, data] = [2 * port, 2 * port + 1];
    const endpoint = (address: number, attributes: number, size: number) => [
      7,
      5,
      address,
      attributes,
      size,
      0,
      8,
    ];
    bytes.push(...[9, 4, control, 0, 1, 2, 2, 1, 0], ...[4, 0x24, 2, capabilities]);
    bytes.push(...[5, 0x24, 6, control, data], ...endpoint(0x82 + 2 * port, 3, notificationPacketBytes));
    bytes.push(...[9, 4, data, 0, 2, 10, 0, 0, 0]);
    bytes.push(...endpoint(0x81 + 2 * port, 2, 64), ...endpoint(0x01 + 2 * port, 2, 64));
  }
  return Uint8Array.from([9, 2, 9 + bytes.length, 0, 2 * ports, 1, 0, 0x80, 50, ...bytes]);
}
