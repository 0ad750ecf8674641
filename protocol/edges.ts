/**
 * The entries of the input mode as an EDGES frame carries them: what a rig saw of a pump that turns its own motor, and at
 * which ticks.
 *
 * An entry is a character for what happened and one or more for how many ticks after the entry before that was, five bits a
 * character with the lowest first; so a step each second takes four. docs/PROTOCOL.md, "Input mode", has it in words.
 */
import { LIMITS } from '#protocol/catalogue'
import type { MessageOf } from '#protocol/message'
import { extendTick } from '#protocol/ticks'

/** What the lines of a pump show, as in the field `levels` of SENSED. */
export interface LineLevels {
  /** A+, A-, B+, B- from bit 0 on. */
  readonly coils: number
  readonly alarm: boolean
}

export type EdgeEvent =
  /** The lines have changed to these levels. */
  | ({ readonly kind: 'lines' } & LineLevels)
  /** The encoder has made a transition; which way is not known where two came at once. */
  | { readonly kind: 'encoder'; readonly turned: 1 | -1 | 'unknown' }
  /** A pulse of STEP, by what DIR was then. */
  | { readonly kind: 'pulse'; readonly turned: 1 | -1 }

/** An entry with its number and its tick, both absolute. */
export interface EdgeEntry {
  readonly number: number
  readonly tick: number
  readonly event: EdgeEvent
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._'
const NONE = '-'
const BITS = 5
const MORE = 1 << BITS
/** Digits that 32 bits take. */
const MOST_DIGITS = 7
const ALARM = 0x10
const COILS = 0x0f

/** By code, from that of the last levels on. */
const EVENTS: readonly EdgeEvent[] = [
  { kind: 'encoder', turned: 1 },
  { kind: 'encoder', turned: -1 },
  { kind: 'encoder', turned: 'unknown' },
  { kind: 'pulse', turned: 1 },
  { kind: 'pulse', turned: -1 },
]

/** The levels by the code of an entry below 32, which is also how `levels` of SENSED has them. */
export function levelsOf(code: number): LineLevels {
  return { coils: code & COILS, alarm: (code & ALARM) !== 0 }
}

function eventOf(code: number): EdgeEvent | undefined {
  if (code < 0) return undefined
  return code < 2 * ALARM ? { kind: 'lines', ...levelsOf(code) } : EVENTS[code - 2 * ALARM]
}

/**
 * The entries of a frame. `near` are a number and a tick that are close to those of its first entry, by which its 32 bits are
 * extended. Undefined where the frame holds what no rig says: another code, half an entry, ticks that go back.
 */
export function entriesOf(
  { edges, base, first }: Pick<MessageOf<'EDGES'>, 'edges' | 'base' | 'first'>,
  near: { readonly number: number; readonly tick: number },
): EdgeEntry[] | undefined {
  if (edges === NONE) return []
  const entries: EdgeEntry[] = []
  let number = extendTick(first, near.number)
  let tick = extendTick(base, near.tick)
  for (let at = 0; at < edges.length; ) {
    const event = eventOf(DIGITS.indexOf(edges.charAt(at)))
    const ticks = ticksAt(edges, at + 1)
    if (event === undefined || ticks === undefined) return undefined
    tick += ticks.value
    entries.push({ number, tick, event })
    number += 1
    at = ticks.end
  }
  return entries.length > LIMITS.entries ? undefined : entries
}

function ticksAt(text: string, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  for (let at = start; at < text.length && at < start + MOST_DIGITS; at += 1) {
    const digit = DIGITS.indexOf(text.charAt(at))
    if (digit < 0) return undefined
    value += (digit % MORE) * 2 ** (BITS * (at - start))
    if (digit < MORE) return value < 2 ** 32 ? { value, end: at + 1 } : undefined
  }
  return undefined
}
