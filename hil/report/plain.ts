/**
 * Text that came from outside, made safe to show: names, drugs and messages of a scenario, a rig or a trace.
 *
 * A control character can clear a terminal, an escape sequence can recolor a failing verdict, a right-to-left override
 * can turn a dose around. None of them reaches a reader: each is shown as `\u{1b}`, seen and harmless.
 */

/** Controls, format characters (bidi, zero width), lone surrogates, private use, what XML forbids, line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufffe\uffff]/gu

/** The text on one line, with every invisible or controlling character spelled out. */
export function plain(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Scripts whose letters fill two columns of a terminal, and pictographs. */
const WIDE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u
const MARK = /\p{M}/u

/** How many columns of a terminal the plain text fills. */
export function columns(text: string): number {
  let count = 0
  for (const character of text) count += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return count
}

/** The text cut to at most `width` columns; a cut is shown as `...`. */
export function clip(text: string, width: number): string {
  if (columns(text) <= width) return text
  const room = Math.max(0, width - 3)
  let kept = ''
  let used = 0
  for (const character of text) {
    used += columns(character)
    if (used > room) break
    kept += character
  }
  return kept + '...'.slice(0, Math.max(0, width))
}

/** The text in lines of at most `width` columns, broken at spaces, or inside a word that is wider than a line. */
export function flow(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (columns(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (columns(line) > width) {
      const head = [...line].slice(0, Math.max(1, Math.floor(width / 2))).join('')
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  if (line !== '') lines.push(line)
  return lines
}
