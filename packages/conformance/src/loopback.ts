/** The USB device of host/conformance/board.json: a loopback. */

/** Endpoints of interface 0, bEndpointAddress each. */
export const bulkIn = 0x81;
export const bulkOut = 0x01;
export const interruptIn = 0x82;
export const interruptOut = 0x02;
/** In setting 1 only. */
export const isochronousIn = 0x83;
export const isochronousOut = 0x03;

/** An endpoint of interface 1, which is not granted. */
export const foreignIn = 0x84;

/** bRequest of its vendor's request, which gives bytes that count up, or takes any. */
export const vendorRequest = 0x51;

/** What goes wrong with a request that gives, by its wValue. What is never answered is not waited for long. */
export const faults = [
  { name: "a stall", wValue: 1 },
  { name: "a device that does not answer", wValue: 2 },
  { name: "a device that sends too much", wValue: 3 },
  { name: "a device that is silent", wValue: 4, timeoutMs: 50 },
  { name: "no memory", wValue: 5 },
  { name: "what the host cannot do", wValue: 6 },
  { name: "any other failure of the host", wValue: 7 },
  { name: "half of an answer", wValue: 8 },
] as const;
