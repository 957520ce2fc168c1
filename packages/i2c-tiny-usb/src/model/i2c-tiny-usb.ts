/**
 * Till Harbaum's i2c-tiny-usb, as its firmware (firmware/main.c, 2007) and drivers/i2c/busses/i2c-tiny-usb.c of the Linux kernel have
 * it: each message of an I2C transaction is a vendor control request, followed by one that asks whether it was acknowledged.
 */
import {
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  hexByte,
  type I2cWires,
  stall,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
} from "@busbar/model";

const VENDOR_ID = 0x0403;
const PRODUCT_ID = 0xc631;

/** bRequest. 4 to 7 are CMD_I2C_IO with the two flags below. */
const CMD_ECHO = 0;
const CMD_GET_FUNC = 1;
const CMD_SET_DELAY = 2;
const CMD_GET_STATUS = 3;
const CMD_I2C_IO = 4;
const CMD_I2C_IO_BEGIN = 1;
const CMD_I2C_IO_END = 2;

/** The reply of CMD_GET_STATUS. The kernel makes ENXIO of the last one. */
const STATUS_IDLE = 0;
const STATUS_ADDRESS_ACK = 1;
const STATUS_ADDRESS_NAK = 2;

/** Functionality bits and message flags: include/uapi/linux/i2c.h. */
const I2C_FUNC_I2C = 0x0000_0001;
/** Quick command, error checking, byte, word, process call, block write, I2C block: what the kernel makes of plain messages. */
const I2C_FUNC_SMBUS_EMULATED = 0x0000_0008 | 0x0eff_0000;
const I2C_M_RD = 0x0001;
/** Set by the kernel for itself: the buffer can be used for DMA. */
const I2C_M_DMA_SAFE = 0x0200;

const NOTHING = new Uint8Array();

/** What to build an adapter from. */
export interface I2cTinyUsbOptions {
  /** The bus behind it. */
  readonly wires: I2cWires;
  /** Tells adapters apart. Default: "1". */
  readonly serialNumber?: string;
  /** The most bytes of a message that its firmware takes, 1 to 65535. Default: all. */
  readonly longest?: number;
}

/** An I2C adapter on USB: to Linux it is a full `/dev/i2c-N`, combined transactions and the SMBus quick command included. */
export class I2cTinyUsb implements UsbDevice {
  readonly speed = "low";
  readonly descriptors: UsbDescriptors;
  readonly #wires: I2cWires;
  readonly #longest: number;
  #status = STATUS_IDLE;

  constructor({ wires, serialNumber = "1", longest = 0xffff }: I2cTinyUsbOptions) {
    this.#wires = wires;
    this.#longest = longest;
    this.descriptors = deviceDescriptors(
      {
        bcdUSB: 0x0110,
        bDeviceClass: 0xff,
        bMaxPacketSize0: 8,
        idVendor: VENDOR_ID,
        idProduct: PRODUCT_ID,
        bcdDevice: 0x0205,
        manufacturer: "Busbar",
        product: "i2c-tiny-usb",
        serialNumber,
      },
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 5 },
        [
          encodeInterfaceDescriptor({
            bInterfaceNumber: 0,
            bAlternateSetting: 0,
            bNumEndpoints: 0,
            bInterfaceClass: 0xff,
            bInterfaceSubClass: 0,
            bInterfaceProtocol: 0,
            iInterface: 0,
          }),
        ],
      ),
    );
  }

  /** The vendor requests; wIndex is the address, wValue the flags of `struct i2c_msg`. */
  control(setup: UsbSetup, data: Uint8Array): Uint8Array {
    if ((setup.bmRequestType & 0x60) !== 0x40) throw stall("The adapter knows vendor requests only.");
    switch (setup.bRequest) {
      case CMD_ECHO:
        return Uint8Array.of(setup.wValue & 0xff, setup.wValue >> 8);
      case CMD_GET_FUNC: {
        const reply = new DataView(new ArrayBuffer(4));
        reply.setUint32(0, I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMULATED, true);
        return new Uint8Array(reply.buffer);
      }
      case CMD_SET_DELAY:
        // A clock period in microseconds, at least. A simulated transaction takes no time, so it changes nothing.
        return NOTHING;
      case CMD_GET_STATUS:
        return Uint8Array.of(this.#status);
      default:
        if ((setup.bRequest & ~(CMD_I2C_IO_BEGIN | CMD_I2C_IO_END)) !== CMD_I2C_IO) {
          throw stall(`There is no request ${setup.bRequest}.`);
        }
        return this.#message(setup, data);
    }
  }

  /** The bus is released from a transaction that nobody will finish. */
  detached(): void {
    this.#wires.stop();
    this.#status = STATUS_IDLE;
  }

  #message(setup: UsbSetup, data: Uint8Array): Uint8Array {
    const { bRequest, wValue, wIndex, wLength } = setup;
    if ((bRequest & CMD_I2C_IO_BEGIN) !== 0) this.#wires.stop();
    this.#status = STATUS_IDLE;
    this.#check(setup);
    const isRead = (wValue & I2C_M_RD) !== 0;
    // The kernel's driver asks for the status only after a read of full length.
    const bytes = new Uint8Array(isRead ? wLength : 0);
    if (!this.#wires.start(wIndex, isRead ? "read" : "write")) {
      this.#wires.stop();
      this.#status = STATUS_ADDRESS_NAK;
      return bytes;
    }
    this.#status = STATUS_ADDRESS_ACK;
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = this.#wires.read();
    for (const byte of data) {
      if (this.#wires.write(byte)) continue;
      this.#wires.stop();
      // The protocol has a status for an address that nobody acknowledges, and none for data. A stalled request becomes EIO in
      // the kernel.
      throw stall("A byte of the message was not acknowledged.");
    }
    if ((bRequest & CMD_I2C_IO_END) !== 0) this.#wires.stop();
    return bytes;
  }

  /**
   * @throws UsbTransferError "stall" for what the adapter does not do: 10-bit addresses, mangled protocols, and reads of no
   *   bytes, which the kernel's driver of it refuses before they get here (EOPNOTSUPP)
   */
  #check({ bmRequestType, wValue, wIndex, wLength }: UsbSetup): void {
    const isRead = (wValue & I2C_M_RD) !== 0;
    const directionMatches = isRead === ((bmRequestType & 0x80) !== 0) || wLength === 0;
    if ((wValue & ~(I2C_M_RD | I2C_M_DMA_SAFE)) !== 0 || !directionMatches || wIndex > 0x7f) {
      throw stall(`No message with flags ${hexByte(wValue)} to address ${hexByte(wIndex)} is possible.`);
    }
    if (isRead && wLength === 0) throw stall("A read of no bytes is not possible.");
    if (wLength > this.#longest) throw stall(`This firmware takes ${this.#longest} bytes of a message.`);
  }
}
