import {
  bulkEndpoint,
  Change,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  randomBytes,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbModelClock,
  type UsbSetup,
  UsbTransferError,
  unanswered,
} from "@busbar/model";
import { beginExchange, decodeWrapper, type Exchange, encodeStatus, Pace, receive } from "./bulk-only.ts";
import { type DiskFault, DiskFaultCounter } from "./faults.ts";
import { DiskUnit, type DiskUnitOptions } from "./unit.ts";

/** pid.codes' vendor id, and a product id that it sets aside for tests. */
const VENDOR_ID = 0x1209;
const PRODUCT_ID = 0x0002;

/** Endpoint addresses as most sticks have them. */
const IN = 0x81;
const OUT = 0x02;

/** Class requests: BOT 1.0, sections 3.1 and 3.2. */
const BULK_ONLY_RESET = 0xff;
const GET_MAX_LUN = 0xfe;

/** What to build a disk from. */
export interface DiskOptions {
  /** 1 to 16 logical units. */
  readonly units: readonly DiskUnitOptions[];
  /** Default: "high". */
  readonly speed?: "full" | "high" | "super" | undefined;
  /** Tells disks apart. Default: "1". */
  readonly serialNumber?: string | undefined;
  /** How fast data come and go. Default: as fast as the machine. */
  readonly bytesPerSecond?: number | undefined;
  /** What each command takes apart from its data, in milliseconds. Default: 0. */
  readonly commandMs?: number | undefined;
  /** Whether reads that come before their command wait for it; QEMU's usb-storage stalls them. Default: yes. */
  readonly queueing?: boolean | undefined;
  /** Whether a data phase that is shorter than the host expects ends in a stall (BOT 6.7.2). Default: no. */
  readonly stallShort?: boolean | undefined;
  /** Whether GET MAX LUN is stalled, which a device with one unit may do. Default: no. */
  readonly stallMaxLun?: boolean | undefined;
  /** Whether GET MAX LUN is never answered. Default: no. */
  readonly silentMaxLun?: boolean | undefined;
  /** What GET MAX LUN is answered with instead of the truth. */
  readonly maxLun?: number | undefined;
  /** The most bytes of one command that it bears. Default: any number. */
  readonly maximumBytes?: number | undefined;
  /** What a command of more ends in: a stall of everything, a failure (5/24/00), or silence. Default: "stall". */
  readonly overMaximum?: "stall" | "fail" | "silent" | undefined;
}

const OVER_MAXIMUM = { stall: "stall-command", fail: "fail", silent: "silent" } as const;

/** A disk behind bulk-only transport 1.0: a stick, or a card reader with several slots. */
export class Disk implements UsbDevice {
  readonly speed: "full" | "high" | "super";
  readonly descriptors: UsbDescriptors;
  readonly units: readonly DiskUnit[];
  /** How often it was reset by the class request. */
  resets = 0;

  readonly #clock: UsbModelClock;
  readonly #options: DiskOptions;
  readonly #pace: Pace;
  readonly #faults: DiskFaultCounter[] = [];
  readonly #progress = new Change();
  /** The bytes of the fault "garbage". */
  readonly #random = randomBytes(1);
  #exchange: Exchange | undefined;
  /** A command was not understood: everything is stalled until the reset (BOT 6.6.1). */
  #stuck = false;
  /** Not even that helps. */
  #deaf = false;
  #gone = false;

  constructor(options: DiskOptions, clock: UsbModelClock) {
    this.speed = options.speed ?? "high";
    this.#options = options;
    this.#clock = clock;
    this.#pace = new Pace(clock, options.bytesPerSecond, options.commandMs ?? 0);
    this.units = options.units.map((unit) => new DiskUnit(unit, clock));
    this.descriptors = descriptorsOf(this.speed, options.serialNumber ?? "1");
  }

  /** Injects a fault; its commands are counted from now on. */
  inject(fault: DiskFault): void {
    this.#faults.push(new DiskFaultCounter(fault));
  }

