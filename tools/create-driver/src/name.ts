/** The name of a new driver, in the forms that its files need. */

import validateName from "validate-npm-package-name";
import { CreateError } from "./error.ts";

/** A checked name. */
export interface DriverName {
  /** The package's: "@me/my-sensor". */
  readonly full: string;
  /** Without the scope, as files are called: "my-sensor". */
  readonly short: string;
  /** As the class is called: "MySensor". */
  readonly pascal: string;
  /** As the options begin: "mySensor". */
  readonly camel: string;
}

/** Longer ones make lines that no formatter can keep short. */
const LONGEST = 24;

/**
 * Checks a name: one that npm takes, of which a class can have the name.
 *
 * @throws CreateError
 */
export function parseName(text: string): DriverName {
  const { validForNewPackages, errors = [], warnings = [] } = validateName(text);
  if (!validForNewPackages) {
    const [reason = "npm takes no such name"] = [...errors, ...warnings];
    throw new CreateError(
      `${JSON.stringify(text)} cannot be a package's name: ${reason}; choose one such as "my-sensor".`,
    );
  }
  const short = text.replace(/^@[^/]*\//, "");
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(short) || short.length > LONGEST) {
    throw new CreateError(
      `A driver is named as its part is, in at most ${LONGEST} lower-case letters, digits and single hyphens, a letter ` +
        `first: "hts221", not ${JSON.stringify(short)}.`,
    );
  }
  return { full: text, short, ...identifiers(short) };
}

/** The name of a member of the Busbar workspace, which all have its scope: "@busbar/my-sensor". */
export function scoped(name: DriverName): DriverName {
  return name.full === name.short ? { ...name, full: `@busbar/${name.short}` } : name;
}

/** "my-sensor" as "MySensor" and "mySensor". */
export function identifiers(short: string): Pick<DriverName, "pascal" | "camel"> {
  const pascal = short.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  return { pascal, camel: pascal[0]!.toLowerCase() + pascal.slice(1) };
}
