/**
 * One instance of a component: runs the steps of its plan. No text of the component becomes code; what is called is a
 * closure of these files, or a function that the engine compiled from a core module.
 *
 * Source: Component Model, Explainer.md, "Component Definitions"; CanonicalABI.md, "Component Instance State".
 */

import { CallContext, type InstanceState } from "./call-context.ts";
import { GuestResource, type HandleCount, HandleTable } from "./handles.ts";
import { type HostImports, hostClass, hostTarget, type Target } from "./host-functions.ts";
import { innerTarget } from "./lift.ts";
import { type InstanceLimits, MemoryCount } from "./limits.ts";
import { lower } from "./lower.ts";
import { quote } from "./names.ts";
import type { CoreInstanceItem, CoreItem, HostFunction, Lifted, Plan, Step } from "./plan.ts";
import { Gate } from "./preempt/gate.ts";
import { suspending } from "./preempt/jspi.ts";
import type { Pace } from "./preempt/pace.ts";
import { LinkError } from "./reader.ts";
import { Runners } from "./runner.ts";
import type { CoreValue } from "./shapes/shape.ts";
import { Trap } from "./trap.ts";
import { trapReason } from "./trap-reason.ts";
import { hostDefined, type ResourceType } from "./types.ts";

/** What an instance is started with. */
export interface InstanceOptions {
  readonly limits: InstanceLimits;
  /** Whether a function of the host may give a promise. */
  waits(host: HostFunction): boolean;
  /** Throws where the guest has to end: its time is over, or it was stopped. Asked every few milliseconds while it runs. */
  check(): void;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Gives guests their turns. */
  readonly pace: Pace;
}

/** A compiled core module, and what it begins with. */
export interface CompiledModule {
  readonly module: WebAssembly.Module;
  /** The initial sizes of its own memories, in pages. */
  readonly pages: number;
  /** The initial sizes of its own tables, in elements. */
  readonly tableElements: number;
}

/** An exported core function, made ready for the calls of one instance when it is called first. */
export interface BoundFunction {
  readonly call: (values: readonly CoreValue[]) => Promise<CoreValue | undefined>;
  readonly postReturn: CoreFunction | undefined;
  readonly context: CallContext;
}

type CoreFunction = (...values: CoreValue[]) => CoreValue | undefined;

/** The time of a call is looked after by `InstanceOptions.check`. */
const noDeadline = Number.POSITIVE_INFINITY;

/** See above. */
export class ComponentInstance {
  readonly plan: Plan;
  readonly limits: InstanceLimits;
  readonly gate: Gate;
  /** Whether a call of the host is in it. */
  busy = false;
  /** Why nothing may enter it any more; undefined while it lives. */
  dead: Error | undefined;
  /** The lifted functions that were called, by their place in the plan. */
  readonly bound: (BoundFunction | undefined)[] = [];
  readonly memory: MemoryCount;
  readonly #imports: HostImports;
  readonly #options: InstanceOptions;
  readonly #core: (WebAssembly.Exports | undefined)[];
  readonly #trampolines: unknown[];
  readonly #contexts: CallContext[] = [];
  readonly #states = new Map<number, InstanceState>();
  readonly #classes = new Map<ResourceType, abstract new () => object>();
  readonly #resourceClasses: ReadonlyMap<ResourceType, typeof GuestResource>;
  readonly #handles: HandleCount;
  readonly #runners = { count: 0 };

  private constructor(
    plan: Plan,
    imports: HostImports,
    resourceClasses: ReadonlyMap<ResourceType, typeof GuestResource>,
    options: InstanceOptions,
  ) {
    this.plan = plan;
    this.limits = options.limits;
    this.memory = new MemoryCount(options.limits.memoryMiB);
    this.#handles = { count: 0, maximum: options.limits.handles };
    this.#imports = imports;
    this.#resourceClasses = resourceClasses;
    this.#options = options;
    this.#core = new Array(plan.counts.coreInstances);
    this.#trampolines = new Array(plan.counts.trampolines);
    this.gate = new Gate({
      now: options.now,
      pace: options.pace,
      grow: (kind, delta) => this.memory.grow(kind, delta),
      check: () => {
        if (this.dead !== undefined) throw this.dead;
        options.check();
      },
    });
  }

