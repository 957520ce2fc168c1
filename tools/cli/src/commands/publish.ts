import { type ComponentMetadata, LinkError, readMetadata } from "@busbar/host";
import type { Reference } from "@busbar/registry";
import type { Command } from "commander";
import { readComponentFile } from "../component-file.ts";
import { UsageError } from "../exit-codes.ts";
import { Output, style } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { columns } from "../output/table.ts";
import { showTransfer } from "../output/transfer-progress.ts";
import { megabytes } from "../output/units.ts";
import { jsonOption, registryOption } from "./options.ts";
import { parseName } from "./registry-name.ts";

interface PublishCommandOptions {
  readonly registry?: string;
  readonly json?: boolean;
}

/** `busbar publish`. */
export function addPublish(program: Command): void {
  program
    .command("publish")
    .summary("put a component into an OCI registry")
    .description(
      "Publishes a component in the form that wkg and other WebAssembly tools pull. A version that is there already is " +
        "never overwritten; the same component once more is no error. Credentials are those of docker login.",
    )
    .argument(
      "<reference>",
      'where to: "oci://registry/ns/name[:version]", or "ns:name[@version]" with --registry',
    )
    .argument("[component]", "a .wasm file, a driver package's folder, or an installed package", ".")
    .addOption(registryOption())
    .addOption(jsonOption())
    .action((reference: string, component: string, options: PublishCommandOptions) =>
      publish(reference, component, options),
    );
}

async function publish(
  name: string,
  component: string,
  { registry, json = false }: PublishCommandOptions,
): Promise<void> {
  const output = new Output(json);
  const named = await parseName(name, registry, { versionOptional: true });
  const { bytes, specifier } = readComponentFile(component);
  const metadata = metadataOf(bytes);
  const reference = withVersion(named, metadata, specifier);
  const { formatReference, publishComponent } = await import("@busbar/registry");

  const progress = await showTransfer("publishing", formatReference(reference), output);
  const onProgress = (moved: number, total: number) => progress.update(moved, total);
  const published = await publishComponent(bytes, reference, { metadata, onProgress }).finally(() =>
    progress[Symbol.dispose](),
  );

  const pinned = formatReference(published.reference);
  const status = published.wasThere ? "already-there" : "published";
  if (json) {
    const { component: digest, bytes: length } = published;
    output.document({ status, reference: pinned, component: digest, bytes: length });
    return;
  }
  const title = published.wasThere ? "is there already, the same component" : "published";
  output.block(
    `${style("bold", printable(formatReference(reference), 1000))}  ${title}\n` +
      columns(
        [
          ["  size", megabytes(published.bytes)],
          ["  pinned", printable(pinned, 1000)],
        ],
        ["left", "left"],
      ),
  );
}

/** The version of the reference; without it the component's own. Two that differ are a mistake of somebody. */
function withVersion(reference: Reference, { version }: ComponentMetadata, specifier: string): Reference {
  if (reference.digest !== undefined) {
    throw new UsageError("a reference to publish to has no digest; leave out what follows the @.");
  }
  if (reference.version === undefined && version === "") {
    throw new UsageError(
      `${specifier} does not say its version; add one to the reference, such as ":1.0.0".`,
    );
  }
  if (reference.version !== undefined && version !== "" && reference.version !== version) {
    throw new UsageError(
      `${specifier} says that it is version ${version}, not ${reference.version}; build it again, or publish it as ${version}.`,
    );
  }
  return { ...reference, version: reference.version ?? version };
}

/** Damaged metadata is no metadata here: whether the component itself is whole is checked when it is published. */
function metadataOf(bytes: Uint8Array): ComponentMetadata {
  try {
    return readMetadata(bytes);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { name: "", version: "" };
  }
}
