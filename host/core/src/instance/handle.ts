import type { CallBudget } from "./budget.ts";

/** A resource of the host whose calls count for one instance, so that no other may use it. */
export abstract class InstanceHandle implements Disposable {
  readonly #budget: CallBudget;

  constructor(budget: CallBudget) {
    this.#budget = budget;
  }

  /** Whether its calls count as the calls of one instance. */
  belongsTo(budget: CallBudget): boolean {
    return this.#budget === budget;
  }

  /** The guest dropped its handle. What is behind it belongs to the instance, which gives it back at its end. */
  [Symbol.dispose](): void {}
}
