import { createHash } from "node:crypto";
import {
  type ComponentMetadata,
  type Extern,
  HostError,
  LinkError,
  parseInterfaceName,
  readComponent,
  readMetadata,
  serves,
  summarizeComponent,
} from "@busbar/host";
import { appOffers, isCallable, offers } from "@busbar/host/grants";
import { deviceInterfaces } from "@busbar/host/module";
import type { Command } from "commander";
import { type ComponentFile, readComponentFile } from "../component-file.ts";
import { boardEntries } from "../output/board-entries.ts";
import { Output, style } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { columns } from "../output/table.ts";
import { megabytes } from "../output/units.ts";
import { jsonOption } from "./options.ts";

/** `busbar inspect`. */
export function addInspect(program: Command): void {
  program
    .command("inspect")
    .summary("what a component imports, exports, and needs to be granted")
    .description("Shows what a component is and needs, without running anything of it.")
    .argument("<component>", "a .wasm file, a driver package's folder, or an installed package")
    .addOption(jsonOption())
    .action((name: string, { json = false }: { json?: boolean }) => inspect(name, new Output(json)));
}

/** One import, and how this host treats it. */
interface InspectedImport {
  readonly name: string;
  /** The line of the board file that grants it; empty where it needs none; null where nothing can grant it. */
  readonly grant: string | null;
}

/** One export, and the device interface that it is, if any: "sensor", "block-device". */
interface InspectedExport {
  readonly name: string;
  readonly device: string | null;
}

/** What the host makes of the code, without running it. */
interface InspectedCode {
  /** Why this host cannot link it; null where it can. */
  readonly problem: string | null;
  /** What all memories of an instance begin with, in bytes; null where it cannot be linked. */
  readonly memoryBytes: number | null;
  readonly modules: readonly InspectedModule[];
}

/** A core module. */
interface InspectedModule {
  readonly bytes: number;
  readonly sha256: string;
  /** How many instances of it there are in an instance of the component; null where nobody can tell. */
  readonly instances: number | null;
  /** What its memories begin with, in bytes; null where they are of a kind that is not supported. */
  readonly memoryBytes: number | null;
}

/** The JSON document of `inspect`. */
interface Inspection {
  readonly file: string;
  readonly metadata: ComponentMetadata;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly sha256: string;
  readonly imports: readonly InspectedImport[];
  readonly exports: readonly InspectedExport[];
  /** Whether its functions take their handles as parameters: `busbar call`, or `board.component` in a program. */
  readonly callable: boolean;
  /** What goes under "devices" in a board file; null where it is no driver or needs what nothing can grant. */
  readonly devices: object | null;
  readonly code: InspectedCode;
}

async function inspect(name: string, output: Output): Promise<void> {
  const file = readComponentFile(name);
  const component = readComponent(file.bytes, file.specifier);
  const { imports, exports } = component;
  const callable = isCallable(component);
  const granting = isApp(exports) ? appOffers : offers;
  const inspectedImports = imports.map((each) => inspectImport(each, granting));
  const inspectedExports = exports.map(inspectExport);
  const { gzipSync } = await import("node:zlib");
  const inspection: Inspection = {
    file: file.path,
    metadata: metadataOf(file),
    bytes: file.bytes.length,
    gzipBytes: gzipSync(file.bytes).length,
    sha256: sha256(file.bytes),
    imports: inspectedImports,
    exports: inspectedExports,
    callable,
    devices: boardEntry(file, inspectedImports, inspectedExports, callable),
    code: inspectCode(file),
  };
  if (output.json) output.document(inspection);
  else output.block(describe(inspection));
}

/** @throws HostError with code "component" when the metadata is damaged */
function metadataOf({ specifier, bytes }: ComponentFile): ComponentMetadata {
  try {
    return readMetadata(bytes);
  } catch (cause) {
    if (!(cause instanceof LinkError)) throw cause;
    throw new HostError("component", `${specifier} is damaged: its metadata is cut off; build it again.`, {
      cause,
    });
  }
}

