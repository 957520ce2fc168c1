/** The parts of an interface name such as "wasi:i2c/i2c@0.2.0-draft". */
export interface InterfaceName {
  /** Package and interface: "wasi:i2c/i2c". */
  readonly path: string;
  /** The version, without "@"; empty where the name has none. */
  readonly version: string;
}

/** Splits an interface name; a plain name such as "run" has itself as the path. */
export function parseInterfaceName(name: string): InterfaceName {
  const at = name.indexOf("@");
  return at === -1 ? { path: name, version: "" } : { path: name.slice(0, at), version: name.slice(at + 1) };
}

/**
 * Whether an implementation of version `offered` serves an import of version `asked`: the same track, which is what
 * comes before the first number that may change without breaking anything (Component Model, Explainer.md,
 * `canonversion`: major; 0.minor; 0.0.patch; a pre-release only itself), and not older.
 */
export function serves(offered: string, asked: string): boolean {
  if (offered === asked) return true;
  const offer = numbers(offered);
  const ask = numbers(asked);
  if (offer === undefined || ask === undefined) return false;
  const fixed = offer.findIndex((number) => number !== 0);
  if (fixed === -1) return false;
  for (let index = 0; index < 3; index += 1) {
    const difference = offer[index]! - ask[index]!;
    if (difference !== 0) return index > fixed && difference > 0;
  }
  return true;
}

/**
 * The three numbers of a released version; undefined for a pre-release, for what is no version (semver.org, items 2 and
 * 9), and for numbers that not every host can count.
 */
function numbers(version: string): readonly [number, number, number] | undefined {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version);
  if (match === null) return undefined;
  const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number];
  return [major, minor, patch].every(Number.isSafeInteger) ? [major, minor, patch] : undefined;
}
