/** Devices for TEST_MACHINE's `usb`: in the shapes of the npm package usb, as far as a listing looks at them. */

/** One interface: its class codes, its endpoints, and what its class adds, in hexadecimal. */
export interface NativeInterfaceOptions {
  readonly codes: readonly [number, number, number];
  readonly endpoints?: readonly number[];
  readonly extra?: string;
}

/** What a device says, and where it is. */
export interface NativeDeviceOptions {
  /** Behind bus 1; empty for the root hub. */
  readonly ports: readonly number[];
  readonly ids: readonly [number, number];
  readonly deviceClass?: number;
  readonly interfaces?: readonly NativeInterfaceOptions[];
  /** What reading its descriptors fails with. */
  readonly errno?: number;
}

/** A native device; its address follows from its ports. */
export function nativeDevice(options: NativeDeviceOptions): object {
  const { ports, ids, deviceClass = 0, interfaces = [], errno } = options;
  const [idVendor, idProduct] = ids;
  return {
    busNumber: 1,
    deviceAddress: addressOf(ports),
    portNumbers: ports,
    ...(errno !== undefined && { errno }),
    deviceDescriptor: {
      ...{ bLength: 18, bDescriptorType: 1, bcdUSB: 0x0200, bDeviceClass: deviceClass },
      ...{ bDeviceSubClass: 0, bDeviceProtocol: 0, bMaxPacketSize0: 64, idVendor, idProduct },
      ...{ bcdDevice: 0x0110, iManufacturer: 1, iProduct: 2, iSerialNumber: 3, bNumConfigurations: 1 },
    },
    configuration: {
      ...{ bLength: 9, bDescriptorType: 2, wTotalLength: 9, bConfigurationValue: 1, iConfiguration: 0 },
      ...{ bmAttributes: 0xa0, bMaxPower: 50 },
      interfaces: interfaces.map(({ codes, endpoints = [], extra = "" }, bInterfaceNumber) => [
        {
          ...{ bLength: 9, bDescriptorType: 4, bInterfaceNumber, bAlternateSetting: 0, iInterface: 0 },
          ...{ bInterfaceClass: codes[0], bInterfaceSubClass: codes[1], bInterfaceProtocol: codes[2] },
          extra: [...Buffer.from(extra, "hex")],
          endpoints: endpoints.map((bEndpointAddress) => ({
            ...{ bLength: 7, bDescriptorType: 5, bEndpointAddress, bmAttributes: 3, wMaxPacketSize: 8 },
            ...{ bInterval: 10, bRefresh: 0, bSynchAddress: 0, extra: [] },
          })),
        },
      ]),
    },
  };
}

/** The folder and the texts of a device in sysfs, and its device file. */
export function sysfsOf(
  ports: readonly number[],
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  const folder = sysfsFolder(ports);
  const entries = Object.entries(texts).map(([name, text]) => [`${folder}/${name}`, `${text}\n`] as const);
  return { [deviceFile(ports)]: "", ...Object.fromEntries(entries) };
}

/** "/sys/bus/usb/devices/1-2.3". */
export function sysfsFolder(ports: readonly number[]): string {
  return `/sys/bus/usb/devices/${ports.length === 0 ? "usb1" : `1-${ports.join(".")}`}`;
}

/** "/dev/bus/usb/001/024". */
export function deviceFile(ports: readonly number[]): string {
  return `/dev/bus/usb/001/${String(addressOf(ports)).padStart(3, "0")}`;
}

function addressOf(ports: readonly number[]): number {
  return 1 + Number(ports.join(""));
}
