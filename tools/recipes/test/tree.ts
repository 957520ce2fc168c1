import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const workspace = join(import.meta.dirname, "../../..");

/** What is made again in the copy, or only needed where it was made. The host's tests look at it as it was built. */
const left = /\/(?:generated|test-results|\.turbo)$/;

/** A copy of a part of the tree, to which a recipe is done. */
export class Tree implements Disposable {
  /** Where it is. */
  readonly root: string;
  readonly #edited = new Set<string>();

  /**
   * @param copied the folders that the recipe is about, and those that look at them
   * @param used folders that are there as they are
   */
  constructor(copied: readonly string[], used: readonly string[]) {
    this.root = mkdtempSync(join(tmpdir(), "busbar-recipe-"));
    for (const name of [...copied, "tsconfig.base.json", "tsconfig.build.json"]) this.#copy(name);
    for (const name of [...used, "node_modules"]) {
      mkdirSync(dirname(join(this.root, name)), { recursive: true });
      symlinkSync(join(workspace, name), join(this.root, name));
    }
  }

  /** The places outside the part's own folder that were touched, in the order in which they were. */
  get edited(): readonly string[] {
    return [...this.#edited];
  }

  /** Puts files of a folder beside this one into a folder of the copy: the part itself. */
  add(from: string, to: string): void {
    mkdirSync(join(this.root, to), { recursive: true });
    cpSync(join(import.meta.dirname, from), join(this.root, to), { recursive: true });
  }

  /** Moves a file of the copy, and replaces texts in it: what imports it there is left alone. */
  move(from: string, to: string, replaced: Readonly<Record<string, string>>): void {
    let text = readFileSync(join(this.root, from), "utf8");
    for (const [one, other] of Object.entries(replaced)) text = text.replaceAll(one, other);
    mkdirSync(dirname(join(this.root, to)), { recursive: true });
    writeFileSync(join(this.root, to), text);
  }

  /** Puts a text before another one that is in a file once. @throws Error where it is not */
  insert(file: string, before: string, text: string): void {
    const path = join(this.root, file);
    const [head, tail, ...more] = readFileSync(path, "utf8").split(before);
    if (head === undefined || tail === undefined || more.length > 0) {
      throw new Error(`${file} has not once: ${before}`);
    }
    writeFileSync(path, `${head}${text}${before}${tail}`);
    this.#edited.add(file);
  }

  /** Runs a program of Node in a folder of the copy. @throws Error with what it printed, where it fails */
  async run(folder: string, ...parameters: string[]): Promise<string> {
    const options = { cwd: join(this.root, folder) };
    try {
      return (await promisify(execFile)(process.execPath, parameters, options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${parameters.join(" ")}: ${stdout}${stderr}`, { cause: error });
    }
  }

  /** Checks the types of a folder of the copy. @throws Error with what is wrong */
  async typecheck(folder: string): Promise<void> {
    await this.run(folder, join(workspace, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
  }

  /** Removes the copy. */
  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }

  #copy(name: string): void {
    const to = join(this.root, name);
    mkdirSync(dirname(to), { recursive: true });
    // What lies in node_modules points to other folders of the tree, and then to those of the copy.
    cpSync(join(workspace, name), to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (from) => !left.test(from),
    });
  }
}
