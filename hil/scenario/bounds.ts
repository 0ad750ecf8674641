/**
 * What a text may not exceed before it is parsed: size, nesting, and marks that a scenario never needs.
 *
 * A YAML parser follows nesting by recursion and collects errors without end; these limits are found in one pass over
 * the tokens, so that a hostile file costs a moment and not the process.
 */
import { CST, Lexer } from 'yaml'
import { quoted } from '#hil/scenario/wording'

/** Something wrong with the text at a place. */
export interface Fault {
  /** Where in the text, counted from 0. */
  readonly offset: number
  readonly message: string
}

/** Largest file that is read: characters here, bytes on a disk. */
export const LARGEST_TEXT = 1_048_576
/** Deepest nesting of lists and maps. */
export const DEEPEST = 32
/** Most anchors, aliases, tags or directives: a scenario needs none of them. */
const MOST_MARKS = 1000
/** The message for a text that is nested too deeply. */
export const TOO_DEEP = `nested too deeply; no more than ${DEEPEST} levels are needed`

/** Tokens that the lexer puts before a document, before a scalar and after a broken list; none stands in the text. */
const ANNOUNCEMENTS: ReadonlySet<string> = new Set(['doc-mode', 'scalar', 'flow-error-end'])

/** What makes a text too large or too deep to be parsed at all, found without recursion. */
export function refusal(text: string): Fault | undefined {
  if (text.length > LARGEST_TEXT) {
    return {
      offset: 0,
      message: `the file has more than ${LARGEST_TEXT} characters; nothing that is read here is so large`,
    }
  }
  let [offset, depth, compact, marks, content, afterQuotes] = [0, 0, 0, 0, false, false]
  for (const token of new Lexer().lex(text)) {
    const type = content ? null : CST.tokenType(token)
    content = type === 'scalar'
    if (type !== null && ANNOUNCEMENTS.has(type)) continue
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth += 1
    else if (type === 'flow-map-end' || type === 'flow-seq-end') depth -= 1
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') compact += 1
    else if (type === 'newline') compact = 0
    else if (type === 'anchor' || type === 'alias' || type === 'tag' || type === 'directive-line') marks += 1
    const quotes = type === 'double-quoted-scalar' || type === 'single-quoted-scalar'
    if (quotes && afterQuotes) return { offset, message: 'not valid YAML: a quoted text directly follows another one' }
    if (type !== 'space') afterQuotes = quotes
    if (depth > DEEPEST || compact > DEEPEST) return { offset, message: TOO_DEEP }
    if (depth < 0) return { offset, message: `${quoted(token)} closes a list or map that was never opened` }
    if (marks > MOST_MARKS) {
      return { offset, message: `more than ${MOST_MARKS} anchors, aliases, tags or directives; write plain values` }
    }
    offset += token.length
  }
  return undefined
}
