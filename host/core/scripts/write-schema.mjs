// Writes dist/board.schema.json from the schema that parses board files, so that editors and all hosts agree. What a host in
// another language needs beyond JSON schema's own keywords, and editors pass over:
//
//   x-messages       for each keyword beside it, what is said where a value does not fit; "integer" is the second half of
//                    "type": "integer", for a number with a fraction
//   x-becomes        what a value becomes that fits: "number", "text", "bus-name" (of I2C), "spi-bus-name",
//                    "gpio-chip-name" or "uart-port-name"
//   x-discriminator  beside "oneOf": the key that tells which of them is meant
//
// The order of the keywords is the order of the checks.
import { writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { boardSchema } from "../dist/index.js";

/** Which keyword is made of a check. Those of lengths depend on what is measured. */
const keywordOf = {
  check_items: () => "uniqueItems",
  integer: () => "integer",
  max_entries: () => "maxProperties",
  max_length: ({ type }) => (type === "array" ? "maxItems" : "maxLength"),
  max_value: () => "maximum",
  min_length: ({ type }) => (type === "array" ? "minItems" : "minLength"),
  min_value: () => "minimum",
  regex: () => "pattern",
};

/** Every check has its own message; one in valibot's words is none for people. */
function expectation({ type, message }) {
  if (typeof message === "string") return message;
  throw new Error(`board schema: a ${type} has no message of its own`);
}

function withMessages(jsonSchema, messages) {
  return { ...jsonSchema, "x-messages": { ...jsonSchema["x-messages"], ...messages } };
}

function overrideAction({ valibotAction, jsonSchema, errors }) {
  const keyword = keywordOf[valibotAction.type]?.(jsonSchema);
  if (keyword === undefined) return undefined;
  // The only check of items there is: that none is twice.
  if (keyword === "uniqueItems") jsonSchema = { ...jsonSchema, uniqueItems: true };
  else if (errors !== undefined) throw new Error(errors.join(" "));
  return withMessages(jsonSchema, { [keyword]: expectation(valibotAction) });
}

function overrideSchema({ valibotSchema, jsonSchema, errors }) {
  if (errors !== undefined) throw new Error(errors.join(" "));
  switch (valibotSchema.type) {
    case "picklist":
      return withMessages(jsonSchema, { enum: expectation(valibotSchema) });
    case "union":
      return withMessages(jsonSchema, { anyOf: expectation(valibotSchema) });
    case "never":
      return withMessages(jsonSchema, { not: expectation(valibotSchema) });
    case "variant": {
      const { key, message } = valibotSchema;
      const messages = { type: message({ path: undefined }), oneOf: message({ path: [] }) };
      return withMessages({ ...jsonSchema, "x-discriminator": key }, messages);
    }
    case "strict_object":
    case "loose_object":
      describeAll(valibotSchema.entries, jsonSchema.properties);
      return withMessages(jsonSchema, { type: expectation(valibotSchema) });
    default:
      return "type" in jsonSchema && valibotSchema.type !== "optional"
        ? withMessages(jsonSchema, { type: expectation(valibotSchema) })
        : undefined;
  }
}

/** What comes after a transformation is no longer of the input, but its description is. */
function describeAll(entries, properties) {
  for (const [key, entry] of Object.entries(entries)) {
    const description = v.getDescription(entry);
    if (description !== undefined) properties[key].description ??= description;
  }
}

const schema = toJsonSchema(boardSchema, {
  typeMode: "input",
  target: "draft-2020-12",
  overrideAction,
  overrideSchema,
});
const titled = { title: "Busbar board file", ...schema };
writeFileSync(new URL("../dist/board.schema.json", import.meta.url), `${JSON.stringify(titled, null, 2)}\n`);
