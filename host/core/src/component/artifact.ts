import { type ComponentExports, exportsOf, resourceClasses } from "./exports.ts";
import type { HostImports } from "./host-functions.ts";
import { type CompiledModule, ComponentInstance, type InstanceOptions } from "./instance.ts";
import { type ComponentInterface, interfaceOfPlan } from "./interface.ts";
import { defaultLimits } from "./limits.ts";
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

/** A component of a file or a registry. All its instances share the compiled code. */
export class ComponentArtifact implements LoadedComponent {
  readonly label: string;
  readonly interface: ComponentInterface;
  readonly #prepared: PreparedComponent;
  readonly #resourceClasses: ReturnType<typeof resourceClasses>;
  readonly #compiled = new Map<number, readonly CompiledModule[]>();

  /**
   * @param label how messages name it
   * @param bytes the component's binary; not trusted
   * @param store where the host keeps what it prepares; without one it is prepared again in each process
   * @throws HostError with code "component" when `bytes` is no component that this host can link
   */
  constructor(label: string, bytes: Uint8Array, store?: PreparedStore) {
    this.label = label;
    this.#prepared = prepareComponent(bytes, label, store);
    this.interface = interfaceOfPlan(this.#prepared.plan);
    this.#resourceClasses = resourceClasses(this.#prepared.plan);
  }

  /** See {@link LoadedComponent.start}. */
  async start({ imports, memoryMiB, ...options }: StartOptions): Promise<StartedComponent> {
    const { plan } = this.#prepared;
    const limits = { ...defaultLimits, memoryMiB };
    const instance = await ComponentInstance.start(
      plan,
      this.#compile(memoryMiB),
      imports,
      this.#resourceClasses,
      { ...options, limits },
    );
    return {
      exports: exportsOf(instance, this.#resourceClasses),
      end: (reason) => void instance.fail(reason),
    };
  }

  #compile(memoryMiB: number): readonly CompiledModule[] {
    let compiled = this.#compiled.get(memoryMiB);
    if (compiled === undefined) {
      const { plan, module } = this.#prepared;
      compiled = plan.modules.map((_, index) => compileModule(module(index), memoryMiB));
      this.#compiled.set(memoryMiB, compiled);
    }
    return compiled;
  }
}
