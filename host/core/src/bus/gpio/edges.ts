import type { CommonContext } from "../../instance/context.ts";
import { InstanceHandle } from "../../instance/handle.ts";
import { Waiters } from "../../waiters.ts";
import type { StateEdge } from "./line.ts";
import type { PinCalls } from "./pin-calls.ts";

/** The most edges that are kept for a driver that does not take them, as the WIT says. */
const mostKept = 1024;

/** busbar:board/gpio `edges`: those of one input, in their order, from its making on. */
export class EdgesResource extends InstanceHandle {
  readonly #context: CommonContext;
  readonly #watch: Disposable;
  readonly #waiters = new Waiters();
  #edges: StateEdge[] = [];
  #lost = 0;

  /** @throws GpioError `operation-not-supported` */
  constructor({ context, line }: PinCalls) {
    super(context.budget);
    this.#context = context;
    this.#watch = line.watch((edge) => this.#add(edge));
  }

  /** Waits for the next edge, or less long where another call waits for its turn; then takes all that there are. */
  async wait(timeoutMs: number): Promise<StateEdge[]> {
    const { budget, clock } = this.#context;
    budget.check();
    if (this.#edges.length === 0 && timeoutMs > 0) {
      const over = new AbortController();
      const { signal } = over;
      const first = Promise.race([this.#waiters.wait(signal), clock.sleep(timeoutMs >>> 0, signal)]);
      try {
        await budget.wait(
          first.catch(() => undefined),
          () => over.abort(),
        );
      } finally {
        over.abort();
      }
    }
    const taken = this.#edges;
    this.#edges = [];
    return taken;
  }

  lost(): number {
    this.#context.budget.check();
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  override [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    this.#edges = [];
  }

  #add(edge: StateEdge): void {
    if (this.#edges.length === mostKept) {
      this.#edges.shift();
      this.#lost = Math.min(this.#lost + 1, 0xffff_ffff);
    }
    this.#edges.push(edge);
    this.#waiters.wake();
  }
}
