import { constants, readSync } from "node:fs";
import type { GpioLevel } from "@busbar/host/backend";
import { DescriptorWaiter } from "../linux/descriptor-waiter.ts";
import { bindDeviceCalls } from "../linux/device-calls.ts";
import { asErrno, ErrnoError, errnoOf } from "../linux/errno.ts";
import { type Koffi, loadKoffi } from "../linux/ioctl.ts";
import {
  GPIO_GET_CHIPINFO_IOCTL,
  GPIO_V2_GET_LINE_IOCTL,
  GPIO_V2_GET_LINEINFO_IOCTL,
  GPIO_V2_LINE_GET_VALUES_IOCTL,
  GPIO_V2_LINE_SET_CONFIG_IOCTL,
  GPIO_V2_LINE_SET_VALUES_IOCTL,
} from "./constants.ts";
import {
  type ChipInfo,
  chipInfoSize,
  decodeChipInfo,
  decodeEvents,
  decodeLineInfo,
  decodeValues,
  descriptorOf,
  encodeLineConfig,
  encodeLineInfo,
  encodeLineRequest,
  encodeValues,
  type LineConfig,
  type LineEvent,
  type LineInfo,
  lineEventSize,
} from "./structures.ts";

/**
 * The system calls behind `/dev/gpiochipN`, and nothing above them. Everything else in this folder reaches the kernel through this
 * interface, so tests put a model of it in its place.
 *
 * Every call throws an {@link ErrnoError} when the kernel refuses.
 */
export interface GpioDev {
  /** Opens a chip. Returns the descriptor. */
  open(path: string): number;
  /** Closes a descriptor, of a chip or of a line. */
  close(descriptor: number): void;
  /** `GPIO_GET_CHIPINFO_IOCTL`. ENOTTY where the file is no chip. */
  chipInfo(descriptor: number): ChipInfo;
  /** `GPIO_V2_GET_LINEINFO_IOCTL`. EINVAL where there is no such line. */
  lineInfo(descriptor: number, offset: number): LineInfo;
  /** `GPIO_V2_GET_LINE_IOCTL`: takes a line. Returns its descriptor, which does not wait when nothing is there to be read. */
  request(descriptor: number, offset: number, consumer: string, config: LineConfig): number;
  /** `GPIO_V2_LINE_SET_CONFIG_IOCTL`. */
  configure(line: number, config: LineConfig): void;
  /** `GPIO_V2_LINE_GET_VALUES_IOCTL`. */
  get(line: number): GpioLevel;
  /** `GPIO_V2_LINE_SET_VALUES_IOCTL`. */
  set(line: number, level: GpioLevel): void;
  /** The edges that the kernel has kept, at most 64; none where there are none. */
  events(line: number): LineEvent[];
  /** Calls the listener whenever there may be edges of the line to be read. */
  whenReadable(line: number, listener: () => void): Disposable;
}

const EAGAIN = 11;
/** Events of one read. */
const mostEvents = 64;

let loaded: GpioDev | undefined;

/**
 * The real calls. koffi is loaded by the first call, and once.
 *
 * @throws BackendError when koffi cannot be loaded
 */
export function loadGpioDev(): GpioDev {
  loaded ??= bind(loadKoffi());
  return loaded;
}

function bind(koffi: Koffi): GpioDev {
  const { open, close, ioctl } = bindDeviceCalls(koffi);
  // Declared with its ellipsis, as in C: some architectures pass variable arguments in another way than fixed ones.
  const fcntl = koffi.load(null).func("int fcntl(int fd, int cmd, ...)");
  const bytesPointer = koffi.pointer("uint8_t");
  const waiter = new DescriptorWaiter(koffi);
  const events = new Uint8Array(mostEvents * lineEventSize);

  /** @param bytes what the kernel reads and fills */
  const call = (name: string, descriptor: number, request: number, bytes: Uint8Array): Uint8Array => {
    ioctl(name, descriptor, request, bytesPointer, bytes);
    return bytes;
  };
  const withoutWaiting = (descriptor: number) => {
    const F_GETFL = 3;
    const F_SETFL = 4;
    const flags = fcntl(descriptor, F_GETFL, "int", 0);
    if (flags < 0 || fcntl(descriptor, F_SETFL, "int", flags | constants.O_NONBLOCK) < 0) {
      throw new ErrnoError("fcntl", koffi.errno());
    }
  };

  return {
    open: (path) => open(path),
    close,
    chipInfo(descriptor) {
      const info = new Uint8Array(chipInfoSize);
      return decodeChipInfo(call("GPIO_GET_CHIPINFO_IOCTL", descriptor, GPIO_GET_CHIPINFO_IOCTL, info));
    },
    lineInfo(descriptor, offset) {
      const info = encodeLineInfo(offset);
      return decodeLineInfo(call("GPIO_V2_GET_LINEINFO_IOCTL", descriptor, GPIO_V2_GET_LINEINFO_IOCTL, info));
    },
    request(descriptor, offset, consumer, config) {
      const request = encodeLineRequest(offset, consumer, config);
      const line = descriptorOf(call("GPIO_V2_GET_LINE_IOCTL", descriptor, GPIO_V2_GET_LINE_IOCTL, request));
      try {
        withoutWaiting(line);
      } catch (cause) {
        close(line);
        throw cause;
      }
      return line;
    },
    configure(line, config) {
      const bytes = encodeLineConfig(config);
      call("GPIO_V2_LINE_SET_CONFIG_IOCTL", line, GPIO_V2_LINE_SET_CONFIG_IOCTL, bytes);
    },
    get(line) {
      const values = encodeValues("low");
      return decodeValues(call("GPIO_V2_LINE_GET_VALUES_IOCTL", line, GPIO_V2_LINE_GET_VALUES_IOCTL, values));
    },
    set(line, level) {
      call("GPIO_V2_LINE_SET_VALUES_IOCTL", line, GPIO_V2_LINE_SET_VALUES_IOCTL, encodeValues(level));
    },
    events(line) {
      try {
        const length = asErrno("read", () => readSync(line, events));
        return decodeEvents(events.subarray(0, length));
      } catch (error) {
        if (errnoOf(error) === EAGAIN) return [];
        throw error;
      }
    },
    whenReadable: (line, listener) => waiter.add(line, listener),
  };
}
