import { BackendError, type GpioBackend, type GpioLine, type GpioLineUse } from "@busbar/host/backend";
import { errnoName, errnoOf } from "../linux/errno.ts";
import { findChip, findLine, type OpenChip } from "./chips.ts";
import { kernelConfig, LinuxLine } from "./line.ts";
import { type GpioSystem, thisGpioSystem } from "./system.ts";

/**
 * The GPIO lines of Linux, through version 2 of its character device (Linux 5.10 and later): `/dev/gpiochipN` under the number N, the name
 * "gpiochipN", or the chip's label where only one chip has it.
 *
 * The kernel gives a line to one at a time: one that another process has is refused, and the error says which. A line in both
 * directions is an output that can be read back, and tells of no edges, but where it is open-drain: then it is an input while it is high. Edges have the kernel's time of the interrupt; of edges that
 * come faster than that is served, some are missing, so that two to the same level can follow each other.
 *
 * Importing and calling this does no I/O. Native code is loaded when the first line is opened. While somebody waits for edges, one
 * thread of Node's pool does.
 */
export function linuxGpio(): GpioBackend {
  return createLinuxGpio(thisGpioSystem);
}

/** {@link linuxGpio} on another machine than this one: a test's. */
export function createLinuxGpio(system: GpioSystem): GpioBackend {
  return {
    name: "Linux GPIO",
    openGpioLine(use): GpioLine | undefined {
      if (system.platform !== "linux") return undefined;
      using chip = findChip(use.chip, system);
      return chip && requestLine(chip, use, system);
    },
  };
}

const EBUSY = 16;

function requestLine(chip: OpenChip, use: GpioLineUse, system: GpioSystem): GpioLine {
  const { device, direction, pull, debounceMs, drive, initial } = use;
  const dev = system.gpioDev();
  const offset = findLine(chip, use.line, system);
  const own = { direction, pull, debounceMs, drive };
  const config = kernelConfig(own, initial, false);
  const place = `${chip.path}, line ${offset}`;
  try {
    const line = dev.request(chip.descriptor, offset, `busbar-${device}`, config);
    return new LinuxLine(system, line, own, initial, place);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    const reason =
      errno === EBUSY
        ? `it is used by "${dev.lineInfo(chip.descriptor, offset).consumer}"; end that first`
        : `${errnoName(errno)}; the chip may not have this direction, resistor or debounce`;
    throw new BackendError(`${device}: ${place} cannot be opened: ${reason}.`, { cause });
  }
}