  /**
   * Starts an instance.
   *
   * @param modules of the plan, in order
   * @param resourceClasses of the resources that programs see
   * @throws LinkError where something is missing or too large; Trap and what the guest's start throws
   */
  static async start(
    plan: Plan,
    modules: readonly CompiledModule[],
    imports: HostImports,
    resourceClasses: ReadonlyMap<ResourceType, typeof GuestResource>,
    options: InstanceOptions,
  ): Promise<ComponentInstance> {
    const instance = new ComponentInstance(plan, imports, resourceClasses, options);
    instance.begin();
    try {
      for (const step of plan.steps) {
        const started = instance.#run(step, modules);
        if (started !== undefined) await started;
      }
      return instance;
    } catch (thrown) {
      throw instance.fail(thrown);
    } finally {
      instance.end();
    }
  }

  /** A call of the host begins: the guest's time is looked after from now on. */
  begin(): void {
    this.busy = true;
    this.memory.beginCall();
    this.gate.begin(noDeadline);
  }

  /** The call is over: nothing of the guest runs until the next one. */
  end(): void {
    this.busy = false;
    this.gate.end();
  }

  /** How many frames of JavaScript lie between the guest and who waits for it: while there are any, it cannot be held. */
  get pins(): number {
    return this.gate.pinned;
  }

  set pins(count: number) {
    this.gate.pinned = count;
  }

  /** Ends it: whatever the guest does from now on, it has no effect. @returns why it ended first */
  fail(thrown: unknown): Error {
    if (this.dead === undefined) {
      this.dead = this.#reasonOf(thrown);
      this.gate.stop(this.dead);
      for (const { runners } of this.#states.values()) runners.end();
    }
    return this.dead;
  }

  /** The gate ends a guest by a trap that says nothing: why it did is what counts. */
  #reasonOf(thrown: unknown): Error {
    const { ended, reason } = this.gate;
    if (ended && reason === undefined) return new Trap("it computes where it has to answer at once");
    return ended && reason instanceof Error ? reason : trapReason(thrown, this.memory);
  }

  /** @throws Trap where it is dead */
  requireAlive(): void {
    if (this.dead !== undefined) throw new Trap("cannot enter component instance", { cause: this.dead });
  }

  /** What a step made. @throws LinkError where a core instance has no such export, or it is of another kind */
  item(item: CoreItem, kind: "function" | "memory"): unknown {
    if ("trampoline" in item) return this.#trampolines[item.trampoline];
    const found = this.#core[item.slot]?.[item.name];
    const fits = kind === "function" ? typeof found === "function" : found instanceof WebAssembly.Memory;
    if (!fits) throw new LinkError(`a core instance exports no ${kind} ${quote(item.name)}`);
    return found;
  }

  context(index: number): CallContext {
    return this.#contexts[index]!;
  }

