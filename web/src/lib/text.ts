/** Upper case as a Turkish reader expects: `istanbul` → `İSTANBUL`. */
export function upper(text: string, language: string): string {
  return text.toLocaleUpperCase(language);
}

/** Case, diacritics and the four Turkish letters i folded away, as on the server: for finding, never for showing. */
export function fold(text: string): string {
  return text.replace(/[İIı]/g, 'i').normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim();
}

/** The first letters of the first and the last word, for a badge. */
export function initials(name: string, language: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return upper(picked.map((word) => [...(word ?? '')][0] ?? '').join(''), language);
}
