import { camelCase, valueText } from "./value-text.ts";

/** busbar:conformance/tables `row`. */
export interface Row {
  readonly name: string;
  readonly function: string;
  readonly parameters: string;
  readonly answer: string;
}

/** Calls functions, and writes down what came back. */
export class Table {
  readonly rows: Row[] = [];

  /**
   * Calls a function, and adds a row. What is called is found by the name that the row has, so that no row can tell of
   * another function than was called.
   *
   * @param name what it shows
   * @param of the interface's functions, or the handle whose method it is
   * @param called "wasi:i2c/i2c [method]i2c.read", or "component:usb/device init"
   * @returns what came back; undefined for an error
   * @throws what is no error of the interface
   */
  call<Result>(name: string, of: object, called: string, ...parameters: unknown[]): Result | undefined {
    const method = camelCase(called.slice(called.lastIndexOf(called.includes(".") ? "." : " ") + 1));
    const row = { name, function: called, parameters: parameters.map(valueText).join(", ") };
    try {
      const result: unknown = Reflect.apply(Reflect.get(of, method), of, parameters);
      this.rows.push({ ...row, answer: result === undefined ? "ok" : `ok ${valueText(result)}` });
      return result as Result;
    } catch (error) {
      if (!hasPayload(error)) throw error;
      this.rows.push({ ...row, answer: `error ${valueText(error.payload)}` });
      return undefined;
    }
  }
}

/** Whether it is an error of an interface. StarlingMonkey makes those in another realm, which has an Error of its own. */
function hasPayload(thrown: unknown): thrown is { readonly payload: unknown } {
  return typeof thrown === "object" && thrown !== null && "payload" in thrown;
}
