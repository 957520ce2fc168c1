import * as v from "valibot";

/** A serial number of a board file. A string descriptor has room for 126 UTF-16 units: USB 2.0 section 9.6.7. */
export const usbSerialNumber = v.pipe(v.string(), v.minLength(1), v.maxLength(126));
