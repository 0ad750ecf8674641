/**
 * How a message quotes what it found and what was probably meant.
 *
 * A scenario file may hold anything, terminal escapes included; what reaches a message is one line of visible
 * characters of bounded length.
 */

const LONGEST_QUOTE = 60
const LONGEST_MESSAGE = 600
/** Control characters, line separators, marks that change the direction of text, and code points without a meaning. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}

/** Any text as one line of visible characters, at most `longest` of them. */
export function visible(text: string, longest = LONGEST_MESSAGE): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}...` : text
  return cut.replaceAll(UNSAFE, escaped)
}

/** Text from the file, in quotes. */
export function quoted(text: string): string {
  return `"${visible(text, LONGEST_QUOTE)}"`
}

/** A value of the file in words: texts and numbers are quoted, the rest is named. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map of keys'
  return quoted(String(value))
}

/** Fewest characters to insert, delete, replace or swap with a neighbor to turn one word into the other. */
function distance(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    ;[before, row] = [row, next]
  }
  return row[b.length] ?? 0
}

/** The candidate closest to a misspelled word, when one is close enough to have been meant. */
function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_QUOTE) return undefined
  const spelled = word.toLowerCase().replaceAll('_', '-')
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const off = distance(spelled, candidate.toLowerCase().replaceAll('_', '-'))
    if (off < least) [best, least] = [candidate, off]
  }
  return best
}

/** `; did you mean "x"?`, or nothing when no candidate is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const candidate = closest(word, candidates)
  return candidate === undefined ? '' : `; did you mean ${quoted(candidate)}?`
}
