/** What the host and its tools keep on disk between runs. */

export { CacheFolder, type CacheOptions, cacheKey } from "./folder.ts";
export { makeFolders } from "./make-folder.ts";
export {
  cacheFolderProblem,
  cacheRoots,
  homeFolder,
  safeCacheFolder,
  type UsedCache,
  usedCache,
} from "./safe-folder.ts";
export { writeFileAtomically } from "./whole-file.ts";
