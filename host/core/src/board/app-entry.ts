import * as v from "valibot";
import { limits } from "./entry.ts";
import { list, name, notEmpty, strictObject, text, trueOrFalse, upTo, wholeNumber } from "./values.ts";

const folderGrant = strictObject({
  path: v.pipe(
    text,
    notEmpty,
    upTo(4096),
    v.description(
      "The folder, relative to the board file. The app sees nothing outside of it, and follows no link.",
    ),
  ),
  write: v.pipe(
    v.optional(trueOrFalse, false),
    v.description(
      "Whether the app may make files and folders in it. Otherwise it can only read what is there.",
    ),
  ),
  overwrite: v.pipe(
    v.optional(trueOrFalse, false),
    v.description('Whether it may change, rename and take away what is there; with "write".'),
  ),
  maximumMiB: v.pipe(
    v.optional(wholeNumber(1, 2 ** 30)),
    v.description(
      "The most that it may write while the board is open, in MiB, however often it is run. No limit where it is not set.",
    ),
  ),
});

/** An entry of a board file's `apps`. */
export const app = strictObject({
  component: v.pipe(
    text,
    notEmpty,
    upTo(4096),
    v.description(
      'The app: a package name such as "@busbar/weather-station", a file such as "./station.wasm", or a component in a ' +
        'registry such as "oci://ghcr.io/busbar/station:1.2.3".',
    ),
  ),
  uses: v.pipe(
    v.optional(v.pipe(list(name), v.maxLength(1024, "expected at most 1024 devices")), []),
    v.description('The devices of this board that the app may open, by their names in "devices".'),
  ),
  arguments: v.pipe(
    v.optional(
      v.pipe(list(v.pipe(text, upTo(4096))), v.maxLength(256, "expected at most 256 arguments")),
      [],
    ),
    v.description('What the app is run with; "busbar run board.json -- more" adds to it.'),
  ),
  folder: v.pipe(v.optional(folderGrant), v.description("The one folder that the app may use.")),
  limits: v.optional(strictObject({ memoryMiB: limits.entries.memoryMiB }), {}),
});

/** One entry of a checked board's `apps`. */
export type AppEntry = v.InferOutput<typeof app>;

/** The same as it is written: defaults left out. */
export type WrittenAppEntry = v.InferInput<typeof app>;

/** The folder of an app's entry, and what may be done in it. */
export type FolderGrant = v.InferOutput<typeof folderGrant>;
