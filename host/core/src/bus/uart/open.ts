import { BackendError } from "../../error.ts";
import type { UartBackend, UartPort } from "./backend.ts";
import type { UartGrant } from "./grant.ts";

/**
 * Opens the port of a grant.
 *
 * @param device its name in the board file
 * @returns undefined where no backend has it now
 * @throws BackendError where it is there and cannot be used
 */
export async function openUart(
  device: string,
  { port, baudRate, dataBits, parity, stopBits, flowControl }: UartGrant,
  backends: readonly UartBackend[],
): Promise<UartPort | undefined> {
  for (const backend of backends) {
    const use = { device, baudRate, dataBits, parity, stopBits, flowControl };
    const opened = await backend.openUart(port, use);
    if (opened !== undefined) return opened;
  }
  if (backends.length > 0) return undefined;
  throw new BackendError(
    `${device}: there are no serial ports here; simulate the port, or run where there is one.`,
  );
}

/** Why a port is not there: one sentence without its end. */
export function describeAbsence({ port }: UartGrant, backends: readonly UartBackend[]): string {
  const asked = backends.map(({ name }) => name).join(" and ");
  return `there is no serial port ${JSON.stringify(port)} (asked ${asked}); plug it in, or correct the entry`;
}
