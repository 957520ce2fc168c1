/** wasi:filesystem for one app: the one folder that the board gives it, if any, and nothing beside it. */

import type { FolderErrorCode } from "../../../folder/backend.ts";
import type { AppContext } from "../../context.ts";
import type { StreamFailure } from "../streams.ts";
import { Descriptor } from "./descriptor.ts";
import { DirectoryEntryStream } from "./directory-entry-stream.ts";

/** wasi:filesystem/preopens. */
export function appPreopens(context: AppContext) {
  return {
    getDirectories(): [Descriptor, string][] {
      context.budget.check();
      return context.folder === undefined ? [] : [[new Descriptor(context, context.folder, []), "/"]];
    },
  };
}

/** wasi:filesystem/types. */
export function appFilesystem(context: AppContext) {
  return {
    Descriptor,
    DirectoryEntryStream,
    filesystemErrorCode(error: StreamFailure): FolderErrorCode {
      context.budget.check();
      return error.code;
    },
  };
}
