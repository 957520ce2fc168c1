import { BackendError } from "../../error.ts";
import { addressesOf } from "./addresses.ts";
import type { I2cAnswer, I2cBackend } from "./backend.ts";
import type { I2cGrant } from "./grant.ts";
import { OpenedI2c } from "./opened.ts";
import type { I2cCounts } from "./use.ts";

/**
 * Opens the bus of a grant.
 *
 * @param device for messages
 * @throws BackendError where no backend has it, or it cannot be used
 */
export function openI2c(
  device: string,
  grant: I2cGrant,
  counts: I2cCounts,
  backends: readonly I2cBackend<I2cAnswer>[],
): OpenedI2c {
  for (const backend of backends) {
    const bus = backend.openI2c(grant.bus, { device, addresses: addressesOf(grant) });
    if (bus !== undefined) return new OpenedI2c(bus, grant, counts, backend);
  }
  const tried = backends.map(({ name }) => name).join(" and ") || "no I2C backend";
  throw new BackendError(
    `${device}: there is no I2C bus ${JSON.stringify(grant.bus)} (asked ${tried}); ` +
      'list the buses with "busbar scan", or simulate it.',
  );
}
