import {
  bulkEndpoint,
  Change,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  type I2cWires,
  noEndpoint,
  type SpiWires,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbModelClock,
  type UsbSetup,
} from "@busbar/model";
import { I2cPins } from "./i2c-pins.ts";
import { Mpsse } from "./mpsse.ts";
import { SpiPins } from "./spi-pins.ts";
import { unwired, type Wired } from "./wired.ts";

/** What to make a chip of. */
export interface Ft232hOptions {
  /** The I2C bus at AD0, and at AD1 and AD2 together. */
  readonly wires?: I2cWires | undefined;
  /** The SPI bus at AD0 to AD2, with its chip selects at AD3 to AD7: only where there is no I2C bus. */
  readonly spi?: SpiWires | undefined;
  /** Tells chips apart. */
  readonly serialNumber?: string;
}

/** Endpoints, and bytes of a packet. */
const DATA_IN = 0x81;
const DATA_OUT = 0x02;
const PACKET_BYTES = 512;

/** What each packet begins with: the states of a serial port, as a chip that has nothing at its pins gives them. */
const STATES = [0x32, 0x60];
const PACKET_DATA = PACKET_BYTES - STATES.length;

/** Vendor requests: drivers/usb/serial/ftdi_sio.h of the Linux kernel. */
const RESET = 0;
const SET_LATENCY_TIMER = 9;
const GET_LATENCY_TIMER = 10;
const SET_BIT_MODE = 11;
const MPSSE_MODE = 2;

const NOTHING = new Uint8Array();

/** FTDI FT232H with its engine, MPSSE; in its other modes it does nothing. */
export class Ft232h implements UsbDevice {
  readonly speed = "high";
  readonly descriptors: UsbDescriptors;
  readonly #clock: UsbModelClock;
  readonly #engine: Mpsse;
  /** What the engine gave and nobody has fetched. */
  #answers: number[] = [];
  readonly #answered = new Change();
  #isEngineOn = false;
  #latencyMs = 16;

  constructor({ wires, spi, serialNumber = "1" }: Ft232hOptions, clock: UsbModelClock) {
    this.#clock = clock;
    this.#engine = new Mpsse(wiredTo(wires, spi), (...bytes) => void this.#answers.push(...bytes));
    this.descriptors = deviceDescriptors(
      {
        idVendor: 0x0403,
        idProduct: 0x6014,
        bcdDevice: 0x0900,
        manufacturer: "FTDI",
        product: "Single RS232-HS",
        serialNumber,
      },
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 45 },
        [
          encodeInterfaceDescriptor({
            bInterfaceNumber: 0,
            bAlternateSetting: 0,
            bNumEndpoints: 2,
            bInterfaceClass: 0xff,
            bInterfaceSubClass: 0xff,
            bInterfaceProtocol: 0xff,
            iInterface: 2,
          }),
          bulkEndpoint(DATA_IN, PACKET_BYTES),
          bulkEndpoint(DATA_OUT, PACKET_BYTES),
        ],
      ),
    );
  }

  control({ bmRequestType, bRequest, wValue }: UsbSetup): Uint8Array {
    if ((bmRequestType & 0x60) !== 0x40) throw stall("The chip knows vendor requests only.");
    switch (bRequest) {
      case RESET:
        // 1 drops what goes to the host, 2 what comes from it, of which nothing waits here.
        if (wValue !== 2) this.#answers = [];
        return NOTHING;
      case SET_LATENCY_TIMER:
        this.#latencyMs = Math.max(1, wValue & 0xff);
        return NOTHING;
      case GET_LATENCY_TIMER:
        return Uint8Array.of(this.#latencyMs);
      case SET_BIT_MODE:
        this.#isEngineOn = wValue >> 8 === MPSSE_MODE;
        this.#engine.reset();
        return NOTHING;
      default:
        throw stall(`The chip does not know request ${bRequest}.`);
    }
  }

  async transferIn(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (endpoint !== DATA_IN) throw noEndpoint();
    if (this.#answers.length === 0) await this.#answered.waitAtMost(this.#latencyMs, this.#clock, signal);
    const transfer: number[] = [];
    for (;;) {
      const data = this.#answers.splice(0, PACKET_DATA);
      transfer.push(...STATES, ...data);
      // A short packet ends a transfer.
      if (data.length < PACKET_DATA || transfer.length + PACKET_BYTES > length)
        return Uint8Array.from(transfer);
    }
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<number> {
    if (endpoint !== DATA_OUT) throw noEndpoint();
    if (this.#isEngineOn) this.#engine.run(data);
    if (this.#answers.length > 0) this.#answered.tell();
    return data.length;
  }

  configured(): void {
    this.detached();
  }

  detached(): void {
    this.#answers = [];
    this.#isEngineOn = false;
    this.#engine.reset();
  }
}

function wiredTo(i2c: I2cWires | undefined, spi: SpiWires | undefined): Wired {
  if (i2c !== undefined) return new I2cPins(i2c);
  return spi === undefined ? unwired : new SpiPins(spi);
}
