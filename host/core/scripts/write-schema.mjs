// Writes dist/board.schema.json from the schema that parses board files, so that editors and the host agree.
import { writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { boardSchema } from "../dist/index.js";

const schema = toJsonSchema(boardSchema, {
  typeMode: "input",
  target: "draft-2020-12",
  // The only check of items there is: that none is twice.
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === "check_items" ? { ...jsonSchema, uniqueItems: true } : undefined,
});
const titled = { title: "Busbar board file", ...schema };
writeFileSync(new URL("../dist/board.schema.json", import.meta.url), `${JSON.stringify(titled, null, 2)}\n`);
