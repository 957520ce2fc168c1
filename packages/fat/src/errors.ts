import { DriverError } from "@busbar/guest";
import { printable } from "./printable.ts";

/** What is on the medium contradicts itself or its specification; unlike an error of the disk. */
export class Damage extends DriverError {}

/** `what`: a part of a sentence. */
export function damaged(what: string): Damage {
  return new Damage({
    tag: "protocol",
    val: `The file system is damaged: ${what}; repair it with chkdsk or fsck, or copy what can still be read.`,
  });
}

/** The blocks hold something else. `what`: a part of a sentence. */
export function noFileSystem(what: string): DriverError {
  return DriverError.wrongDevice(
    `There is no FAT or exFAT file system here: ${what}; choose another partition.`,
  );
}

/** No such path. */
export function noSuchFile(path: string): DriverError {
  return DriverError.notFound(`There is no "${printable(path)}"; list its folder to see what there is.`);
}
