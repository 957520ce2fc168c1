import { relative } from "node:path";
import { complete, type Request } from "./ask.ts";
import { parseName, scoped } from "./name.ts";
import { placeOf } from "./place.ts";
import { filesOf } from "./template.ts";
import { writePackage } from "./write.ts";

/** Where and how to write a package. */
export interface CreateOptions {
  /** The folder that the request is relative to; the current one by default. */
  readonly from?: string;
  /** Whether there is a person to ask for what the request leaves out; nobody by default. */
  readonly interactive?: boolean;
}

/** What was written. */
export interface Created {
  /** The package's name. */
  readonly name: string;
  readonly bus: string;
  readonly device: string;
  /** Whether it makes sure that the part is the right one. */
  readonly id: boolean;
  /** The package's folder, absolute. */
  readonly folder: string;
  /** Whether it is a member of the Busbar workspace. */
  readonly inWorkspace: boolean;
  /** Its files, relative to the folder. */
  readonly files: readonly string[];
  /** What to type next, to see it work. */
  readonly next: readonly string[];
}

/**
 * Writes a driver package that builds, passes its tests and runs on the simulated bus.
 *
 * @throws CreateError: one sentence that says what to change; nothing was written then
 */
export async function createDriver(request: Request, options: CreateOptions = {}): Promise<Created> {
  const { from = process.cwd(), interactive = false } = options;
  const { name: text, kind } = await complete(request, interactive);
  const given = parseName(text);
  const { folder, workspace } = placeOf(given.short, request.directory, from);
  const name = workspace === undefined ? given : scoped(given);
  const files = filesOf(kind, name, workspace !== undefined);
  writePackage(folder, files);
  return {
    name: name.full,
    bus: kind.bus,
    device: kind.device,
    id: kind.hasId,
    folder,
    inWorkspace: workspace !== undefined,
    files: [...files.keys()].sort(),
    next:
      workspace === undefined
        ? [`cd ${relative(from, folder) || "."} && npm install`, "npm test", "npm run demo"]
        : [
            "npx -y pnpm@12 install",
            `npx -y pnpm@12 turbo test --filter=${name.full}`,
            `npx -y pnpm@12 --filter ${name.full} demo`,
          ],
  };
}

/** What a person is told: where it is, what comes next, and where to begin. */
export function describeCreated(
  { name, bus, device, id, folder, next }: Created,
  from = process.cwd(),
): string {
  const where = relative(from, folder) || ".";
  return [
    `${name}, a driver of a ${device} on ${bus}, is in ${where}. Next:`,
    "",
    ...next.map((command) => `  ${command}`),
    "",
    `It drives a part that does not exist; ${where === "." ? "" : `${where}/`}README.md says what to fill in.`,
    // Of USB devices there is none without.
    ...(id && bus === "i2c" ? ["Its part has an id register; for one without, say --no-id."] : []),
  ].join("\n");
}
