import { GpioError, type GpioErrorCode } from "@busbar/host/backend";
import { errnoName, errnoOf } from "../linux/errno.ts";

/** What a failed call on a line means: what the guest gets, and one clause for people. */
interface Meaning {
  readonly payload: GpioErrorCode;
  readonly meaning: string;
}

/** What a failed call on a line means, by Linux's number. */
export const LINE_ERRNOS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  // EPERM: drivers/gpio/gpiolib-cdev.c, linereq_set_values: a line that is no output.
  [1, { payload: { tag: "operation-not-supported" }, meaning: "an input cannot be set" }],
  [5, { payload: { tag: "hardware-fault" }, meaning: "the controller reports a fault" }],
  // ENXIO: the line has no interrupt, so that the kernel cannot tell of its edges.
  [
    6,
    {
      payload: { tag: "operation-not-supported" },
      meaning: "the controller cannot tell of the edges of this line",
    },
  ],
  [11, { payload: { tag: "would-block" }, meaning: "the controller is not ready" }],
  // ENODEV: an adapter that was pulled out.
  [
    19,
    { payload: { tag: "hardware-fault" }, meaning: "the controller is gone; check that it is plugged in" },
  ],
  [22, { payload: { tag: "operation-not-supported" }, meaning: "the kernel refuses this use of the line" }],
  [110, { payload: { tag: "hardware-fault" }, meaning: "the controller did not answer in time" }],
  // ENOTSUPP, which is no errno of the C library: the controller's driver has no such function.
  [524, { payload: { tag: "operation-not-supported" }, meaning: "the controller cannot do that" }],
]);

/**
 * The error of a failed call on a line.
 *
 * @param error what the system call threw
 * @param line the line, for people: "/dev/gpiochip0, line 17"
 */
export function lineError(error: unknown, line: string): GpioError {
  const errno = errnoOf(error);
  if (errno === undefined) {
    const message = `${line}: ${error instanceof Error ? error.message : String(error)}`;
    return new GpioError({ tag: "other", val: message }, message, { cause: error });
  }
  const known = LINE_ERRNOS.get(errno);
  const message = `${line}: ${known?.meaning ?? "the transaction failed"} (${errnoName(errno)})`;
  return new GpioError(known?.payload ?? { tag: "other", val: message }, message, { cause: error });
}
