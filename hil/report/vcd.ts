/**
 * Waveforms of a run as a value change dump (IEEE 1364), which GTKWave and its like open.
 *
 * A view of a trace: steps of the rotor, the ledgers in volume and mass, what the pump said of itself, alarms and faults,
 * on one axis in microseconds. Prescribed amounts grow without steps; they are written wherever anything else changes.
 * Texts are strings, as GTKWave reads them. Written change by change, so that it takes little memory, and cut at a bound.
 */
import { MOST_SIGNALS, type Signal, signalsOf } from '#hil/report/vcd-signals'
import { beyondEnd, type Window } from '#hil/report/window'
import { booksOf } from '#hil/run/judge'
import type { Trace } from '#hil/run/trace'

/** Instants that one dump holds at most: some hundred megabytes. */
const MOST_INSTANTS = 1_000_000

/**
 * The text, in pieces. Returns what is missing from it, or null where it is whole. Outside of the window nothing is
 * written; what stands at its beginning is.
 */
export function* vcdReport(trace: Trace, window: Window, most = MOST_INSTANTS): Generator<string, string | null> {
  const { header, ledgers } = booksOf(trace)
  const from_us = Math.min(Math.max(0, window.from_us), ledgers.reached_us)
  const to_us = Math.min(window.to_us, ledgers.reached_us)
  const all = signalsOf(ledgers, from_us)
  const signals = all.slice(0, MOST_SIGNALS).map((signal, index) => ({ ...signal, id: identifier(index) }))
  yield* declarations(header.scenario, trace.sha256, signals)

  const sources = signals.map((signal) => new Source(signal))
  const following = sources.filter(({ follows }) => follows)
  yield `#${from_us}\n$dumpvars\n`
  for (const source of sources) yield source.through(from_us)
  yield '$end\n'

  let last_us = from_us
  for (let instants = 1; ; instants += 1) {
    const next_us = sources.reduce((next, { next_us }) => Math.min(next, next_us), Number.POSITIVE_INFINITY)
    if (next_us > to_us) break
    if (instants >= most) {
      yield `$comment cut off here: at most ${most} instants are written $end\n`
      return `ends at ${last_us / 1e6} s: at most ${most} instants are written; choose a window`
    }
    yield `#${next_us}\n`
    const due = sources.filter((source) => source.next_us === next_us)
    const followed = due.some(({ quiet }) => !quiet)
    for (const source of due) yield source.through(next_us)
    if (followed) for (const source of following) yield source.through(next_us)
    last_us = next_us
  }
  if (last_us < to_us) {
    yield `#${to_us}\n`
    for (const source of following) yield source.through(to_us)
  }
  return all.length > signals.length
    ? `lacks ${all.length - signals.length} signals: it holds ${MOST_SIGNALS}`
    : beyondEnd(window, () => ledgers.reached_us)
}

interface Declared extends Signal {
  readonly id: string
}

function* declarations(scenario: string, sha256: string, signals: readonly Declared[]): Generator<string> {
  yield `$version pumpbench $end\n$comment trace sha256 ${word(sha256)} $end\n$timescale 1 us $end\n`
  yield `$scope module ${word(scenario)} $end\n`
  const taken = new Set<string>()
  for (const { name, kind, id } of signals) {
    const plainName = word(name)
    let unique = plainName
    for (let n = 2; taken.has(unique); n += 1) unique = `${plainName}_${n}`
    taken.add(unique)
    yield `$var ${VAR_TYPES[kind]} ${id} ${unique} $end\n`
  }
  yield '$upscope $end\n$enddefinitions $end\n'
}

const VAR_TYPES: Readonly<Record<Signal['kind'], string>> = {
  wire: 'wire 1',
  count: 'integer 32',
  real: 'real 64',
  text: 'string 1',
}

/** One signal on its way through the run. */
class Source {
  /** When it changes next by itself; never where it only follows the others. */
  next_us: number
  /** Whether it changes all the time, and is written when others change. */
  readonly follows: boolean
  /** Whether its changes are no occasion to write those that follow. */
  readonly quiet: boolean
  readonly #signal: Declared
  readonly #changes: Iterator<{ readonly t_us: number; readonly value: number | string }>
  #pending: number | string | undefined
  #value: number | string
  #written: string | null = null

  constructor(signal: Declared) {
    this.#signal = signal
    this.#value = signal.initial
    this.follows = signal.valueAt !== undefined
    this.quiet = signal.quiet === true
    this.#changes = signal.changes[Symbol.iterator]()
    this.next_us = 0
    this.#advance()
  }

  /** The change up to and including an instant, or nothing where there is none. */
  through(t_us: number): string {
    while (this.next_us <= t_us) {
      this.#value = this.#pending ?? this.#value
      this.#advance()
    }
    const value = this.#signal.valueAt?.(t_us) ?? this.#value
    const text = change(this.#signal, value)
    if (text === this.#written) return ''
    this.#written = text
    return text
  }

  #advance(): void {
    const { done, value } = this.#changes.next()
    this.next_us = done === true ? Number.POSITIVE_INFINITY : value.t_us
    this.#pending = done === true ? undefined : value.value
  }
}

function change({ kind, id }: Declared, value: number | string): string {
  switch (kind) {
    case 'wire':
      return `${value === 0 ? 0 : 1}${id}\n`
    case 'count':
      return `b${binary(Number(value))} ${id}\n`
    case 'real':
      return `r${value} ${id}\n`
    case 'text':
      return `s${word(String(value))} ${id}\n`
  }
}

/** In 32 bits, as two's complement where a count falls below zero. */
function binary(value: number): string {
  return (value >>> 0).toString(2)
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Short names of letters, which no reader takes for a value or a keyword. */
function identifier(index: number): string {
  const letter = LETTERS.charAt(index % LETTERS.length)
  const rest = Math.floor(index / LETTERS.length)
  return rest === 0 ? letter : identifier(rest - 1) + letter
}

const LONGEST_WORD = 64

/** A text as one word that no reader takes for anything else. */
function word(text: string): string {
  const safe = text.slice(0, LONGEST_WORD).replaceAll(/[^A-Za-z0-9_.:+]/g, '_')
  return safe === '' ? '_' : safe
}
