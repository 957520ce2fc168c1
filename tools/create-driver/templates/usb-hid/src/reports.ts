/** Which device this is, and the reports that it has besides those of its class. FILL IN: from the maker. */

/** The device, as its descriptor says it. */
export const DEVICE = { vendorId: 0x1209, productId: 0x0001 } as const;

/** The feature report that sets the mode: without it the device sends nothing. */
export const MODE_REPORT = 2;

/** What the mode report holds. */
export const Mode = { SILENT: 0, REPORTING: 1, REPORTING_DIMMED: 2 } as const;