  /** @throws Trap where a call is in the component that defines a resource: its destructor cannot run now */
  requireLeft(type: ResourceType): void {
    if (this.dead === undefined && this.#state(type.definer).entered)
      throw new Trap("cannot enter component instance");
  }

  /** A resource of this component for who gets it. */
  wrap(type: ResourceType, representation: number, owned: boolean): GuestResource {
    return new (this.#resourceClasses.get(type) ?? GuestResource)(this, type, representation, owned);
  }

  /** @throws TypeError where the host gives something else for a resource of its own */
  requireHostResource(type: ResourceType, value: unknown): void {
    let known = this.#classes.get(type);
    if (known === undefined) {
      known = hostClass(this.#imports, type) as unknown as abstract new () => object;
      this.#classes.set(type, known);
    }
    if (!(value instanceof known)) throw new WrongResource(type.name);
  }

  /**
   * Drops a resource that nobody holds any more: CanonicalABI.md, `canon_resource_drop`.
   *
   * @param within the component instance that drops it; undefined for the host
   * @throws Trap where the component that defines it is in the middle of a call; it is not dropped then
   */
  destroy(type: ResourceType, resource: unknown, within?: number): void {
    if (this.dead !== undefined) return;
    if (type.definer === hostDefined) {
      (resource as Partial<Disposable>)[Symbol.dispose]?.();
      return;
    }
    if (type.destructor === undefined) return;
    if (type.definer !== within) this.requireLeft(type);
    const destructor = this.item(type.destructor, "function") as (representation: number) => void;
    const isCall = !this.busy;
    if (isCall) this.begin();
    this.pins += 1;
    try {
      destructor(resource as number);
    } catch (thrown) {
      throw this.fail(thrown);
    } finally {
      this.pins -= 1;
      if (isCall) this.end();
    }
  }

  /** A lifted function, ready to be called. */
  bind(lifted: Lifted): BoundFunction {
    const { index, core, context: contextIndex, postReturn, type } = lifted;
    // A method that is called on a resource of another component.
    if (this.plan.lifted[index] !== lifted) throw new TypeError("this resource has no such function");
    const context = this.context(contextIndex);
    const bound: BoundFunction = {
      call: context.state.runners.caller(this.item(core, "function"), type.functionShape.signature),
      postReturn: postReturn && (this.item(postReturn, "function") as CoreFunction),
      context,
    };
    this.bound[index] = bound;
    return bound;
  }

  /** @returns what the start of a core module waits for, where it has one */
  #run(step: Step, modules: readonly CompiledModule[]): Promise<void> | undefined {
    switch (step.op) {
      case "instantiate": {
        const { module, pages, tableElements } = modules[step.module]!;
        this.memory.begin(pages, tableElements);
        const { exports } = instantiate(module, this.#coreImports(step.imports));
        this.#core[step.slot] = exports;
        return this.gate.attach(exports);
      }
      case "context": {
        const { instance, encoding, memory, realloc } = this.plan.contexts[step.index]!;
        this.#contexts[step.index] = new CallContext(this, this.#state(instance), {
          encoding,
          memory: memory && (this.item(memory, "memory") as WebAssembly.Memory),
          realloc: realloc && (this.item(realloc, "function") as (...values: number[]) => number),
        });
        return undefined;
      }
      default:
        this.#trampolines[step.trampoline] = this.#trampoline(step);
        return undefined;
    }
  }

  #state(instance: number): InstanceState {
    let state = this.#states.get(instance);
    if (state === undefined) {
      state = {
        entered: false,
        mayLeave: true,
        handles: new HandleTable(instance, this.#handles),
        runners: new Runners(this.#runners),
      };
      this.#states.set(instance, state);
    }
    return state;
  }

  #coreImports(imports: readonly (readonly [string, CoreInstanceItem])[]): WebAssembly.Imports {
    const made: Record<string, WebAssembly.ModuleImports> = Object.create(null);
    for (const [name, item] of imports) {
      if ("slot" in item) made[name] = this.#core[item.slot] as unknown as WebAssembly.ModuleImports;
      else {
        const bundle: Record<string, unknown> = Object.create(null);
        for (const [key, each] of item.bundle) {
          bundle[key] =
            "trampoline" in each ? this.#trampolines[each.trampoline] : this.#core[each.slot]?.[each.name];
        }
        made[name] = bundle as WebAssembly.ModuleImports;
      }
    }
    return made;
  }

  #trampoline(step: Exclude<Step, { op: "instantiate" | "context" }>): unknown {
    if (step.op === "lower") return this.#lowered(step);
    const { resource, instance } = step;
    const state = this.#state(instance);
    const { handles } = state;
    switch (step.op) {
      case "resource.new":
        return this.#guarded((representation) => handles.add(resource, representation | 0, true));
      case "resource.rep":
        return this.#guarded((handle) => handles.get(resource, handle >>> 0).resource);
      default:
        return this.#guarded((handle) => {
          if (!state.mayLeave) throw new Trap("cannot leave component instance");
          const dropped = handles.remove(resource, handle >>> 0);
          if (!dropped.owned) return;
          if (resource.definer === hostDefined || resource.definer === instance) {
            this.destroy(resource, dropped.resource, instance);
          } else (dropped.resource as GuestResource)[Symbol.dispose]();
        });
    }
  }

  /** A guest may catch what is thrown into it: it is dead all the same. */
  #guarded<Result>(body: (value: number) => Result): (value: number) => Result {
    return (value) => {
      try {
        return body(value);
      } catch (thrown) {
        throw this.fail(thrown);
      }
    };
  }

  /** Made when it is first called: most imports of most instances never are. */
  #lowered({ target, context }: Step & { op: "lower" }): unknown {
    const waits = "lifted" in target || this.#options.waits(target.host);
    let made: ReturnType<typeof lower> | undefined;
    const find = (): Target =>
      "lifted" in target ? innerTarget(this, target.lifted) : hostTarget(this.#imports, target.host);
    const first = (...values: CoreValue[]) => {
      try {
        made ??= lower(this, target.type.functionShape, this.context(context), find(), waits);
      } catch (thrown) {
        throw this.fail(thrown);
      }
      return made(...values);
    };
    return waits ? suspending(first) : first;
  }
}

/**
 * What an engine says of imports that do not fit has the names that the component gave them.
 *
 * @throws LinkError instead
 */
function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.LinkError || thrown instanceof TypeError)) throw thrown;
    throw new LinkError("a core module of it is not given what it imports", { cause: thrown });
  }
}

/** A program gave something else for a resource of the host. */
export class WrongResource extends TypeError {
  override readonly name = "WrongResource";
  /** The WIT name of the resource that is expected. */
  readonly resource: string;

  constructor(resource: string) {
    super(`a resource "${resource}" of this host is expected`);
    this.resource = resource;
  }
}
