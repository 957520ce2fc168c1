/** What the host and its tools keep on disk between runs. */

export { CacheFolder, type CacheOptions, cacheKey } from "./folder.ts";
export { writeWholeFile } from "./whole-file.ts";
