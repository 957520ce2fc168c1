import { relative } from "node:path";
import type { ComponentInterface } from "@busbar/host";
import { Output, style } from "./output.ts";
import { printable } from "./printable.ts";
import { columns } from "./table.ts";
import { megabytes } from "./units.ts";

/** A file that a command wrote, of something that imports and exports. */
export interface WrittenComponent extends ComponentInterface {
  /** What JSON calls it, whose value is the file's absolute path: "component". */
  readonly kind: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  /** What JSON says beside it. */
  readonly more?: Readonly<Record<string, number>>;
  /** What is said behind the size. */
  readonly remark?: string;
}

/** Says what a command wrote, and what that imports and exports. */
export async function showWritten(json: boolean, written: WrittenComponent): Promise<void> {
  const { kind, file, bytes, imports, exports, more, remark = "" } = written;
  const { gzipSync } = await import("node:zlib");
  const gzipBytes = gzipSync(bytes).length;
  const importNames = imports.map(({ name }) => name);
  const exportNames = exports.map(({ name }) => name);
  const output = new Output(json);
  if (json) {
    const sizes = { [kind]: file, bytes: bytes.length, gzipBytes, ...more };
    output.document({ ...sizes, imports: importNames, exports: exportNames });
    return;
  }
  const names = (list: readonly string[]) => printable(list.join(", ") || "nothing", 1000);
  const rows = [
    ["  size", `${megabytes(bytes.length)}, ${megabytes(gzipBytes)} compressed${remark}`],
    ["  imports", names(importNames)],
    ["  exports", names(exportNames)],
  ];
  output.block(`${style("bold", printable(relative(".", file), 1000))}\n${columns(rows, ["left", "left"])}`);
}
