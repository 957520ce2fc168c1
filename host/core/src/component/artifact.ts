import { HostError } from "../error.ts";
import { type ComponentInterface, readComponent } from "./binary.ts";
import { limitMemory, pageSize } from "./memory-limit.ts";

/** What jco's `--instantiation async` output exports. */
export interface TranspiledComponent {
  instantiate(
    coreModule: (file: string) => WebAssembly.Module | Promise<WebAssembly.Module>,
    imports: Record<string, unknown>,
    instantiateCore?: (
      module: WebAssembly.Module,
      imports: WebAssembly.Imports,
    ) => WebAssembly.Instance | Promise<WebAssembly.Instance>,
  ): Promise<Record<string, unknown>> | Record<string, unknown>;
}

/** The form in which a component runs on a JavaScript engine: glue code, and core modules by file name. */
export interface TranspiledFiles {
  readonly component: TranspiledComponent;
  /** The bytes of one core module. */
  coreModule(file: string): Uint8Array<ArrayBuffer>;
}

/**
 * A component ready to be linked: its interface as read off the binary, and its transpiled form, which is loaded when
 * the first instance starts. All instances share the compiled code.
 */
export class ComponentArtifact {
  /** How messages name it: "@busbar/bme280", "./lcd.wasm". */
  readonly label: string;
  /** The outermost imports and exports. */
  readonly interface: ComponentInterface;
  readonly #load: () => Promise<TranspiledFiles>;
  #files: Promise<TranspiledFiles> | undefined;
  readonly #modules = new Map<string, WebAssembly.Module>();

  /**
   * @param label how messages name it
   * @param bytes the component's binary
   * @param load gives the transpiled form; called once
   * @throws HostError with code "component" when `bytes` is no component
   */
  constructor(label: string, bytes: Uint8Array, load: () => Promise<TranspiledFiles>) {
    this.label = label;
    this.interface = readComponent(bytes, label);
    this.#load = load;
  }

  /**
   * Starts an instance that has `imports` and nothing else.
   *
   * @param imports the implementations by interface path without version: "wasi:i2c/i2c"
   * @param memoryMiB the most memory the instance may take
   * @returns the exports by interface name
   * @throws HostError with code "component" when it needs more memory at its start, or does not start
   */
  async instantiate(imports: Record<string, unknown>, memoryMiB: number): Promise<Record<string, unknown>> {
    this.#files ??= this.#load();
    const files = await this.#files;
    const maximumPages = (memoryMiB * 1024 * 1024) / pageSize;
    return files.component.instantiate(
      (file) => this.#compile(files, file, maximumPages),
      imports,
      // The synchronous form is legal on a server and in a worker for modules of any size, and several times faster
      // than a dozen awaits.
      (module, coreImports) => new WebAssembly.Instance(module, coreImports),
    );
  }

  #compile(files: TranspiledFiles, file: string, maximumPages: number): WebAssembly.Module {
    const key = `${maximumPages} ${file}`;
    let module = this.#modules.get(key);
    if (module === undefined) {
      try {
        module = new WebAssembly.Module(limitMemory(files.coreModule(file), maximumPages));
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        const neededMiB = Math.ceil((Number(cause.message) * pageSize) / (1024 * 1024));
        throw new HostError(
          "component",
          `${this.label} needs ${neededMiB} MiB of memory; set "limits": { "memoryMiB": ${neededMiB} } or more.`,
          { cause },
        );
      }
      this.#modules.set(key, module);
    }
    return module;
  }
}
