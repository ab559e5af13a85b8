/* Which lines of a card are marked. */

export interface Note {
  words: string;
  first: number | null;
  last: number | null;
}

/** Notes by line. What is about the whole card or has no place marks no line. */
export function notesOf<T extends Note>(notes: readonly T[], lines: number): Map<number, T[]> {
  const found = new Map<number, T[]>();
  for (const note of notes) {
    const { first, last } = note;
    const end = Math.min(last ?? first ?? 0, lines);
    if (!first || first > lines || (first === 1 && end >= lines)) continue;
    for (let line = first; line <= end; line += 1) {
      const here = found.get(line);
      if (here) here.push(note);
      else found.set(line, [note]);
    }
  }
  return found;
}
