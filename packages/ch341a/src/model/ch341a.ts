import {
  bulkEndpoint,
  Change,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  type I2cWires,
  interruptEndpoint,
  noEndpoint,
  type SpiWires,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
} from "@busbar/model";
import { I2C_STREAM, I2cStream } from "./i2c-stream.ts";
import { PIN_STREAM, SPI_STREAM, SpiStream } from "./spi-stream.ts";

/** What to make a chip of. */
export interface Ch341aOptions {
  /** The I2C bus behind it; nothing answers where there is none. */
  readonly wires?: I2cWires | undefined;
  /** The SPI bus behind it, likewise. */
  readonly spi?: SpiWires | undefined;
  /** Tells chips apart. */
  readonly serialNumber?: string;
}

/** Endpoints, and bytes of a packet. */
const DATA_IN = 0x82;
const DATA_OUT = 0x02;
const INTERRUPT_IN = 0x81;
const PACKET_BYTES = 32;

/** Vendor request for the version: its number is that of a CH341A. */
const GET_VERSION = 0x5f;

/** A bus with nothing on it. */
const nobody: I2cWires = { start: () => false, write: () => false, read: () => 0xff, stop() {} };

/** WCH CH341A in the mode for I2C, SPI and parallel ports, of which it has the first two. */
export class Ch341a implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  readonly #stream: I2cStream;
  readonly #spi: SpiStream;
  /** Packets that nobody has fetched. */
  #packets: Uint8Array[] = [];
  readonly #given = new Change();

  constructor({ wires = nobody, spi, serialNumber = "1" }: Ch341aOptions) {
    this.#stream = new I2cStream(wires);
    this.#spi = new SpiStream(spi);
    this.descriptors = deviceDescriptors(
      {
        bcdUSB: 0x0110,
        bDeviceClass: 0xff,
        bDeviceProtocol: 0x02,
        bMaxPacketSize0: 8,
        idVendor: 0x1a86,
        idProduct: 0x5512,
        bcdDevice: 0x0304,
        manufacturer: "QinHeng Electronics",
        product: "USB UART-LPT",
        serialNumber,
      },
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 48 },
        [
          encodeInterfaceDescriptor({
            bInterfaceNumber: 0,
            bAlternateSetting: 0,
            bNumEndpoints: 3,
            bInterfaceClass: 0xff,
            bInterfaceSubClass: 1,
            bInterfaceProtocol: 2,
            iInterface: 0,
          }),
          bulkEndpoint(DATA_IN, PACKET_BYTES),
          bulkEndpoint(DATA_OUT, PACKET_BYTES),
          interruptEndpoint(INTERRUPT_IN, 8, 1),
        ],
      ),
    );
  }

  control({ bmRequestType, bRequest }: UsbSetup): Uint8Array {
    if (bmRequestType === 0xc0 && bRequest === GET_VERSION) return Uint8Array.of(0x30, 0x00);
    throw stall(`The chip does not know request ${bRequest}.`);
  }

  async transferIn(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (endpoint !== DATA_IN && endpoint !== INTERRUPT_IN) throw noEndpoint();
    // Of its interrupt line nothing ever comes.
    while (endpoint === INTERRUPT_IN || this.#packets.length === 0) await this.#given.wait(signal);
    const bytes: number[] = [];
    for (;;) {
      const packet = this.#packets.shift()!;
      bytes.push(...packet);
      // A short packet ends a transfer.
      const isOver = packet.length < PACKET_BYTES || bytes.length + PACKET_BYTES > length;
      if (isOver || this.#packets.length === 0) return Uint8Array.from(bytes);
    }
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<number> {
    if (endpoint !== DATA_OUT) throw noEndpoint();
    for (let place = 0; place < data.length; place += PACKET_BYTES) {
      const packet = data.subarray(place, place + PACKET_BYTES);
      const given = this.#run(packet[0]!, packet.subarray(1));
      for (let start = 0; start < given.length; start += PACKET_BYTES) {
        this.#packets.push(given.slice(start, start + PACKET_BYTES));
      }
    }
    this.#given.tell();
    return data.length;
  }

  configured(): void {
    this.detached();
  }

  detached(): void {
    this.#packets = [];
    this.#stream.reset();
    this.#spi.reset();
  }

  /** @returns what the packet gives back */
  #run(kind: number, commands: Uint8Array): Uint8Array {
    switch (kind) {
      case I2C_STREAM:
        return this.#stream.run(commands);
      case SPI_STREAM:
        return this.#spi.move(commands);
      case PIN_STREAM:
        return this.#spi.movePins(commands);
      default:
        // The parallel port has other commands, and nothing is wired to it.
        return new Uint8Array();
    }
  }
}
