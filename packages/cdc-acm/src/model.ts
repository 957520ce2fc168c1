/**
 * A serial port that sends back what it is sent, as firmware of the communications device class does: USB CDC 1.2, PSTN
 * 1.2, abstract control model.
 */

import {
  ByteFifo,
  bulkEndpoint,
  Change,
  defineUsbModel,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  interruptEndpoint,
  noEndpoint,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  usbSerialNumber,
  wholeNumber,
} from "@busbar/model";
import * as v from "valibot";

/** pid.codes' vendor id, and a product id that it sets aside for tests. */
const VENDOR_ID = 0x1209;
const PRODUCT_ID = 0x0002;

/** Classes, and subclass and protocol of the control interface: CDC 1.2 tables 2 and 6, PSTN 1.2 table 1. */
const COMMUNICATIONS_CLASS = 0x02;
const DATA_CLASS = 0x0a;
const ABSTRACT_CONTROL_MODEL = 0x02;
const AT_COMMANDS = 0x01;

const CONTROL_INTERFACE = 0;
const DATA_INTERFACE = 1;
const DATA_IN = 0x81;
const DATA_OUT = 0x01;
const NOTIFICATION_IN = 0x82;

/** bmRequestType of the class's requests to an interface, and bRequest: PSTN 1.2 table 13. */
const TO_INTERFACE = 0x21;
const FROM_INTERFACE = 0xa1;
const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const SEND_BREAK = 0x23;

/** wValue of SET_CONTROL_LINE_STATE: PSTN 1.2 table 18. */
const DATA_TERMINAL_READY = 0x01;

/** bNotificationCode, and its bits: PSTN 1.2 table 31. */
const SERIAL_STATE = 0x20;
const CARRIER_AND_READY = 0x03;
const BREAK = 0x04;

/** 9600 baud, 8 data bits, no parity, 1 stop bit. */
const INITIAL_LINE_CODING = Uint8Array.of(0x80, 0x25, 0, 0, 0, 0, 8);
/** Like firmware: what nobody fetches is dropped, the latest stays. */
const MOST_NOTIFICATIONS = 64;

const NOTHING = new Uint8Array();

/** What to build a serial port from. */
export interface CdcAcmEchoOptions {
  /** Tells ports apart. Default: "1". */
  readonly serialNumber?: string;
  /** "full" has packets of 64 bytes, "high" of 512. Default: "high". */
  readonly speed?: "full" | "high";
  /** How much it holds before it keeps the host waiting. Default: 4096. */
  readonly bufferBytes?: number;
  /** Packet size of the notifications: 8 splits a serial state, which has 10 bytes. Default: 16. */
  readonly notificationPacketBytes?: number;
}

/** A serial port that sends back what it is sent; breaks come back as notifications. Carrier and DSR follow DTR. */
export class CdcAcmEcho implements UsbDevice {
  readonly speed: "full" | "high";
  readonly descriptors: UsbDescriptors;
  /** The durations of the breaks that were asked for, in milliseconds. */
  readonly breaks: number[] = [];
  /** How many zero-length packets came. */
  zeroLengthPackets = 0;
  readonly #packetBytes: number;
  readonly #data: ByteFifo;
  /** What is left of each: a short packet ends one, so two are never in one packet. */
  readonly #notifications: Uint8Array[] = [];
  readonly #notified = new Change();
  #lineCoding: Uint8Array = INITIAL_LINE_CODING;
  #controlLineState = 0;
  /** Whether the host cannot see yet that there is no more: the last packet was a full one. */
  #owesZeroLengthPacket = false;

