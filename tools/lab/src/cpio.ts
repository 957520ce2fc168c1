/** A member of a cpio archive. */
export interface CpioEntry {
  /** Path without a leading slash. */
  readonly path: string;
  /** File type and permissions as in `stat`: 0o100755 a program, 0o40755 a folder. */
  readonly mode: number;
  /** Empty for a folder. */
  readonly data?: Uint8Array;
}

/** An archive in the "newc" format that the kernel unpacks as initramfs: Documentation/driver-api/early-userspace. */
export function encodeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [index, entry] of entries.entries()) parts.push(...encodeMember(entry, index + 1));
  parts.push(...encodeMember({ path: "TRAILER!!!", mode: 0 }, 0));
  return Buffer.concat(parts);
}

function encodeMember(entry: CpioEntry, inode: number): Uint8Array[] {
  const data = entry.data ?? new Uint8Array();
  const name = new TextEncoder().encode(`${entry.path}\0`);
  const fields = [
    inode, // c_ino
    entry.mode, // c_mode
    0, // c_uid
    0, // c_gid
    1, // c_nlink
    0, // c_mtime
    data.length, // c_filesize
    0, // c_devmajor
    0, // c_devminor
    0, // c_rdevmajor
    0, // c_rdevminor
    name.length, // c_namesize
    0, // c_check
  ];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  const nameLength = header.length + name.length;
  return [new TextEncoder().encode(header), name, padding(nameLength), data, padding(data.length)];
}

/** Names and data are padded with zeros to a multiple of four. */
function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}
