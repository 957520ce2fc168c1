import type * as v from "valibot";
import type { BusTypes } from "../types.ts";
import type { AppUsb } from "./app.ts";
import type { UsbBackend } from "./backend.ts";
import type { simulatedUsb, UsbGrant, WrittenUsbGrant } from "./grant.ts";
import type { OpenedUsb } from "./opened.ts";
import type { UsbCounts, UsbUseMade } from "./use.ts";
import type { UsbWiring } from "./wiring.ts";

/** The types of USB. */
export interface UsbTypes extends BusTypes {
  readonly key: "usb";
  readonly written: WrittenUsbGrant;
  readonly grant: UsbGrant;
  readonly writtenSimulated: v.InferInput<typeof simulatedUsb>;
  readonly simulated: v.InferOutput<typeof simulatedUsb>;
  readonly backend: UsbBackend;
  readonly wiring: UsbWiring;
  readonly opened: OpenedUsb;
  readonly openedByApp: AppUsb;
  readonly counts: UsbCounts;
  readonly use: UsbUseMade;
}
