/** wasi:spi as a component gets it: every transaction is judged against its grant, then traced. */

import { HostError } from "../../error.ts";
import type { CommonContext } from "../../instance/context.ts";
import { InstanceHandle } from "../../instance/handle.ts";
import { auditAppName, auditName } from "../../interfaces/busbar-board.ts";
import type { AppRun } from "../running.ts";
import { type TransactionRules, Transactions } from "../transactions.ts";
import type { AppSpi, SpiAppDevice } from "./app.ts";
import type { SpiAnswer, SpiOperation } from "./backend.ts";
import { SpiError, type SpiErrorCode } from "./error.ts";
import { judgeSpi, maximumSpiOperations } from "./judge.ts";
import type { OpenedSpi } from "./opened.ts";
import { describeSpiPlace } from "./place.ts";
import { describeSpiOperations, type SpiTraceEvent } from "./trace.ts";

/** wasi:spi/spi `operation` as a component hands it over. */
type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write" | "transfer"; readonly val: Uint8Array }
  | { readonly tag: "delay-ns"; readonly val: number };

/** wasi:spi/spi `operation-result`. */
type WitResult =
  | { readonly tag: "read" | "transfer"; readonly val: Uint8Array }
  | { readonly tag: "write" | "delay" };

/** The functions of wasi:spi/spi that wait where the device answers later. */
export const transactionWaits = [
  "[method]spi-device.read",
  "[method]spi-device.write",
  "[method]spi-device.transfer",
  "[method]spi-device.transaction",
] as const;

/** What a write gives that succeeded, by the text: an `error` where the type asks for one, which means nothing. */
const noError: SpiErrorCode = { tag: "other", val: "" };

/**
 * wasi:spi/spi `spi-device`: one device, seen through its grant. Where the bus answers at once, so does this: a promise would cost
 * several times what the transaction costs.
 */
export class SpiDeviceResource extends InstanceHandle {
  readonly #context: CommonContext;
  readonly #transactions: Transactions<OpenedSpi, SpiCall, SpiOperation>;

  constructor(context: CommonContext, opened: OpenedSpi) {
    super(context.budget);
    this.#context = context;
    this.#transactions = new Transactions(context, opened, rules);
  }

  read(length: bigint): Uint8Array | Promise<Uint8Array> {
    return later(this.#run([{ kind: "read", length: Number(length) }]), ([data]) => data!);
  }

  /** As the text has it: `result<error>`. */
  write(data: Uint8Array): SpiErrorCode | Promise<SpiErrorCode> {
    return later(this.#run([{ kind: "write", data }]), () => noError);
  }

  transfer(data: Uint8Array): Uint8Array | Promise<Uint8Array> {
    return later(this.#run([{ kind: "transfer", data }]), ([received]) => received!);
  }

  transaction(operations: readonly WitOperation[]): WitResult[] | Promise<WitResult[]> {
    this.#context.budget.check();
    // One more than is ever granted is enough to be refused; nothing is made of a million.
    const judged = operations.slice(0, maximumSpiOperations + 1).map(operationOf);
    return later(this.#run(judged), (received) => resultsOf(judged, received));
  }

  #run(operations: readonly SpiOperation[]): SpiAnswer {
    return this.#transactions.run({ operations });
  }
}

/** A transaction that a driver asks for: its device is the one of the grant. */
interface SpiCall {
  readonly operations: readonly SpiOperation[];
}

const rules: TransactionRules<OpenedSpi, SpiCall, SpiOperation> = {
  judge: ({ grant }, { operations }, enforce) => judgeSpi(grant, operations, enforce),
  transact: ({ handle }, { operations }) => handle.transaction(operations),
  describe: ({ grant }, { operations }) =>
    `spi transaction on ${describeSpiPlace(grant)}: ${describeSpiOperations(operations)}`,
  event: ({ grant }, { operations }, { device, startMs, durationMs }): SpiTraceEvent => {
    const { bus, chipSelect } = grant;
    return { kind: "spi", device, bus, chipSelect, startMs, durationMs, operations };
  },
  failure: (thrown) =>
    thrown instanceof SpiError ? { code: thrown.payload, message: thrown.message } : undefined,
  refusal: (reason) => new SpiError("other", reason),
};

/** `write` as wit/shapes/write-error has it: `result<_, error>`. The linker calls it on what the guest has, a SpiDeviceResource. */
class WithWriteError {
  write(this: SpiDeviceResource, data: Uint8Array): void | Promise<void> {
    return later(this.write(data), () => undefined);
  }
}

const shapes = { "write-error": { SpiDevice: WithWriteError } };

/** wasi:spi/spi for one instance of a driver, which has the one device of its entry. */
export function driverSpi(context: CommonContext, opened: OpenedSpi) {
  return {
    SpiDevice: SpiDeviceResource,
    shapes,
    open(name: string): SpiDeviceResource {
      context.budget.check();
      if (name !== context.device) throw new SpiError("other", auditName(context, name, "spi.open"));
      return new SpiDeviceResource(context, opened);
    },
  };
}

/** wasi:spi/spi for one run of an app: each name is one of the devices that it drives itself. */
export function appSpi(run: AppRun, spi: AppSpi) {
  return {
    SpiDevice: SpiDeviceResource,
    shapes,
    open(name: string): SpiDeviceResource {
      run.budget.check();
      const { clock, trace, budget } = run;
      if (!run.wired.has(name)) throw new SpiError("other", auditAppName(run, name, "spi.open"));
      const device = spi.device(name);
      if (device === undefined) {
        throw new SpiError("other", `the board wires no SPI device to "${name}"`);
      }
      const { entry, quota } = device;
      const context = { device: name, entry, clock, trace, budget, quota };
      return new SpiDeviceResource(context, openFound(spi, device));
    },
  };
}

/** A bus that this machine does not have is an error for the app, which can go on without. */
function openFound(spi: AppSpi, device: SpiAppDevice): OpenedSpi {
  try {
    return spi.open(device);
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause;
    throw new SpiError("other", cause.message);
  }
}

function operationOf(operation: WitOperation): SpiOperation {
  switch (operation.tag) {
    case "read":
      return { kind: "read", length: Number(operation.val) };
    case "delay-ns":
      return { kind: "delay", ns: operation.val };
    default:
      return { kind: operation.tag, data: operation.val };
  }
}

/** One result for each operation, out of what was received. */
function resultsOf(operations: readonly SpiOperation[], received: readonly Uint8Array[]): WitResult[] {
  let next = 0;
  return operations.map(({ kind }) => {
    if (kind === "write" || kind === "delay") return { tag: kind };
    const val = received[next]!;
    next += 1;
    return { tag: kind, val };
  });
}

/** What is made of an answer, when it is there. */
function later<Given, Made>(
  answer: Given | Promise<Given>,
  make: (given: Given) => Made,
): Made | Promise<Made> {
  return answer instanceof Promise ? answer.then(make) : make(answer);
}
