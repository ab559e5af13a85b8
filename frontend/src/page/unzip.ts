/* A zip whose files are stored as they are: the archive of our code, which is packed as a whole. */

export interface ZipEntry {
  path: string;
  bytes: Uint8Array;
}

const [END, ENTRY] = [0x06054b50, 0x02014b50];
const [END_LENGTH, ENTRY_LENGTH, LOCAL_LENGTH] = [22, 46, 30];

/** The files of a stored zip without a comment; folders are left out. */
export function readZip(zip: Uint8Array): ZipEntry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.length - END_LENGTH;
  if (end < 0 || view.getUint32(end, true) !== END) throw new Error("the archive is damaged");
  const found: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== ENTRY || view.getUint16(at + 10, true) !== 0) throw new Error("the archive is damaged");
    const [size, name, extra, comment] = [view.getUint32(at + 24, true), ...[28, 30, 32].map((to) => view.getUint16(at + to, true))] as
      [number, number, number, number];
    const local = view.getUint32(at + 42, true);
    const start = local + LOCAL_LENGTH + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const path = new TextDecoder().decode(zip.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + name));
    if (!path.endsWith("/")) found.push({ path, bytes: zip.subarray(start, start + size) });
    at += ENTRY_LENGTH + name + extra + comment;
  }
  return found;
}
