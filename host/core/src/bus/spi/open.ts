import { BackendError } from "../../error.ts";
import type { SpiAnswer, SpiBackend } from "./backend.ts";
import type { SpiGrant } from "./grant.ts";
import { OpenedSpi } from "./opened.ts";
import type { SpiCounts } from "./use.ts";

/**
 * Opens the device of a grant.
 *
 * @param device its name in the board file
 * @throws BackendError where no backend has its bus, or it cannot be used
 */
export function openSpi(
  device: string,
  grant: SpiGrant,
  counts: SpiCounts,
  backends: readonly SpiBackend<SpiAnswer>[],
): OpenedSpi {
  const { chipSelect, mode, maximumHz, bitOrder } = grant;
  for (const backend of backends) {
    const opened = backend.openSpi(grant.bus, { device, chipSelect, mode, maximumHz, bitOrder });
    if (opened !== undefined) return new OpenedSpi(opened, grant, counts, backend);
  }
  const tried = backends.map(({ name }) => name).join(" and ") || "no SPI backend";
  throw new BackendError(
    `${device}: there is no SPI bus ${JSON.stringify(grant.bus)} (asked ${tried}); ` +
      "list the devices with ls /dev/spidev*, or simulate it.",
  );
}