  /** Forgets all faults. */
  clearFaults(): void {
    this.#faults.length = 0;
  }

  control(
    { bmRequestType, bRequest, wValue, wLength }: UsbSetup,
    _data: Uint8Array,
    signal: TransferSignal,
  ): Uint8Array | Promise<Uint8Array> {
    if (bmRequestType === 0x21 && bRequest === BULK_ONLY_RESET && wValue === 0 && wLength === 0) {
      this.resets += 1;
      this.#reset(this.#deaf);
      return new Uint8Array();
    }
    const { stallMaxLun, silentMaxLun, maxLun = this.units.length - 1 } = this.#options;
    if (bmRequestType === 0xa1 && bRequest === GET_MAX_LUN && !stallMaxLun) {
      return silentMaxLun ? unanswered(signal) : Uint8Array.of(maxLun);
    }
    throw stall("The disk knows only the two requests of bulk-only transport.");
  }

  async transferOut(_endpoint: number, data: Uint8Array, signal: TransferSignal): Promise<number> {
    const arrivedMs = this.#pace.now();
    // What is queued behind the data of a read waits until that is over.
    while (this.#exchange !== undefined && this.#exchange.toReceive === 0) await this.#progress.wait(signal);
    this.#check();
    const exchange = this.#exchange;
    if (exchange === undefined) {
      await this.#command(data, arrivedMs, signal);
    } else {
      await this.#write(exchange, data, signal);
    }
    this.#progress.tell();
    return data.length;
  }

  async transferIn(_endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    this.#check();
    if (this.#exchange === undefined && this.#options.queueing === false) {
      throw stall("A read came before its command.");
    }
    while (!this.#hasAnswer()) await this.#progress.wait(signal);
    this.#check();
    const exchange = this.#exchange!;
    if (exchange.fault?.fault === "unplug") this.#unplug();
    if (!exchange.dataInOver) return await this.#sendData(exchange, length, signal);
    // A command without data takes its time as well.
    await this.#pace.move(0, signal);
    return this.#sendStatus(exchange);
  }

  configured(): void {
    this.#gone = false;
    this.#reset();
  }

  detached(): void {
    this.#reset();
  }

  async #command(data: Uint8Array, arrivedMs: number, signal: TransferSignal): Promise<void> {
    const wrapper = decodeWrapper(data, this.units.length - 1);
    if (wrapper === undefined) this.#stick("The command was not valid.");
    const operation = wrapper.block[0]!;
    const struck = this.#faults.filter((counter) => counter.strikes(operation))[0]?.fault;
    const fault = struck ?? this.#limitOf(wrapper.length);
    if (fault?.fault === "deaf") this.#deaf = true;
    if (fault?.fault === "stall-command" || fault?.fault === "deaf") this.#stick("injected");
    if (fault?.fault === "slow") await this.#clock.sleep(fault.delayMs ?? 1000, signal);
    this.#pace.begin(arrivedMs);
    const unit = this.units[wrapper.lun]!;
    const intention =
      fault?.fault === "fail" || fault?.fault === "zeros-fail"
        ? unit.fail(fault.sense ?? [4, 0x44, 0])
        : fault?.fault === "no-data"
          ? ({ kind: "none" } as const)
          : fault?.fault === "answer"
            ? ({ kind: "in", data: Uint8Array.from(fault.data ?? []).subarray(0, wrapper.length) } as const)
            : unit.execute(wrapper.block);
    this.#exchange = beginExchange(wrapper, intention, fault, this.#options.stallShort ?? false);
  }

  /** What a command of so many bytes ends in on a disk that does not bear them. */
  #limitOf(length: number): DiskFault | undefined {
    const { maximumBytes = Number.POSITIVE_INFINITY, overMaximum = "stall" } = this.#options;
    return length > maximumBytes ? { fault: OVER_MAXIMUM[overMaximum], sense: [5, 0x24, 0] } : undefined;
  }

