import { HostError } from "@busbar/host";

/**
 * Loads `@busbar/build`, which only authors install: it is ten times as large as all the rest.
 *
 * @param command that needs it: "build"
 * @throws HostError with code "component" where it is not installed
 */
export async function loadBuildTool(command: string): Promise<typeof import("@busbar/build")> {
  try {
    return await import("@busbar/build");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("'@busbar/build'")) throw cause;
    throw new HostError(
      "component",
      `busbar ${command} needs the build tool, which is not installed beside busbar; run "npm install --save-dev @busbar/build" there (with -g if busbar is global).`,
      { cause },
    );
  }
}
