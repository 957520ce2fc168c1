import type { SpiOperation } from "./backend.ts";
import { longestSpiLength, type SpiGrant } from "./grant.ts";

/** What of a transaction is not granted. */
export type SpiDenial = "bus" | "direction" | "length" | "delay";

/** The answer to a transaction: nothing reaches the bus unless it is allowed. */
export type SpiVerdict =
  | { readonly allowed: true }
  /** Only where the entry is not enforced: not granted, and yet no more than an entry could grant. */
  | { readonly allowed: true; readonly wouldBeDenied: SpiDenial; readonly reason: string }
  | { readonly allowed: false; readonly denied: SpiDenial; readonly reason: string };

const allowed = { allowed: true } as const;

/**
 * The most operations of one transaction: as many of Linux's 32 bytes each as the size in an ioctl's number has room for
 * (include/uapi/linux/spi/spidev.h, SPI_MSGSIZE). A bound that holds on every backend.
 */
export const maximumSpiOperations = 511;

/** The most bytes of one transaction, all its operations together: what spidev has room for by default. */
export const maximumSpiTransactionBytes = 4096;

/** The most nanoseconds that the delays of one transaction have together: the bus is held meanwhile, and the thread waits. */
export const maximumSpiDelayNs = 10_000_000;

/**
 * Decides whether a grant covers a transaction. Pure, so that `host/verdicts/spi.json` tests it, and any second host. It looks at
 * no more than 512 operations.
 *
 * @param enforce false for complain mode: direction and length are then told and allowed, within what any entry could grant
 * @returns the first thing that is not granted, in the order bus, number of operations (as "length"), direction, length of each
 *   operation, bytes of all (as "length"), delay
 */
export function judgeSpi(
  grant: SpiGrant | undefined,
  operations: readonly SpiOperation[],
  enforce = true,
): SpiVerdict {
  const verdict = judge(grant, operations);
  if (enforce || verdict.allowed || grant === undefined) return verdict;
  const widest = judge({ ...grant, direction: "read-write", maximumLength: longestSpiLength }, operations);
  return widest.allowed ? { allowed: true, wouldBeDenied: verdict.denied, reason: verdict.reason } : widest;
}

/** The answer of an entry that is enforced. */
type Enforced = Exclude<SpiVerdict, { readonly wouldBeDenied: SpiDenial }>;

function judge(grant: SpiGrant | undefined, operations: readonly SpiOperation[]): Enforced {
  if (grant === undefined) return deny("bus", "no SPI device is granted");
  if (operations.length > maximumSpiOperations) {
    return deny("length", `more than ${maximumSpiOperations} operations in one transaction`);
  }
  for (const { kind } of operations) {
    if (kind !== "delay" && grant.direction !== "read-write" && kind !== grant.direction) {
      return deny("direction", `a ${kind} is not granted, only "${grant.direction}" is`);
    }
  }
  let bytes = 0;
  let delayNs = 0;
  for (const operation of operations) {
    if (operation.kind === "delay") {
      delayNs += operation.ns;
      continue;
    }
    const length = spiLengthOf(operation);
    if (!(length >= 1 && length <= grant.maximumLength)) {
      return deny(
        "length",
        `a ${operation.kind} of ${length} bytes; 1 to ${grant.maximumLength} are granted`,
      );
    }
    bytes += length;
  }
  if (bytes > maximumSpiTransactionBytes) {
    return deny("length", `${bytes} bytes in one transaction; ${maximumSpiTransactionBytes} are allowed`);
  }
  return delayNs <= maximumSpiDelayNs
    ? allowed
    : deny("delay", `delays of ${delayNs} ns in one transaction; ${maximumSpiDelayNs} ns are allowed`);
}

/** How many bytes an operation moves in each direction that it has; 0 for a delay. */
export function spiLengthOf(operation: SpiOperation): number {
  switch (operation.kind) {
    case "read":
      return operation.length;
    case "delay":
      return 0;
    default:
      return operation.data.length;
  }
}

function deny(denied: SpiDenial, reason: string): Enforced {
  return { allowed: false, denied, reason };
}
