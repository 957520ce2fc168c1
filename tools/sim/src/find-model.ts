/**
 * The model that an entry of the `simulate` list names.
 *
 * @param own the simulator's, by name
 * @param modules what modules export by default, by the name in the entry
 * @throws RangeError for an unknown name, and for a module whose default export is no model
 */
export function findModel<Model extends { create(parameters: unknown, ...rest: never[]): unknown }>(
  name: string,
  own: ReadonlyMap<string, Model>,
  modules: ReadonlyMap<string, unknown>,
): Model {
  const model = own.get(name) ?? modules.get(name);
  if (model === undefined) {
    const known = [...own.keys()].join(", ");
    throw new RangeError(
      `There is no such model; choose one of ${known}, or name a module such as "./model.ts".`,
    );
  }
  if (isModel<Model>(model)) return model;
  throw new RangeError('Its default export is no model; write "export default defineModel(...)".');
}

function isModel<Model>(value: unknown): value is Model {
  return typeof (value as { create?: unknown } | null)?.create === "function";
}