  async #write(exchange: Exchange, data: Uint8Array, signal: TransferSignal): Promise<void> {
    if (exchange.fault?.fault === "unplug") this.#unplug();
    if (exchange.stallData) {
      exchange.stallData = false;
      exchange.toReceive = 0;
      this.#progress.tell();
      throw stall("The disk takes no data for this command.");
    }
    await this.#pace.move(data.length, signal);
    receive(exchange, data);
  }

  async #sendData(exchange: Exchange, length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (exchange.stallData) {
      // Where it has some data, the host sees only the stall after them.
      exchange.dataInOver = true;
      throw stall("The disk has no more data for this command.");
    }
    const piece = exchange.toSend.subarray(0, length);
    await this.#pace.move(piece.length, signal);
    exchange.toSend = exchange.toSend.subarray(piece.length);
    // A command without data ends the phase with a packet of nothing (case 4 without a stall).
    exchange.dataInOver = exchange.toSend.length === 0;
    return piece;
  }

  #sendStatus(exchange: Exchange): Uint8Array {
    if (exchange.stallStatus) {
      exchange.stallStatus = false;
      throw stall("injected");
    }
    if (exchange.emptyPacket) {
      exchange.emptyPacket = false;
      return new Uint8Array();
    }
    this.#exchange = undefined;
    this.#progress.tell();
    return encodeStatus(exchange, this.#random);
  }

  /** Whether there is something to say on the IN endpoint. */
  #hasAnswer(): boolean {
    if (this.#stuck || this.#gone) return true;
    const exchange = this.#exchange;
    return exchange !== undefined && exchange.toReceive <= 0 && exchange.fault?.fault !== "silent";
  }

  #check(): void {
    if (this.#gone) throw new UsbTransferError("disconnected", "The disk was unplugged.");
    if (this.#stuck) throw stall("The disk waits for a reset recovery.");
  }

  #stick(reason: string): never {
    this.#stuck = true;
    this.#progress.tell();
    throw stall(reason);
  }

  #unplug(): never {
    this.#gone = true;
    this.#exchange = undefined;
    this.#progress.tell();
    throw new UsbTransferError("disconnected", "injected");
  }

  #reset(stuck = false): void {
    this.#stuck = stuck;
    this.#deaf = stuck;
    this.#exchange = undefined;
    this.#progress.tell();
  }
}

/** SuperSpeed endpoint companion, of a bulk endpoint without bursts: USB 3.2 section 9.6.7. */
const COMPANION = Uint8Array.of(6, 0x30, 0, 0, 0, 0);

function descriptorsOf(speed: Disk["speed"], serialNumber: string): UsbDescriptors {
  const wMaxPacketSize = { full: 64, high: 512, super: 1024 }[speed];
  const endpoint = (bEndpointAddress: number) => {
    const bytes = bulkEndpoint(bEndpointAddress, wMaxPacketSize);
    return speed === "super" ? Uint8Array.from([...bytes, ...COMPANION]) : bytes;
  };
  return deviceDescriptors(
    {
      bcdUSB: speed === "super" ? 0x0300 : 0x0200,
      bMaxPacketSize0: speed === "super" ? 9 : 64,
      idVendor: VENDOR_ID,
      idProduct: PRODUCT_ID,
      manufacturer: "Busbar",
      product: "disk",
      serialNumber,
    },
    encodeConfiguration(
      { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 100 },
      [
        encodeInterfaceDescriptor({
          bInterfaceNumber: 0,
          bAlternateSetting: 0,
          bNumEndpoints: 2,
          bInterfaceClass: 0x08, // mass storage
          bInterfaceSubClass: 0x06, // SCSI transparent
          bInterfaceProtocol: 0x50, // bulk-only
          iInterface: 0,
        }),
        endpoint(IN),
        endpoint(OUT),
      ],
    ),
  );
}
