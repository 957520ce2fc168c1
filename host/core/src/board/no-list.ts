import * as v from "valibot";

/**
 * A schema of an object that no list passes: valibot takes a list for an object with the keys "0", "1" and so on, the JSON
 * schema does not; and `[]` where an entry belongs is no entry with defaults.
 */
export function noList<Schema extends v.GenericSchema>(schema: Schema): Schema {
  return {
    ...schema,
    "~run"(dataset, config) {
      if (!Array.isArray(dataset.value)) return schema["~run"](dataset, config);
      v._addIssue(this, "type", dataset, config);
      return dataset as never;
    },
  };
}
