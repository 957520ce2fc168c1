import type { CommonContext } from "../../instance/context.ts";
import type { GpioDirection, GpioEdge, GpioLevel, GpioLine } from "./backend.ts";
import { GpioError } from "./error.ts";
import type { GpioLineGrant } from "./grant.ts";
import { both, covers } from "./judge.ts";
import { type GpioState, levelOf, stateOf } from "./state.ts";
import type { GpioTraceEvent } from "./trace.ts";

/** Who uses a line, for what is told of it. */
export type LineContext = Pick<CommonContext, "device" | "clock" | "trace">;

/** A change of a line, as drivers see it. */
export interface StateEdge {
  readonly state: GpioState;
  /** In milliseconds of the board's clock. */
  readonly timeMs: number;
}

/** A line of one life of a driver, which all of its pins share: states of what the backend has levels of. What happens is traced here. */
export class OpenedLine {
  /** Its key in the entry. */
  readonly name: string;
  readonly grant: GpioLineGrant;
  readonly #context: LineContext;
  readonly #openAs: (direction: GpioDirection) => Promise<GpioLine>;
  readonly #listeners = new Set<(edge: StateEdge) => void>();
  #line: GpioLine;
  #direction: GpioDirection;
  #watch: Disposable | undefined;
  #lastSet: GpioState = "inactive";
  #isEnded = false;
  /** Under way since it was ended, where that takes time. */
  #ending: void | Promise<void> = undefined;

  private constructor(
    context: LineContext,
    name: string,
    grant: GpioLineGrant,
    openAs: (direction: GpioDirection) => Promise<GpioLine>,
    line: GpioLine,
  ) {
    this.#context = context;
    this.name = name;
    this.grant = grant;
    this.#openAs = openAs;
    this.#line = line;
    this.#direction = grant.direction;
  }

  /** @param openAs opens it; what it throws is thrown */
  static async open(
    context: LineContext,
    name: string,
    grant: GpioLineGrant,
    openAs: (direction: GpioDirection) => Promise<GpioLine>,
  ): Promise<OpenedLine> {
    return new OpenedLine(context, name, grant, openAs, await openAs(grant.direction));
  }

  /** Why it is not there any more, as one sentence without its end; undefined while it is. */
  get lost(): string | undefined {
    return this.#line.lost;
  }

  /**
   * Makes it one that can be used as `direction`. Only an entry that is not enforced asks for more than is granted.
   *
   * @throws BackendError where it cannot be opened again like that
   */
  async use(direction: GpioDirection): Promise<void> {
    if (covers(this.#direction, direction) || this.#isEnded) return;
    const before = this.#direction;
    this.#unwatch();
    await this.#line.close();
    try {
      await this.#open(both(before, direction));
    } catch (cause) {
      // What is granted stays there for a driver that asks for more than the line can do.
      await this.#line.close();
      await this.#open(before);
      throw cause;
    }
  }

  /** Opens it anew, after it was closed. */
  async #open(direction: GpioDirection): Promise<void> {
    this.#line = await this.#openAs(direction);
    this.#direction = direction;
    this.#lastSet = "inactive";
    // Ended meanwhile: what was closed then was the line before.
    if (this.#isEnded) await this.#line.close();
    else if (this.#listeners.size > 0) this.#startWatch();
  }

  /** @throws GpioError; a promise rejects with it */
  read(): GpioState | Promise<GpioState> {
    const startMs = this.#startMs();
    return settled(
      () => this.#line.read(),
      (level) => {
        this.#tell("read", startMs, level);
        return stateOf(level, this.grant);
      },
      (error) => this.#tell("read", startMs, undefined, error),
    );
  }

  /** @throws GpioError; a promise rejects with it */
  set(state: GpioState): void | Promise<void> {
    const startMs = this.#startMs();
    const level = levelOf(state, this.grant);
    // Before it is known whether it worked: what may be active has to be made inactive at the end.
    this.#lastSet = state;
    return settled(
      () => this.#line.write(level),
      () => this.#tell("set", startMs, level),
      (error) => this.#tell("set", startMs, level, error),
    );
  }

  /** Sets the other state than the last. @throws as `set` */
  toggle(): void | Promise<void> {
    return this.set(this.#lastSet === "active" ? "inactive" : "active");
  }

  /**
   * Tells of each edge from now on.
   *
   * @throws GpioError `operation-not-supported`
   */
  watch(listener: (edge: StateEdge) => void): Disposable {
    if (this.#watch === undefined) this.#startWatch();
    // Another function each time, so that one that listens twice stops listening once.
    const own = (edge: StateEdge) => listener(edge);
    this.#listeners.add(own);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(own);
        if (this.#listeners.size === 0) this.#unwatch();
      },
    };
  }

  /**
   * Makes an output inactive, which nobody is there any more to do, and gives the line back. Never rejects; ending twice is legal, and
   * waits for the same.
   */
  end(): void | Promise<void> {
    if (this.#isEnded) return this.#ending;
    this.#isEnded = true;
    this.#listeners.clear();
    this.#unwatch();
    this.#ending = this.#giveBack();
    return this.#ending;
  }

  #giveBack(): void | Promise<void> {
    const close = () => this.#line.close();
    try {
      const answer = this.#lastSet === "active" ? this.set("inactive") : undefined;
      if (answer instanceof Promise) return answer.then(close, close);
    } catch {
      // The line does not obey any more: there is nothing left to do but to give it back.
    }
    return close();
  }

  #startWatch(): void {
    this.#watch = this.#line.watch((edge) => this.#edge(edge));
  }

  #unwatch(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  #edge({ level, timeMs }: GpioEdge): void {
    this.#tell("edge", timeMs, level);
    // One for all of them: thousands can listen, and keep a thousand each.
    const edge: StateEdge = { state: stateOf(level, this.grant), timeMs };
    for (const listener of [...this.#listeners]) listener(edge);
  }

  #startMs(): number {
    return this.#context.trace.active ? this.#context.clock.now() : 0;
  }

  #tell(operation: GpioTraceEvent["operation"], startMs: number, level?: GpioLevel, error?: unknown): void {
    const { clock, device, trace } = this.#context;
    if (!trace.active) return;
    const failed = error instanceof GpioError ? { code: error.payload, message: error.message } : undefined;
    const event: GpioTraceEvent = {
      kind: "gpio",
      device,
      chip: this.grant.chip,
      line: this.grant.line,
      name: this.name,
      operation,
      startMs,
      durationMs: operation === "edge" ? 0 : clock.now() - startMs,
      ...(level !== undefined && { level, state: stateOf(level, this.grant) }),
      ...(failed && { error: failed }),
    };
    trace.emit(event);
  }
}

/** What comes of an answer that is there at once or comes later. */
function settled<Answer, Result>(
  ask: () => Answer | Promise<Answer>,
  succeeded: (answer: Answer) => Result,
  failed: (error: unknown) => void,
): Result | Promise<Result> {
  const rethrown = (error: unknown): never => {
    failed(error);
    throw error;
  };
  let answer: Answer | Promise<Answer>;
  try {
    answer = ask();
  } catch (error) {
    return rethrown(error);
  }
  return answer instanceof Promise ? answer.then(succeeded, rethrown) : succeeded(answer);
}
