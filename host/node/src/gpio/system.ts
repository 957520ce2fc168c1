import { type SystemFiles, thisMachine } from "../linux/system.ts";
import { type GpioDev, loadGpioDev } from "./ioctl.ts";

/** Everything that the Linux backend takes from its surroundings; a test gives its own. */
export interface GpioSystem {
  /** `process.platform`. */
  readonly platform: string;
  readonly files: SystemFiles;
  /** @throws BackendError when the native part cannot be loaded */
  gpioDev(): GpioDev;
  /** The time of CLOCK_MONOTONIC on the host's clock, in milliseconds. */
  clockMs(monotonicNs: bigint): number;
}

let sinceOriginMs: number | undefined;

/** The machine that runs us. */
export const thisGpioSystem: GpioSystem = {
  platform: thisMachine.platform,
  files: thisMachine.files,
  gpioDev: loadGpioDev,
  clockMs(monotonicNs) {
    // `performance.now()`, the host's clock, is CLOCK_MONOTONIC since the process started, and `hrtime` since the machine did.
    sinceOriginMs ??= Number(process.hrtime.bigint()) / 1e6 - performance.now();
    return Number(monotonicNs) / 1e6 - sinceOriginMs;
  },
};