function inspectCode({ bytes, specifier }: ComponentFile): InspectedCode {
  const { problem = null, modules } = summarizeComponent(bytes, specifier);
  const inspected = modules.map(({ bytes: module, instances = null, memoryBytes = null }) => ({
    bytes: module.length,
    sha256: sha256(module),
    instances,
    memoryBytes,
  }));
  const memories = inspected.map((each) => (each.memoryBytes ?? 0) * (each.instances ?? 0));
  const memoryBytes = problem === null ? memories.reduce((sum, each) => sum + each, 0) : null;
  return { problem, memoryBytes, modules: inspected };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Apps get other interfaces than drivers do. */
function isApp(exports: readonly { readonly name: string }[]): boolean {
  return exports.some(({ name }) => parseInterfaceName(name).path === "wasi:cli/run");
}

/** @param granting what the host offers to such a component */
function inspectImport(
  { name }: Extern,
  granting: readonly { readonly path: string; readonly version: string; readonly grantLine: string }[],
): InspectedImport {
  const { path, version } = parseInterfaceName(name);
  const offer = granting.find((each) => each.path === path && serves(each.version, version));
  return { name, grant: offer?.grantLine ?? null };
}

function inspectExport({ name }: Extern): InspectedExport {
  const { path, version } = parseInterfaceName(name);
  const isDevice = Object.values(deviceInterfaces).some(
    (offered) => offered.path === path && serves(offered.version, version),
  );
  return { name, device: isDevice ? path.slice(path.indexOf("/") + 1) : null };
}

/** What an operator pastes: the driver, and every grant that it needs, once. */
function boardEntry(
  { specifier }: ComponentFile,
  imports: readonly InspectedImport[],
  exports: readonly InspectedExport[],
  callable: boolean,
): object | null {
  const device = exports.find((each) => each.device !== null)?.device ?? (callable ? "component" : undefined);
  if (device === undefined || imports.some(({ grant }) => grant === null)) return null;
  const grants = new Set(imports.map(({ grant }) => grant).filter((grant) => grant));
  const granted = JSON.parse(`{${[...grants].join(",")}}`) as object;
  return { [`my-${device}`]: { driver: specifier, ...granted } };
}

function describe(inspection: Inspection): string {
  const { metadata, imports, exports, callable, devices } = inspection;
  const other = callable ? "functions that take their handles as parameters" : "no device interface";
  const safe = (text: string | undefined) => printable(text ?? "", 200);
  const about = [
    ["  description", safe(metadata.description)],
    ["  licence", safe(metadata.licenses)],
    ["  source", safe(metadata.source)],
    ["  authors", safe(metadata.authors)],
    ["  revision", safe(metadata.revision)],
    ["  file", printable(inspection.file, 1000)],
    ["  size", `${megabytes(inspection.bytes)}, ${megabytes(inspection.gzipBytes)} compressed`],
    ["  sha256", inspection.sha256],
    [
      "  memory",
      inspection.code.memoryBytes === null ? "" : `${mebibytes(inspection.code.memoryBytes)} at first`,
    ],
  ].filter(([, text]) => text !== "");
  const title = safe(`${metadata.name || "(no name)"} ${metadata.version}`.trim());
  return [
    style("bold", title),
    columns(about, ["left", "left"]),
    "",
    section("exports", exports, ({ device }) => (device === null ? other : `a ${device}`)),
    "",
    section("imports", imports, describeGrant),
    "",
    describeCode(inspection.code),
    "",
    style("bold", "board file"),
    devices === null ? `  ${reason(inspection)}` : pasteable(devices),
    ...(callable && devices !== null
      ? [style("dim", '  (list and call its functions with "busbar call")')]
      : []),
  ].join("\n");
}

function describeCode({ problem, modules }: InspectedCode): string {
  const rows = modules.map(({ bytes, sha256: digest, instances, memoryBytes }) => [
    `  ${megabytes(bytes)}`,
    digest,
    instances === null || instances === 1 ? "" : `${instances} instances`,
    memoryBytes === null || memoryBytes === 0 ? "" : `memory ${mebibytes(memoryBytes)}`,
  ]);
  const verdict = problem === null ? "this host can link it" : style("red", printable(problem, 500));
  const body = rows.length === 0 ? "" : `\n${columns(rows, ["right", "left", "left", "left"])}`;
  return `${style("bold", "code")}\n  ${verdict}${body}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(2)} MiB`;
}

function section<Item extends { readonly name: string }>(
  title: string,
  items: readonly Item[],
  describeItem: (item: Item) => string,
): string {
  const rows = items.map((item) => [`  ${printable(item.name, 100)}`, describeItem(item)]);
  const body = rows.length === 0 ? "  nothing" : columns(rows, ["left", "left"]);
  return `${style("bold", title)}\n${body}`;
}

function describeGrant({ grant }: InspectedImport): string {
  if (grant === null) return style("red", "nothing can grant this: the host has no such interface");
  return grant === "" ? "always there" : `granted by ${/"[^"]+"/.exec(grant)?.[0]}`;
}

function reason({ imports, exports }: Inspection): string {
  if (isApp(exports) && imports.every(({ grant }) => grant !== null)) {
    return 'This is an app: it goes into "apps", with the devices that it "uses".';
  }
  return imports.some(({ grant }) => grant === null)
    ? "No board file can grant all of that; use another driver."
    : "This is no driver: it exports no device interface.";
}

/** What goes into a board file; its place, a bus and an address say, is an example. */
function pasteable(devices: object): string {
  return `${boardEntries(devices)}\n${style("dim", '  (goes into "devices"; set its place to where the device is wired)')}`;
}
