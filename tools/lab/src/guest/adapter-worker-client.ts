import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A simulated target: an entry of a board's `simulate` list without the name of its bus. */
export interface SimulatedTarget {
  /** The 7-bit address. */
  readonly address: number;
  /** "bme280", "registers", ... */
  readonly model: string;
  /** Parameters of the model, and `faults`. */
  readonly [parameter: string]: unknown;
}

/** What the worker says. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly port: number; readonly busId: string }
  | { readonly kind: "replaced" }
  | { readonly kind: "picture"; readonly picture: string | undefined }
  | { readonly kind: "failed"; readonly error: unknown };

/** What the worker is asked for. */
export type WorkerRequest =
  | { readonly kind: "replace"; readonly targets: readonly SimulatedTarget[] }
  | { readonly kind: "picture"; readonly address: number };

/** The thread of adapter-worker.ts, from this side. */
export class AdapterWorker {
  readonly port: number;
  readonly busId: string;
  readonly #worker: Worker;

  private constructor(worker: Worker, port: number, busId: string) {
    this.#worker = worker;
    this.port = port;
    this.busId = busId;
  }

  /** Starts the thread; its server listens when this resolves. */
  static async start(targets: readonly SimulatedTarget[], serialNumber: string): Promise<AdapterWorker> {
    // This file is compiled or, in tests, run as it is; so is the worker's.
    const file = import.meta.url.endsWith(".ts") ? "./adapter-worker.ts" : "./adapter-worker.js";
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { targets, serialNumber } });
    const message = await nextMessage(worker);
    if (message.kind !== "ready") throw new Error("The thread of the simulated bus did not start.");
    return new AdapterWorker(worker, message.port, message.busId);
  }

  /** Puts other targets on the bus. */
  async replace(targets: readonly SimulatedTarget[]): Promise<void> {
    await this.#ask({ kind: "replace", targets });
  }

  /** What the display at this address shows; undefined where none is. */
  async picture(address: number): Promise<string | undefined> {
    const message = await this.#ask({ kind: "picture", address });
    return message.kind === "picture" ? message.picture : undefined;
  }

  /** Ends the thread: whoever uses the adapter sees it unplugged. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(request: WorkerRequest): Promise<WorkerMessage> {
    const answer = nextMessage(this.#worker);
    this.#worker.postMessage(request);
    const message = await answer;
    if (message.kind === "failed") throw message.error;
    return message;
  }
}

/** @throws what the worker threw, where it ends without a message */
async function nextMessage(worker: Worker): Promise<WorkerMessage> {
  const [message] = (await once(worker, "message")) as [WorkerMessage];
  return message;
}
