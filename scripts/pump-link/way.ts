/**
 * The ways to a pump that a command line can name: `exec:COMMAND`, `tcp:HOST:PORT` and `serial:PATH`.
 *
 * A command comes from the command line alone, never from a file, and no shell ever sees it.
 */
import type { Named } from '#scripts/registry'
import { wireNameProblem } from '#scripts/wire-rigs'

export type PumpWay =
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  /** What the rigs on wires are reached by, too. */
  | { readonly kind: 'transport'; readonly name: string }

/** A name stands in every result. */
const LONGEST_NAME = 200
const MOST_ARGUMENTS = 100

/** The way that the name means; null where it is none of a wire. */
export function pumpWayOf(name: string, where = '--pump'): Named<PumpWay> | null {
  if (!/^(exec|tcp|serial):/.test(name)) return null
  const problem = (text: string) => ({ ok: false, problem: `${where} ${JSON.stringify(name)}: ${text}` }) as const
  if (name.length > LONGEST_NAME) return problem(`a name of a pump has at most ${LONGEST_NAME} characters`)
  if (!name.startsWith('exec:')) {
    const wrong = wireNameProblem(name)
    return wrong === null ? { ok: true, value: { kind: 'transport', name } } : problem(wrong)
  }
  const argv = argumentsOf(name.slice('exec:'.length))
  if (typeof argv === 'string') return problem(argv)
  if (argv.length === 0 || argv[0] === '') return problem('a command is missing, such as exec:./my-pump')
  if (argv.length > MOST_ARGUMENTS) return problem(`at most ${MOST_ARGUMENTS} arguments are possible`)
  return { ok: true, value: { kind: 'exec', argv } }
}

/**
 * A command as its words: they are parted by blanks, what stands between two single or two double quotes is part of a word
 * as it is, and nothing else means anything: no variable, no pattern, no backslash. Or what is wrong with it.
 */
export function argumentsOf(command: string): readonly string[] | string {
  const words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  for (const character of command) {
    if (quote !== null) {
      if (character === quote) quote = null
      else word = (word ?? '') + character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
    } else if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + character
  }
  if (quote !== null) return `the quote ${quote} is not closed`
  return word === null ? words : [...words, word]
}
