import { HostError } from "../error.ts";
import { countMemories } from "./core-module.ts";
import { type ComponentExports, exportsOf, resourceClasses } from "./exports.ts";
import type { HostImports } from "./host-functions.ts";
import { type CompiledModule, ComponentInstance, type InstanceOptions } from "./instance.ts";
import { type ComponentInterface, interfaceOfPlan } from "./interface.ts";
import { defaultLimits } from "./limits.ts";
import type { Plan } from "./plan.ts";
import { compileModule, type PreparedComponent, type PreparedStore, prepareComponent } from "./prepare.ts";

/** A started instance. */
export interface StartedComponent {
  /** What programs call of it. */
  readonly exports: ComponentExports;
  /** Ends it: whatever it still does has no effect. */
  end(reason: Error): void;
}

/** What an instance of an artifact is started with. */
export interface StartOptions extends Omit<InstanceOptions, "limits"> {
  /** The implementations by interface path without version: "wasi:i2c/i2c". */
  readonly imports: HostImports;
  /** The most memory that it may take, in MiB. */
  readonly memoryMiB: number;
}

/** A component that was found, with what has to be known before it may start. */
export interface LoadedComponent {
  /** How messages name it: "@busbar/bme280", "./lcd.wasm". */
  readonly label: string;
  /** The outermost imports and exports. */
  readonly interface: ComponentInterface;
  /**
   * Starts an instance that has `imports` and nothing else.
   *
   * @throws LinkError when it needs more memory at its start, or cannot be linked; what its start throws
   */
  start(options: StartOptions): Promise<StartedComponent>;
}

/** Each reserves addresses, 8 GiB of them where the engine has its trap handler: with a thousand, no other could start. */
const maximumMemories = 64;

/** A component of a file or a registry. All its instances share the compiled code. */
export class ComponentArtifact implements LoadedComponent {
  readonly label: string;
  readonly interface: ComponentInterface;
  /** How many memories each instance of it has: what it takes of the process's addresses. */
  readonly memories: number;
  readonly #prepared: PreparedComponent;
  readonly #resourceClasses: ReturnType<typeof resourceClasses>;
  readonly #compiled = new Map<number, Promise<readonly CompiledModule[]>>();

  private constructor(label: string, prepared: PreparedComponent) {
    this.label = label;
    this.interface = interfaceOfPlan(prepared.plan);
    this.memories = memoriesOf(prepared.plan);
    if (this.memories > maximumMemories) {
      throw new HostError(
        "component",
        `${label} cannot be linked: more than ${maximumMemories} memories are not supported.`,
      );
    }
    this.#prepared = prepared;
    this.#resourceClasses = resourceClasses(prepared.plan);
  }

  /**
   * Gets a component ready to be linked. Nothing of it runs.
   *
   * @param label how messages name it
   * @param bytes the component's binary; not trusted
   * @param store where the host keeps what it prepares; without one it is prepared again in each process
   * @throws HostError with code "component" when `bytes` is no component that this host can link
   */
  static async load(label: string, bytes: Uint8Array, store?: PreparedStore): Promise<ComponentArtifact> {
    return new ComponentArtifact(label, await prepareComponent(bytes, label, store));
  }

  /** See {@link LoadedComponent.start}. */
  async start({ imports, memoryMiB, ...options }: StartOptions): Promise<StartedComponent> {
    const instance = await ComponentInstance.start(
      this.#prepared.plan,
      await this.#compile(memoryMiB),
      imports,
      this.#resourceClasses,
      { ...options, limits: { ...defaultLimits, memoryMiB } },
    );
    return {
      exports: exportsOf(instance, this.#resourceClasses),
      end: (reason) => void instance.fail(reason),
    };
  }

  /** Once for each limit of memory, which is a part of the code. */
  #compile(memoryMiB: number): Promise<readonly CompiledModule[]> {
    let compiled = this.#compiled.get(memoryMiB);
    if (compiled === undefined) {
      const { plan, module } = this.#prepared;
      compiled = Promise.all(
        plan.modules.map(async (_, index) => compileModule(await module(index), memoryMiB)),
      );
      this.#compiled.set(memoryMiB, compiled);
    }
    return compiled;
  }
}

/** Of all its core instances together. */
function memoriesOf({ modules, steps }: Plan): number {
  const counts = modules.map(countMemories);
  return steps.reduce((sum, step) => sum + (step.op === "instantiate" ? counts[step.module]! : 0), 0);
}
