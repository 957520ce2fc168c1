/** What the host and its tools keep on disk between runs. */

export { CacheFolder, type CacheOptions, cacheKey } from "./folder.ts";
export { cacheFolderProblem, cacheRoot, homeFolder, safeCacheFolder } from "./safe-folder.ts";
export { writeFileAtomically } from "./whole-file.ts";
