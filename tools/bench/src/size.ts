import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** A file's size in MiB, plain and compressed. */
export function size(path: string): { raw: number; gzip: number } {
  const bytes = readFileSync(path);
  return { raw: bytes.length / 1024 / 1024, gzip: gzipSync(bytes).length / 1024 / 1024 };
}
