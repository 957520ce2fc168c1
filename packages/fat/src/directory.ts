import type { BlockSteps } from "@busbar/guest/blocks";
import type { FileEntry } from "./entry.ts";

/** Reads one directory, entry by entry. */
export interface DirectoryReader {
  /** The volume's label, where it has come by: it is an entry of the root directory. */
  readonly label: string | undefined;
  /**
   * The next file or directory; undefined after the last one. What marks the directory itself and its parent is left
   * out.
   *
   * @throws DriverError `protocol` where the medium contradicts itself
   */
  next(): BlockSteps<FileEntry | undefined>;
}
