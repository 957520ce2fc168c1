import { join } from "node:path";
import { Application, Logger, LogLevel, type ProjectReflection, type ValidationOptions } from "typedoc";
import type { Surface } from "./surfaces.ts";

/** What an exported name is, of which each has a doc comment. Properties whose names say it all need none. */
const documented = [
  "Class",
  "Interface",
  "TypeAlias",
  "Variable",
  "Function",
  "Enum",
  "Method",
  "Accessor",
] as const;

/** Nothing but what is missing: to which names there is a page is for each package to say. */
const validation: ValidationOptions = {
  notDocumented: true,
  notExported: false,
  invalidLink: false,
  invalidPath: false,
  rewrittenLink: false,
  unusedMergeModuleWith: false,
};

/** Members of types that have no name, and what disposes. */
const nameless = /\.__(?:type|index)\.|\.\[(?:d|asyncD)ispose\]/;

/** Keeps what TypeDoc says. */
class Heard extends Logger {
  readonly said: string[] = [];

  /** Takes one message. */
  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.said.push(message);
  }
}

/** The public names of a package, read by TypeDoc. */
export class Documentation {
  readonly #application: Application;
  readonly #project: ProjectReflection;
  readonly #heard: Heard;

  private constructor(application: Application, project: ProjectReflection, heard: Heard) {
    this.#application = application;
    this.#project = project;
    this.#heard = heard;
  }

  /** @throws Error with what TypeDoc says, where it cannot read the package */
  static async of({ folder, name, entryPoints }: Surface): Promise<Documentation> {
    const heard = new Heard();
    const application = await Application.bootstrap({
      name,
      entryPoints: [...entryPoints],
      tsconfig: join(folder, "tsconfig.build.json"),
      readme: join(folder, "README.md"),
      requiredToBeDocumented: [...documented],
      validation,
      excludePrivate: true,
      excludeInternal: true,
      excludeExternals: true,
      // A clone that came from nowhere has no address to link to.
      disableGit: true,
      sourceLinkTemplate: "https://github.com/busbar-drivers/busbar/blob/main/{path}#L{line}",
      gitRevision: "main",
      // The workspace is checked by its own compiler, which is newer.
      skipErrorChecking: true,
    });
    application.logger = heard;
    const project = await application.convert();
    if (project === undefined) throw new Error(`${name} cannot be read: ${heard.said.join("; ")}`);
    return new Documentation(application, project, heard);
  }

  /** The exported names without a doc comment, each in a sentence. */
  get undocumented(): readonly string[] {
    const before = this.#heard.said.length;
    this.#application.validate(this.#project);
    return this.#heard.said.slice(before).filter((sentence) => !nameless.test(sentence));
  }

  /** Writes the pages into a folder. */
  async write(folder: string): Promise<void> {
    await this.#application.generateDocs(this.#project, folder);
  }
}
