import { closeSync, constants, openSync } from "node:fs";
import { asErrno, ErrnoError } from "./errno.ts";
import type { Koffi } from "./ioctl.ts";

/** The system calls that every kind of device file needs. Each throws an {@link ErrnoError} when the kernel refuses. */
export interface DeviceCalls {
  /** Opens a device file for reading and writing. Returns the descriptor. @param flags further ones of open(2) */
  open(path: string, flags?: number): number;
  /** Closes a descriptor. */
  close(descriptor: number): void;
  /**
   * `ioctl`.
   *
   * @param name of the request, for people: "I2C_RDWR"
   * @param type koffi's, of the value
   * @returns what the call returns, 0 or more
   */
  ioctl(name: string, descriptor: number, request: number, type: unknown, value: unknown): number;
}

/** Binds `ioctl` of the C library that Node itself runs on, whichever that is. */
export function bindDeviceCalls(koffi: Koffi): DeviceCalls {
  // Declared with its ellipsis, as in C: some architectures pass variable arguments in another way than fixed ones.
  const ioctl = koffi.load(null).func("int ioctl(int fd, unsigned long request, ...)");
  return {
    // Node's own open and close do what is wanted, close-on-exec included.
    open: (path, flags = 0) => asErrno(`open ${path}`, () => openSync(path, constants.O_RDWR | flags)),
    close(descriptor) {
      closeSync(descriptor);
    },
    ioctl(name, descriptor, request, type, value) {
      const result = ioctl(descriptor, request, type, value) as number;
      if (result < 0) throw new ErrnoError(`ioctl ${name}`, koffi.errno());
      return result;
    },
  };
}
