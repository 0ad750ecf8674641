/**
 * MT-SICS: the lines that a laboratory balance says and hears.
 *
 * One reply is one line of ASCII that ends in CR LF: the command it answers, a status, and for a weight its value and unit.
 * `S` is stable, `D` dynamic, `I` not executable now, `L` wrong parameter, `+` overload, `-` underload; `A` acknowledges.
 * A line that begins with `E` answers no command: `ES` syntax error, `ET` transmission error, `EL` logical error. What does
 * not fit is malformed and never guessed at. After the METTLER TOLEDO reference manual "Standard Interface Command Set",
 * levels 0 and 1, chapters 3.2 and 4.
 */
import { multiply, type Rational, ratio } from '#units/rational'

/** What is asked of a balance here. */
export const QUERIES = ['S', 'SI', 'SIR', 'Z', 'T', 'I4', '@'] as const

/** S: the next stable weight; SI: the weight now; SIR: the weight again and again; Z: zero; T: tare; I4: serial number; @: reset. */
export type Query = (typeof QUERIES)[number]

export interface Weight {
  /** Signed: what a balance loses is less than nothing. */
  readonly mass_mg: Rational
  /** One unit of the last decimal that is shown. */
  readonly resolution_mg: Rational
}

export type Reply =
  | { readonly kind: 'weight'; readonly to: 'S' | 'T'; readonly stable: boolean; readonly weight: Weight }
  | { readonly kind: 'serial'; readonly serial: string }
  | { readonly kind: 'done'; readonly to: 'Z' }
  /** It cannot now: it is busy, or no weight became stable in time. */
  | { readonly kind: 'not-now'; readonly to: string }
  | { readonly kind: 'out-of-range'; readonly to: string; readonly side: 'over' | 'under' }
  | { readonly kind: 'wrong-parameter'; readonly to: string }
  | { readonly kind: 'error'; readonly error: 'syntax' | 'transmission' | 'logical' }
  | { readonly kind: 'malformed'; readonly why: string }

/** Milligrams to a unit. Micro is written as in Latin-1, or as `u` or `mc`. */
const UNITS: ReadonlyMap<string, Rational> = new Map([
  ['kg', ratio(1_000_000n, 1n)],
  ['g', ratio(1000n, 1n)],
  ['mg', ratio(1n, 1n)],
  ['\u00b5g', ratio(1n, 1000n)],
  ['ug', ratio(1n, 1000n)],
  ['mcg', ratio(1n, 1000n)],
])

const ERRORS: ReadonlyMap<string, Reply> = new Map([
  ['ES', { kind: 'error', error: 'syntax' }],
  ['ET', { kind: 'error', error: 'transmission' }],
  ['EL', { kind: 'error', error: 'logical' }],
])

const WEIGHT = /^([ST]) ([SD]) +(-?)(\d{1,9})(?:\.(\d{1,9}))? ([^ ]{1,5}) *$/
const SERIAL = /^I4 A "([\x20\x21\x23-\x7e]{1,40})"$/
const STATUS = /^(S|T|Z|I4) ([A-Z+-])$/

/** The command as bytes, its line end included. */
export function queryBytes(query: Query): Uint8Array {
  return Uint8Array.from(`${query}\r\n`, (character) => character.charCodeAt(0))
}

/** Reads one line without its end. Never throws. */
export function parseReply(line: string): Reply {
  const error = ERRORS.get(line)
  if (error !== undefined) return error
  const weight = WEIGHT.exec(line)
  if (weight !== null) return weightOf(weight)
  const serial = SERIAL.exec(line)?.[1]
  if (serial !== undefined) return { kind: 'serial', serial }
  const [, to, status] = STATUS.exec(line) ?? []
  if (to === undefined || status === undefined) return malformed('this is no reply of a balance')
  return statusOf(to, status)
}

function weightOf([, to, status, sign, whole = '', decimals = '', unit = '']: RegExpExecArray): Reply {
  const factor = UNITS.get(unit)
  if (factor === undefined) return malformed(`unknown unit ${JSON.stringify(unit)}`)
  const stable = status === 'S'
  if (to === 'T' && !stable) return malformed('a tare is stable')
  const scale = 10n ** BigInt(decimals.length)
  const count = BigInt(whole + decimals)
  const weight = {
    mass_mg: multiply(ratio(sign === '-' ? -count : count, scale), factor),
    resolution_mg: multiply(ratio(1n, scale), factor),
  }
  return { kind: 'weight', to: to === 'T' ? 'T' : 'S', stable, weight }
}

function statusOf(to: string, status: string): Reply {
  switch (status) {
    case 'I':
      return { kind: 'not-now', to }
    case 'L':
      return { kind: 'wrong-parameter', to }
    case '+':
    case '-':
      return to === 'I4'
        ? malformed('a serial number has no range')
        : { kind: 'out-of-range', to, side: status === '+' ? 'over' : 'under' }
    case 'A':
      return to === 'Z' ? { kind: 'done', to } : malformed(`nothing acknowledges ${to} without a value`)
    default:
      return malformed(`unknown status ${JSON.stringify(status)}`)
  }
}

function malformed(why: string): Reply {
  return { kind: 'malformed', why }
}
