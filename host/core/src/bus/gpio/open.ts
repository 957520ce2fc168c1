import { BackendError } from "../../error.ts";
import type { GpioBackend, GpioDirection, GpioLine } from "./backend.ts";
import type { GpioGrant, GpioLineGrant } from "./grant.ts";
import { type LineContext, OpenedLine } from "./line.ts";
import { OpenedGpio } from "./opened.ts";
import { levelOf } from "./state.ts";
import type { GpioCounts } from "./use.ts";

/**
 * Opens all lines of a grant; where one cannot be opened, none stays open.
 *
 * @throws BackendError where no backend has the chip, or the line cannot be used
 */
export async function openGpio(
  context: LineContext,
  grant: GpioGrant,
  counts: GpioCounts,
  backends: readonly GpioBackend[],
): Promise<OpenedGpio> {
  const lines = new Map<string, OpenedLine>();
  try {
    for (const [name, line] of Object.entries(grant.lines)) {
      const openAs = (direction: GpioDirection) => openLine(context.device, line, direction, backends);
      lines.set(name, await OpenedLine.open(context, name, line, openAs));
    }
  } catch (cause) {
    await Promise.all([...lines.values()].map((line) => line.end()));
    throw cause;
  }
  return new OpenedGpio(grant, counts, lines, answerLater(backends));
}

/** Whether lines of any of them may give promises. */
export function answerLater(backends: readonly GpioBackend[]): boolean {
  return backends.some(({ answersLater }) => answersLater === true);
}

async function openLine(
  device: string,
  { chip, line, pull, activeLevel, drive, debounceMs }: GpioLineGrant,
  direction: GpioDirection,
  backends: readonly GpioBackend[],
): Promise<GpioLine> {
  const initial = levelOf("inactive", { activeLevel });
  for (const backend of backends) {
    const own = direction === "in" ? { debounceMs } : { drive };
    const use = { device, chip, line, direction, pull, initial, ...own };
    const opened = await backend.openGpioLine(use);
    if (opened !== undefined) return opened;
  }
  const tried = backends.map(({ name }) => name).join(" and ") || "no GPIO backend";
  throw new BackendError(
    `${device}: there is no GPIO chip ${JSON.stringify(chip)} (asked ${tried}); ` +
      'list the chips with "gpioinfo", or simulate it.',
  );
}