  constructor(options: CdcAcmEchoOptions = {}) {
    const { serialNumber = "1", speed = "high", bufferBytes = 4096, notificationPacketBytes = 16 } = options;
    this.speed = speed;
    this.#packetBytes = speed === "high" ? 512 : 64;
    this.#data = new ByteFifo(bufferBytes);
    this.descriptors = deviceDescriptors(
      {
        bDeviceClass: COMMUNICATIONS_CLASS,
        idVendor: VENDOR_ID,
        idProduct: PRODUCT_ID,
        manufacturer: "Busbar",
        product: "serial echo",
        serialNumber,
      },
      configuration(this.#packetBytes, notificationPacketBytes),
    );
  }

  /** The line coding that was set: PSTN 1.2 table 17. */
  get lineCoding(): Uint8Array {
    return this.#lineCoding;
  }

  /** What was set: bit 0 DTR, bit 1 RTS. */
  get controlLineState(): number {
    return this.#controlLineState;
  }

  control(setup: UsbSetup, data: Uint8Array): Uint8Array {
    if (setup.wIndex !== CONTROL_INTERFACE) throw stall(`Interface ${setup.wIndex} has no requests.`);
    switch ((setup.bmRequestType << 8) | setup.bRequest) {
      case (TO_INTERFACE << 8) | SET_LINE_CODING:
        this.#lineCoding = checkedLineCoding(data);
        return NOTHING;
      case (FROM_INTERFACE << 8) | GET_LINE_CODING:
        return this.#lineCoding;
      case (TO_INTERFACE << 8) | SET_CONTROL_LINE_STATE:
        this.#setControlLineState(setup.wValue);
        return NOTHING;
      case (TO_INTERFACE << 8) | SEND_BREAK:
        this.breaks.push(setup.wValue);
        if (setup.wValue !== 0) this.notify(this.#serialState() | BREAK);
        return NOTHING;
      default:
        throw stall(`The serial port does not know request ${setup.bRequest}.`);
    }
  }

  async transferIn(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (endpoint === NOTIFICATION_IN) return await this.#readNotification(length, signal);
    if (endpoint !== DATA_IN) throw noEndpoint();
    if (this.#owesZeroLengthPacket && this.#data.length === 0) {
      this.#owesZeroLengthPacket = false;
      return NOTHING;
    }
    const data = await this.#data.read(length, signal);
    this.#owesZeroLengthPacket = data.length === length && length % this.#packetBytes === 0;
    return data;
  }

  async transferOut(endpoint: number, data: Uint8Array, signal: TransferSignal): Promise<number> {
    if (endpoint !== DATA_OUT) throw noEndpoint();
    if (data.length === 0) this.zeroLengthPackets += 1;
    return await this.#data.write(data, signal);
  }

  configured(): void {
    this.#reset();
  }

  detached(): void {
    this.#reset();
  }

  /** Sends a serial state: PSTN 1.2 table 31. */
  notify(serialState: number): void {
    if (this.#notifications.length >= MOST_NOTIFICATIONS) this.#notifications.splice(1, 1);
    this.#notifications.push(
      // bmRequestType, bNotificationCode, wValue, wIndex, wLength, UartState
      Uint8Array.of(FROM_INTERFACE, SERIAL_STATE, 0, 0, CONTROL_INTERFACE, 0, 2, 0, serialState, 0),
    );
    this.#notified.tell();
  }

  async #readNotification(length: number, signal: TransferSignal): Promise<Uint8Array> {
    while (this.#notifications.length === 0) await this.#notified.wait(signal);
    const notification = this.#notifications[0]!;
    if (notification.length > length) this.#notifications[0] = notification.subarray(length);
    else this.#notifications.shift();
    return notification.subarray(0, length);
  }

  #setControlLineState(value: number): void {
    const before = this.#serialState();
    this.#controlLineState = value;
    if (this.#serialState() !== before) this.notify(this.#serialState());
  }

  #serialState(): number {
    return (this.#controlLineState & DATA_TERMINAL_READY) === 0 ? 0 : CARRIER_AND_READY;
  }

  #reset(): void {
    this.#data.clear();
    this.#notifications.length = 0;
    this.#lineCoding = INITIAL_LINE_CODING;
    this.#controlLineState = 0;
    this.#owesZeroLengthPacket = false;
  }
}

/** PSTN 1.2 table 17. */
function checkedLineCoding(data: Uint8Array): Uint8Array {
  const [bCharFormat, bParityType, bDataBits] = data.subarray(4);
  const isKnown = bCharFormat! <= 2 && bParityType! <= 4 && [5, 6, 7, 8, 16].includes(bDataBits!);
  if (data.length !== 7 || !isKnown) throw stall("The serial port does not know this line coding.");
  return data.slice();
}

function configuration(packetBytes: number, notificationPacketBytes: number): Uint8Array {
  return encodeConfiguration(
    { bNumInterfaces: 2, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 50 },
    [
      encodeInterfaceDescriptor({
        bInterfaceNumber: CONTROL_INTERFACE,
        bAlternateSetting: 0,
        bNumEndpoints: 1,
        bInterfaceClass: COMMUNICATIONS_CLASS,
        bInterfaceSubClass: ABSTRACT_CONTROL_MODEL,
        bInterfaceProtocol: AT_COMMANDS,
        iInterface: 0,
      }),
      // CDC 1.2 table 15: header, bcdCDC 1.20.
      Uint8Array.of(5, 0x24, 0x00, 0x20, 0x01),
      // PSTN 1.2 table 3: call management, none, bDataInterface.
      Uint8Array.of(5, 0x24, 0x01, 0x00, DATA_INTERFACE),
      // PSTN 1.2 table 4: abstract control management, line coding and break.
      Uint8Array.of(4, 0x24, 0x02, 0x06),
      // CDC 1.2 table 16: union.
      Uint8Array.of(5, 0x24, 0x06, CONTROL_INTERFACE, DATA_INTERFACE),
      interruptEndpoint(NOTIFICATION_IN, notificationPacketBytes, 8),
      encodeInterfaceDescriptor({
        bInterfaceNumber: DATA_INTERFACE,
        bAlternateSetting: 0,
        bNumEndpoints: 2,
        bInterfaceClass: DATA_CLASS,
        bInterfaceSubClass: 0,
        bInterfaceProtocol: 0,
        iInterface: 0,
      }),
      bulkEndpoint(DATA_IN, packetBytes),
      bulkEndpoint(DATA_OUT, packetBytes),
    ],
  );
}

/** The model "cdc-acm" of the board file. */
export default defineUsbModel(
  v.strictObject({
    serialNumber: v.optional(usbSerialNumber, "1"),
    speed: v.optional(v.picklist(["full", "high"]), "high"),
    bufferBytes: v.optional(wholeNumber(1, 1024 * 1024), 4096),
    notificationPacketBytes: v.optional(wholeNumber(1, 64), 16),
  }),
  (parameters) => new CdcAcmEcho(parameters),
);
