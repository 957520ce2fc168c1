/**
 * Till Harbaum's i2c-tiny-usb adapter, as drivers/i2c/busses/i2c-tiny-usb.c of the Linux kernel speaks to it: each
 * message of an I2C transaction is a vendor control request, followed by one that asks whether it was acknowledged.
 */
import { type I2cBus, I2cError, type I2cOperation } from "@busbar/host/backend";
import {
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  stall,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  UsbTransferError,
} from "@busbar/model";
import { type I2cMessages, i2cMessages, type SteppedI2cBus } from "./i2c-messages.ts";

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
const I2C_FUNC_SMBUS_QUICK = 0x0001_0000;
/** Error checking, byte, word, process call, block write, I2C block: what the kernel makes of plain messages. */
const I2C_FUNC_SMBUS_EMULATED = 0x0000_0008 | 0x0efe_0000;
const I2C_M_RD = 0x0001;
/** Set by the kernel for itself: the buffer can be used for DMA. */
const I2C_M_DMA_SAFE = 0x0200;

const NOTHING = new Uint8Array();

/** What to build an adapter from. */
export interface I2cTinyUsbOptions {
  /**
   * The bus behind the adapter. One that can be driven message by message serves any transaction and the SMBus quick
   * command; any other serves writes followed by one read, and no quick command.
   */
  readonly bus: I2cBus | SteppedI2cBus;
  /** Tells adapters apart. Default: "1". */
  readonly serialNumber?: string;
}

/** An I2C adapter on USB: to Linux it is a full `/dev/i2c-N`, combined transactions included. */
export class I2cTinyUsb implements UsbDevice {
  readonly speed = "low";
  readonly descriptors: UsbDescriptors;
  readonly #messages: I2cMessages;
  #status = STATUS_IDLE;

  constructor(options: I2cTinyUsbOptions) {
    this.#messages = i2cMessages(options.bus);
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
        serialNumber: options.serialNumber ?? "1",
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
      case CMD_GET_FUNC:
        return this.#functionality();
      case CMD_SET_DELAY:
        // Half a clock period in microseconds. A simulated transaction takes no time, so it changes nothing.
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
    this.#messages.abandon();
    this.#status = STATUS_IDLE;
  }

  #functionality(): Uint8Array {
    const quick = this.#messages.addressOnly ? I2C_FUNC_SMBUS_QUICK : 0;
    const reply = new DataView(new ArrayBuffer(4));
    reply.setUint32(0, I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMULATED | quick, true);
    return new Uint8Array(reply.buffer);
  }

  #message(setup: UsbSetup, data: Uint8Array): Uint8Array {
    if ((setup.bRequest & CMD_I2C_IO_BEGIN) !== 0) this.#messages.abandon();
    this.#status = STATUS_IDLE;
    const operation = operationOf(setup, data);
    try {
      const last = (setup.bRequest & CMD_I2C_IO_END) !== 0;
      const result = this.#messages.send(setup.wIndex, operation, last);
      this.#status = STATUS_ADDRESS_ACK;
      return result;
    } catch (error) {
      if (!(error instanceof I2cError)) throw error;
      // The protocol has a status for an address that nobody acknowledges, and none for any other failure. A stalled
      // request becomes EIO in the kernel.
      const { payload } = error;
      if (payload.tag !== "no-acknowledge" || payload.val === "data") {
        throw new UsbTransferError("stall", error.message, { cause: error });
      }
      this.#status = STATUS_ADDRESS_NAK;
      // The driver asks for the status only after a read of full length.
      return new Uint8Array(operation.kind === "read" ? operation.length : 0);
    }
  }
}

/**
 * @throws UsbTransferError "stall" for what the adapter does not do: 10-bit addresses, mangled protocols, and reads of no
 *   bytes, which the kernel's driver of it refuses before they get here (EOPNOTSUPP)
 */
function operationOf(setup: UsbSetup, data: Uint8Array): I2cOperation {
  const read = (setup.wValue & I2C_M_RD) !== 0;
  const directionMatches = read === ((setup.bmRequestType & 0x80) !== 0) || setup.wLength === 0;
  if ((setup.wValue & ~(I2C_M_RD | I2C_M_DMA_SAFE)) !== 0 || !directionMatches || setup.wIndex > 0x7f) {
    throw stall(
      `No message with flags 0x${setup.wValue.toString(16)} to address 0x${setup.wIndex.toString(16)} is possible.`,
    );
  }
  if (read && setup.wLength === 0) throw stall("A read of no bytes is not possible.");
  return read ? { kind: "read", length: setup.wLength } : { kind: "write", data };
}
