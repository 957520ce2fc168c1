/**
 * What tells a security key or a smart-card reader, which a driver must not touch unless the operator says so: whoever
 * speaks to one can have it sign. Browsers keep the same devices from web pages.
 */

/** The interface class of smart-card readers: CCID. */
export const smartCardClass = 0x0b;

/** The interface class of HID. */
export const hidClass = 0x03;

/** The usage page of FIDO: HID Usage Tables 1.3, chapter 28. */
const fidoUsagePage = 0xf1d0;

/** Yubico makes nothing but security keys, so all of its products are meant, later ones too. */
const yubico = 0x1050;

/** Vendor and product: the list of WICG/webusb, blocklist.txt. */
const products: ReadonlySet<number> = new Set([
  0x096e_0850, 0x096e_0852, 0x096e_0853, 0x096e_0854, 0x096e_0856, 0x096e_0858, 0x096e_085a, 0x096e_085b,
  0x096e_0880, 0x09c3_0023, 0x10c4_8acf, 0x18d1_5026, 0x1a44_00bb, 0x1d50_60fc, 0x1e0d_f1ae, 0x1e0d_f1d0,
  0x1ea8_f025, 0x20a0_4287, 0x24dc_0101, 0x2581_f1d0, 0x2abe_1002, 0x2ccf_0880,
]);

/** Whether these ids belong to a known security key. */
export function isSecurityKey(vendorId: number, productId: number): boolean {
  return vendorId === yubico || products.has(vendorId * 0x1_0000 + productId);
}

/** Item prefixes of a report descriptor: HID 1.11 section 6.2.2.2. */
const longItem = 0xfe;
const tagAndType = 0xfc;
const usagePageTag = 0x04;
const usageTag = 0x08;
const usageMinimumTag = 0x18;

/** Whether a report descriptor has anything on the FIDO usage page. Reads no further than the bytes go. */
export function usesFido(reportDescriptor: Uint8Array): boolean {
  let offset = 0;
  while (offset < reportDescriptor.length) {
    const prefix = reportDescriptor[offset]!;
    if (prefix === longItem) {
      offset += 3 + (reportDescriptor[offset + 1] ?? 0);
      continue;
    }
    const size = (prefix & 0x03) === 3 ? 4 : prefix & 0x03;
    const value = littleEndian(reportDescriptor.subarray(offset + 1, offset + 1 + size));
    const tag = prefix & tagAndType;
    if (tag === usagePageTag && value === fidoUsagePage) return true;
    // A usage of four bytes brings its own page: HID 1.11 section 6.2.2.8.
    const isUsage = tag === usageTag || tag === usageMinimumTag;
    if (isUsage && size === 4 && value >>> 16 === fidoUsagePage) return true;
    offset += 1 + size;
  }
  return false;
}

function littleEndian(bytes: Uint8Array): number {
  let value = 0;
  for (let index = bytes.length - 1; index >= 0; index -= 1) value = value * 256 + bytes[index]!;
  return value;
}
