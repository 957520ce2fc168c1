/** What a program gets of a human interface device, and gives it: busbar:device/hid. */

/** busbar:device/hid `report-kind`. */
export type HidReportKind = "input" | "output" | "feature";

/** busbar:device/hid `info`; texts are empty where the device gives none. */
export interface HidInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  /** The maker's own version, binary-coded decimal. */
  readonly versionBcd: number;
  readonly bootInterface: "none" | "keyboard" | "mouse";
  readonly countryCode: number;
}

/** busbar:device/hid `collection`. A usage has its page in the upper 16 bits. */
export interface HidCollection {
  readonly kind: number;
  readonly usage: number;
  /** Index of the collection that it is in; undefined at the top. */
  readonly parent?: number | undefined;
}

/** busbar:device/hid `field-flags`. */
export interface HidFieldFlags {
  readonly constant: boolean;
  readonly variable: boolean;
  readonly relative: boolean;
  readonly wrap: boolean;
  readonly nonlinear: boolean;
  readonly noPreferred: boolean;
  readonly nullState: boolean;
  readonly volatile: boolean;
  readonly bufferedBytes: boolean;
}

/** busbar:device/hid `field`: one main item of the report descriptor. */
export interface HidField {
  readonly kind: HidReportKind;
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  readonly flags: HidFieldFlags;
  readonly usages: readonly { readonly minimum: number; readonly maximum: number }[];
  readonly logicalMinimum: number;
  readonly logicalMaximum: number;
  readonly physicalMinimum: number;
  readonly physicalMaximum: number;
  readonly unit: number;
  readonly unitExponent: number;
  /** Index of the innermost collection that it is in; undefined where the descriptor has it outside of all. */
  readonly collection?: number | undefined;
}

/** busbar:device/hid `value`. */
export interface HidValue {
  /** Index in `fields`. */
  readonly field: number;
  readonly usage: number;
  /** Undefined in the field's null state. */
  readonly number?: number | undefined;
}

/** busbar:device/hid `report`: decoded. */
export interface HidReport {
  readonly id: number;
  readonly values: readonly HidValue[];
}

/** busbar:device/hid `raw-report`. */
export interface HidRawReport {
  readonly id: number;
  /** Without the id. */
  readonly data: Uint8Array;
}

/** What `read` can be given. */
export interface HidReadOptions {
  /** How long to wait for a report, in milliseconds; 0 for not at all. Default: without end. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}
