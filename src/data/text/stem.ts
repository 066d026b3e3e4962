// A light stemmer for English: enough to bring rise, rises and rising together, and no more. The same word always gives the same stem.

const VOWEL = /[aeiouy]/;

/** Lower case letters in, lower case letters out; words of up to three letters stay as they are. */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  let root = plural(word);
  root = past(root);
  if (root.length > 5 && root.endsWith("ly")) root = root.slice(0, -2);
  return root.length > 3 && root.endsWith("e") ? root.slice(0, -1) : root;
}

function plural(word: string): string {
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(ss|us|is)$/.test(word)) return word;
  if (/(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

function past(word: string): string {
  if (word.endsWith("ied") && word.length > 4) return `${word.slice(0, -3)}y`;
  for (const suffix of ["ing", "ed"]) {
    const root = word.slice(0, -suffix.length);
    if (word.endsWith(suffix) && root.length >= 3 && VOWEL.test(root)) return undouble(root);
  }
  return word;
}

/** `stopp` to `stop`; ll, ss and zz belong to the word. */
function undouble(root: string): string {
  const end = root.slice(-2);
  return end[0] === end[1] && !"aeioulsz".includes(end[0] as string) ? root.slice(0, -1) : root;
}
