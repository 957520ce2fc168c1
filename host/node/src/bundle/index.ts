/** A board with all that it takes in one folder, prepared where it was made. */

export { Bundle, type ReadBundleOptions } from "./bundle.ts";
export {
  type BundleLock,
  bundleBoardName,
  bundleFolders,
  bundleFormat,
  bundleLockName,
  isBundle,
  type NativeCode,
} from "./check.ts";
export { type PreparedFiles, prepareForBundle } from "./prepare.ts";
