// Writes dist/board.schema.json from the schema that parses board files, so that editors and the host agree.
import { writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { boardSchema } from "../dist/index.js";

const schema = toJsonSchema(boardSchema, { typeMode: "input", target: "draft-2020-12" });
const titled = { title: "Busbar board file", ...schema };
writeFileSync(new URL("../dist/board.schema.json", import.meta.url), `${JSON.stringify(titled, null, 2)}\n`);
