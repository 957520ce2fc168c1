import type { AppEntry, FolderGrant } from "../board/app-entry.ts";
import type { CommonEntry } from "../board/entry.ts";
import type { BusModules } from "../bus/module.ts";
import type { OpenedBuses } from "../bus/opened.ts";
import { type AppRun, endAll } from "../bus/running.ts";
import type { Clock } from "../clock.ts";
import type { LoadedComponent, StartedComponent } from "../component/artifact.ts";
import { parseInterfaceName, serves } from "../component/interface-name.ts";
import { paceOf, processorNow } from "../component/pace-of.ts";
import { startFailure } from "../component/start-failure.ts";
import type { DeviceModules } from "../device/module.ts";
import { HostError } from "../error.ts";
import type { Folder } from "../folder/backend.ts";
import { CallBudget } from "../instance/budget.ts";
import { grantedOffers, implementations, type Offer, waitingIn } from "../link/grant.ts";
import type { Trace } from "../trace/trace.ts";
import { wiredDevices } from "./board.ts";
import type { AppContext, AppFolder, AppGrants, DeviceSource, TakeInput, TakeOutput } from "./context.ts";
import { appOffersOf } from "./offers.ts";
import { AppExit } from "./wasi/cli.ts";
import { FolderQuota, GrantedFolder } from "./wasi/filesystem/granted-folder.ts";

/** An app ended by itself, and not well. */
export class AppError extends Error {
  override readonly name = "AppError";
}

/** What a board gives a run of an app. */
export interface AppSurroundings {
  readonly devices: DeviceSource;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Opens the buses of the devices without a driver that the run drives itself. */
  openBuses(run: AppRun): Promise<OpenedBuses>;
  /**
   * Opens the folder of an app's entry.
   *
   * @throws HostError when it is not there, or cannot be opened
   */
  openFolder(app: string, grant: FolderGrant): Folder;
}

/** What a run of an app is given by whoever starts it. */
export interface RunOptions {
  /**
   * Takes what the app prints. Where it gives a promise, the app waits for that before it prints more: what nobody reads must
   * not be kept without end.
   */
  readonly output: TakeOutput;
  /** Takes what it says about errors; `output` where it is left out. */
  readonly errors?: TakeOutput;
  /** What the app may read; where it is left out, its input is at its end from the start. */
  readonly input?: TakeInput;
  /** Arguments after those of the board file. */
  readonly arguments?: readonly string[];
  /** Ends it at its next call of the host; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An app of the board whose imports were checked; it can be run any number of times. */
export class App {
  readonly #name: string;
  readonly #entry: AppEntry;
  /** The component that was checked; every run is of it. */
  readonly artifact: LoadedComponent;
  readonly #wired: ReadonlyMap<string, CommonEntry>;
  readonly #offers: readonly Offer<AppGrants, AppContext>[];
  readonly #exportName: string;
  /** Of all runs together: an app that fails is run again, and must not get it again by failing. */
  readonly #folderQuota: FolderQuota;

  /**
   * Checks the imports of an app against its entry, and that it exports wasi:cli/run. Nothing of it runs.
   *
   * @param devices of the board
   * @param modules the buses that these can be wired to
   * @param kinds the kinds of devices that there are
   * @throws HostError with code "not-granted" or "component"
   */
  constructor(
    name: string,
    entry: AppEntry,
    artifact: LoadedComponent,
    devices: Readonly<Record<string, CommonEntry>>,
    modules: BusModules,
    kinds: DeviceModules,
  ) {
    this.#name = name;
    this.#entry = entry;
    this.artifact = artifact;
    this.#folderQuota = new FolderQuota(entry.folder);
    const { label } = artifact;
    this.#wired = wiredDevices(entry.uses, devices);
    const grants = { entry, wired: this.#wired };
    this.#offers = grantedOffers(appOffersOf(modules, kinds), artifact.interface, {
      place: "apps",
      name,
      entry: grants,
      label,
    });
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
   * @param board what it runs on
   * @throws AppError when it ends with an error or traps; HostError when it does not start
   */
  async run(board: AppSurroundings, options: RunOptions): Promise<void> {
    const { devices, clock, trace } = board;
    const { output, errors = output, signal = new AbortController().signal } = options;
    // An app goes on for years: what ends its waits is the signal.
    const budget = new CallBudget(clock, Number.POSITIVE_INFINITY);
    const abort = () => budget.abort(String(signal.reason));
    signal.addEventListener("abort", abort, { once: true });
    await using cleanup = new AsyncDisposableStack();
    const wired = this.#wired;
    const opened = await board.openBuses({ app: this.#name, wired, clock, trace, budget });
    cleanup.defer(() => endAll(opened));
    const folder = this.#openFolder(board);
    if (folder !== undefined) cleanup.defer(() => folder.folder.close());
    let exit: AppExit | undefined;
    const context: AppContext = {
      app: this.#name,
      uses: new Set(this.#entry.uses),
      wired,
      opened,
      devices,
      clock,
      trace,
      budget,
      signal,
      arguments: [...this.#entry.arguments, ...(options.arguments ?? [])],
      get folder() {
        return granted;
      },
      input: options.input,
      output,
      errors,
      exit: (code) => {
        exit = new AppExit(code);
        return exit;
      },
    };
    const granted = folder && cleanup.use(new GrantedFolder(context, folder, this.#folderQuota));
    try {
      signal.throwIfAborted();
      const { run } = (await this.#start(context)).exports[this.#exportName] as { run(): Promise<void> };
      await budget.run(run);
    } catch (thrown) {
      signal.throwIfAborted();
      if (exit?.code === 0) return;
      if (exit !== undefined) throw new AppError(`${this.#name}: ${exit.message}.`, { cause: exit });
      if (thrown instanceof HostError) throw thrown;
      // `result` without an error value: the payload is undefined.
      const failed = thrown instanceof Error && "payload" in thrown;
      const why = failed ? "it ended with an error" : `it failed: ${(thrown as Error)?.message ?? thrown}`;
      throw new AppError(`${this.#name}: ${why}.`, { cause: thrown });
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #start(context: AppContext): Promise<StartedComponent> {
    const { budget, clock } = context;
    try {
      return await this.artifact.start({
        imports: implementations(this.#offers, context),
        waits: waitingIn(this.#offers, context),
        memoryMiB: this.#entry.limits.memoryMiB,
        check: () => budget.check(),
        now: processorNow,
        pace: paceOf(clock),
      });
    } catch (cause) {
      throw startFailure(this.#name, this.artifact.label, cause);
    }
  }

  #openFolder(board: AppSurroundings): AppFolder | undefined {
    const grant = this.#entry.folder;
    return grant && { grant, folder: board.openFolder(this.#name, grant) };
  }
}
