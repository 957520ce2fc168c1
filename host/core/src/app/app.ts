import type { AppEntry } from "../board/schema.ts";
import type { Clock } from "../clock.ts";
import type { ComponentArtifact } from "../component/artifact.ts";
import { parseInterfaceName, serves } from "../component/interface-name.ts";
import { HostError } from "../error.ts";
import { grantedOffers, implementations, type Offer } from "../link/grant.ts";
import type { Trace } from "../trace/trace.ts";
import type { AppContext, DeviceSource } from "./context.ts";
import { appOffers } from "./offers.ts";

/** An app ended by itself, and not well. */
export class AppError extends Error {
  override readonly name = "AppError";
}

/** An app of the board whose imports were checked; it can be run any number of times. */
export class App {
  readonly #name: string;
  readonly #entry: AppEntry;
  readonly #artifact: ComponentArtifact;
  readonly #offers: readonly Offer<AppEntry, AppContext>[];
  readonly #exportName: string;

  /**
   * Checks the imports of an app against its entry, and that it exports wasi:cli/run. Nothing of it runs.
   *
   * @throws HostError with code "not-granted" or "component"
   */
  constructor(name: string, entry: AppEntry, artifact: ComponentArtifact) {
    this.#name = name;
    this.#entry = entry;
    this.#artifact = artifact;
    const { label } = artifact;
    this.#offers = grantedOffers(appOffers, artifact.interface, { place: "apps", name, entry, label });
    const run = artifact.interface.exports.find((item) => {
      const { path, version } = parseInterfaceName(item.name);
      return path === "wasi:cli/run" && serves("0.2.12", version);
    });
    if (run === undefined) {
      throw new HostError("component", `${name}: ${label} is no app: it does not export wasi:cli/run@0.2.`);
    }
    this.#exportName = run.name;
  }

  /**
   * Runs the app in a new instance, to its end.
   *
   * @param output takes what it prints
   * @param signal ends it at its next call of the host; the promise is then rejected with the signal's reason
   * @throws AppError when it ends with an error or traps; HostError when it does not start
   */
  async run(
    devices: DeviceSource,
    clock: Clock,
    trace: Trace,
    output: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const uses = new Set(this.#entry.uses);
    const context: AppContext = { app: this.#name, uses, devices, clock, trace, signal, output };
    const imports = implementations(this.#offers, context);
    const exports = await this.#artifact.instantiate(imports, this.#entry.limits.memoryMiB);
    const { run } = exports[this.#exportName] as { run(): Promise<void> | void };
    try {
      await untilAborted(run, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      // `result` without an error value: jco throws an error whose payload is undefined.
      const failed = thrown instanceof Error && "payload" in thrown;
      const why = failed ? "it ended with an error" : `it failed: ${(thrown as Error)?.message ?? thrown}`;
      throw new AppError(`${this.#name}: ${why}.`, { cause: thrown });
    }
  }
}

/** jco 1.35 never settles a call whose suspended import rejects: the signal has to end it here as well. */
async function untilAborted(run: () => Promise<void> | void, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    Promise.resolve(run())
      .finally(() => signal.removeEventListener("abort", abort))
      .then(resolve, reject);
  });
}
