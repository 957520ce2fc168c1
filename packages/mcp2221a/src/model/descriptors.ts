/** What the chip says of itself: DS20005565B section 1.4 has its ids, and its composition of a serial port and a human interface device. */

import {
  bulkEndpoint,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  interruptEndpoint,
  type UsbDescriptors,
} from "@busbar/model";

/** Endpoints and interfaces. */
export const SERIAL_NOTIFICATION_IN = 0x81;
export const SERIAL_IN = 0x82;
export const SERIAL_OUT = 0x02;
export const REPORT_IN = 0x83;
export const REPORT_OUT = 0x03;
export const SERIAL_INTERFACE = 0;
export const HID_INTERFACE = 2;

/** HID 1.11 section 6.2.2: a page of the vendor's, and 64 bytes in either direction, without report ids. */
export const REPORT_DESCRIPTOR = Uint8Array.of(
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01],
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40],
  ...[0x09, 0x01, 0x81, 0x02],
  ...[0x09, 0x01, 0x91, 0x02],
  0xc0,
);

/** HID 1.11 section 6.2.1. */
export const HID_DESCRIPTOR = Uint8Array.of(9, 0x21, 0x11, 0x01, 0, 1, 0x22, REPORT_DESCRIPTOR.length, 0);

const functionAssociation = Uint8Array.of(8, 0x0b, SERIAL_INTERFACE, 2, 0x02, 0x02, 0x01, 0);

/** The descriptors of a chip. */
export function descriptorsOf(serialNumber: string): UsbDescriptors {
  return deviceDescriptors(
    {
      bDeviceClass: 0xef,
      bDeviceSubClass: 0x02,
      bDeviceProtocol: 0x01,
      bMaxPacketSize0: 8,
      idVendor: 0x04d8,
      idProduct: 0x00dd,
      bcdDevice: 0x0100,
      manufacturer: "Microchip Technology Inc.",
      product: "MCP2221 USB-I2C/UART Combo",
      serialNumber,
    },
    encodeConfiguration(
      { bNumInterfaces: 3, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 50 },
      [
        functionAssociation,
        interfaceOf(SERIAL_INTERFACE, 1, [0x02, 0x02, 0x01]),
        // CDC 1.2 and PSTN 1.2: header, call management, abstract control management, union.
        Uint8Array.of(5, 0x24, 0x00, 0x10, 0x01),
        Uint8Array.of(5, 0x24, 0x01, 0x00, 1),
        Uint8Array.of(4, 0x24, 0x02, 0x02),
        Uint8Array.of(5, 0x24, 0x06, SERIAL_INTERFACE, 1),
        interruptEndpoint(SERIAL_NOTIFICATION_IN, 8, 2),
        interfaceOf(1, 2, [0x0a, 0x00, 0x00]),
        bulkEndpoint(SERIAL_OUT, 16),
        bulkEndpoint(SERIAL_IN, 16),
        interfaceOf(HID_INTERFACE, 2, [0x03, 0x00, 0x00]),
        HID_DESCRIPTOR,
        interruptEndpoint(REPORT_IN, 64, 1),
        interruptEndpoint(REPORT_OUT, 64, 1),
      ],
    ),
  );
}

function interfaceOf(
  number: number,
  endpoints: number,
  [aClass, subclass, protocol]: [number, number, number],
) {
  return encodeInterfaceDescriptor({
    bInterfaceNumber: number,
    bAlternateSetting: 0,
    bNumEndpoints: endpoints,
    bInterfaceClass: aClass,
    bInterfaceSubClass: subclass,
    bInterfaceProtocol: protocol,
    iInterface: 0,
  });
}
