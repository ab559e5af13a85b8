/* Which lines of a card are marked. */

export interface Note {
  words: string;
  first: number | null;
  last: number | null;
}

/** Words about each line. What is about the whole card or has no place marks no line. */
export function notesOf(notes: readonly Note[], lines: number): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { words, first, last } of notes) {
    const end = Math.min(last ?? first ?? 0, lines);
    if (!first || first > lines || (first === 1 && end >= lines)) continue;
    for (let line = first; line <= end; line += 1) {
      const here = found.get(line);
      if (here) here.push(words);
      else found.set(line, [words]);
    }
  }
  return found;
}
