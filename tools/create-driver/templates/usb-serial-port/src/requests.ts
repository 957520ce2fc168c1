/** Vendor requests of the MySerialPort, and the bytes that go with them. FILL IN: as the data sheet spells them. */

import { type ControlRequest, DriverError, type LineSettings, type LineState } from "@busbar/guest";

/** All requests go to the interface: the board file grants that one, and not the device as a whole. */
const request = (number: number, interfaceNumber: number, value = 0): ControlRequest => ({
  type: "vendor",
  recipient: "interface",
  request: number,
  value,
  index: interfaceNumber,
});

/** Sets the line; {@link encodeLine} follows. */
export const setLine = (interfaceNumber: number) => request(0x01, interfaceNumber);
/** Sets the control signals: bit 0 DTR, bit 1 RTS. */
export const setSignals = (interfaceNumber: number, bits: number) => request(0x02, interfaceNumber, bits);
/** Begins a break (1) or ends it (0). */
export const setBreak = (interfaceNumber: number, on: 0 | 1) => request(0x03, interfaceNumber, on);
/** Asks for the state of the line, one byte: {@link decodeState}. */
export const getState = (interfaceNumber: number) => request(0x04, interfaceNumber);

const parities = ["none", "odd", "even"];
const stopBits = ["one", "two"];

/**
 * Four bytes of baud rate, least significant first; data bits; parity in the lower half, stop bits in the upper.
 *
 * @throws DriverError `unsupported` for what the part cannot do
 */
export function encodeLine(settings: LineSettings): Uint8Array {
  const parity = parities.indexOf(settings.parity);
  const stop = stopBits.indexOf(settings.stopBits);
  const { baudRate, dataBits } = settings;
  if (
    parity < 0 ||
    stop < 0 ||
    (dataBits !== 7 && dataBits !== 8) ||
    baudRate < 300 ||
    baudRate > 3_000_000
  ) {
    throw DriverError.unsupported(
      "The MySerialPort has 300 to 3000000 baud, 7 or 8 data bits, parity none, odd or even, and 1 or 2 stop bits.",
    );
  }
  const bytes = new Uint8Array(6);
  new DataView(bytes.buffer).setUint32(0, baudRate, true);
  bytes[4] = dataBits;
  bytes[5] = parity | (stop << 4);
  return bytes;
}

/** @throws DriverError `protocol` when it is not one byte */
export function decodeState(bytes: Uint8Array): LineState {
  const [bits] = bytes;
  if (bits === undefined || bytes.length !== 1) {
    throw DriverError.protocol(
      "The device does not tell the state of its line; unplug it and plug it in again.",
    );
  }
  return {
    carrierDetect: (bits & 0x01) !== 0,
    dataSetReady: (bits & 0x02) !== 0,
    ring: (bits & 0x04) !== 0,
    breakReceived: (bits & 0x08) !== 0,
    framingError: (bits & 0x10) !== 0,
    parityError: (bits & 0x20) !== 0,
    overrun: (bits & 0x40) !== 0,
  };
}
