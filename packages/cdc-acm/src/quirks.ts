/** Devices that Linux's cdc-acm knows by their ids, and what is otherwise with them. */

/** Which device it is: USB 2.0 table 9-8. */
export interface DeviceIdentity {
  /** idVendor. */
  readonly vendorId: number;
  /** idProduct. */
  readonly productId: number;
}

/** What is otherwise with a device. */
export interface Quirks {
  /** Interface 0 has the requests and interface 1 the data, whatever the descriptors say. */
  readonly fixedInterfaces: boolean;
  /** A control interface with a vendor's protocol is a serial port, and not RNDIS as everywhere else. */
  readonly vendorProtocol: boolean;
  /** Bears one IN transfer at a time. */
  readonly singleInput: boolean;
  /** Its data endpoints may be halted from the beginning. */
  readonly clearHalts: boolean;
}

/** Both ids in one number. */
const key = ({ vendorId, productId }: DeviceIdentity) => vendorId * 0x10000 + productId;

/** `NO_UNION_NORMAL`: without a union, with it in the wrong place, or with a descriptor of length 0. */
const fixedInterfaces: ReadonlySet<number> = new Set([
  0x076d0006, 0x17ef7000, 0x08700001, 0x0e8d0003, 0x0e8d3329, 0x04820203, 0x079b000f, 0x22b87000, 0x08033095,
  0x05721321, 0x05721324, 0x05721328, 0x05721329, 0x05721340, 0x05f94002, 0x1bbb0003, 0x157603b1, 0x22b82d92,
  0x22b82d93, 0x22b82d95, 0x22b82d96, 0x22b82d97, 0x22b82d99, 0x22b82d9a, 0xfff00100,
]);

/** `SINGLE_RX_URB`: modems of ZyDAS, which mix up the data of several transfers. */
const singleInput: ReadonlySet<number> = new Set([0x0ace1602, 0x0ace1608, 0x0ace1611]);

/** `CLEAR_HALT_CONDITIONS`: ATOL FPrint. */
const clearHalts: ReadonlySet<number> = new Set([0x29120001]);

/** Phones whose second port has a protocol of the vendor's: Nokia's S60, and one of Samsung's. */
const NOKIA = 0x0421;
const SAMSUNG_I8510 = 0x04e76651;

/** The quirks of a device; none where it is not known which one it is. */
export function quirksOf(identity: DeviceIdentity | undefined): Quirks {
  const id = identity === undefined ? -1 : key(identity);
  return {
    fixedInterfaces: fixedInterfaces.has(id),
    vendorProtocol: identity?.vendorId === NOKIA || id === SAMSUNG_I8510,
    singleInput: singleInput.has(id),
    clearHalts: clearHalts.has(id),
  };
}
