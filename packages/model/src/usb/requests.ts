import type { TransferSignal, UsbSetup } from "./device.ts";

/** A control request by bmRequestType and bRequest in hexadecimal, as faults and tests name it: "21/0b". USB 2.0 table 9-2. */
export function requestName({ bmRequestType, bRequest }: UsbSetup): string {
  return [bmRequestType, bRequest].map((byte) => byte.toString(16).padStart(2, "0")).join("/");
}

/** Nothing ever comes; ends when the host gives the transfer up. @throws the signal's reason when it aborts */
export function unanswered(signal: TransferSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
