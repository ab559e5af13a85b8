/* How often somebody has looked: who looks often enough finds something, whatever there is. */

/** A name for the marked rows: the same rows have the same name. */
export function nameOf(marks: Uint8Array): string {
  let hash = 0x811c9dc5;
  let count = 0;
  for (let row = 0; row < marks.length; row += 1) {
    if (!marks[row]) continue;
    count += 1;
    hash = Math.imul(hash ^ row, 0x01000193) >>> 0;
    hash = (hash ^ (hash >>> 13)) >>> 0;
  }
  return `${count}-${hash.toString(36)}`;
}

/** Count a look, once for the same rows; gives how many there were of this study in this window. */
export function countLook(study: string, rows: string): number {
  const key = `cardiogram-looks-${study}`;
  let looks: string[] = [];
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    if (Array.isArray(kept)) looks = kept.filter((each) => typeof each === "string");
  } catch {
    // Not readable: counted from here on.
  }
  if (!looks.includes(rows)) looks.push(rows);
  try {
    sessionStorage.setItem(key, JSON.stringify(looks));
  } catch {
    // Full or forbidden.
  }
  return looks.length;
}
