/**
 * The published ways to draw a trumpet: how long the windows are, how long the pump settles first, how long it is watched.
 *
 * Two of hospital pumps, which are watched through one hour, and one of pumps that people carry, which move so little
 * that only hours tell anything. An implanted pump belongs to the last; the short windows of the others it cannot resolve.
 */
import type { TrumpetProtocolName } from '#hil/scenario/types'
import { type Rational, times, whole } from '#units/rational'

const MINUTE_us = 60_000_000

const minutes = (count: number): Rational => times(whole(MINUTE_us), count)
/** For half minutes. */
const seconds = (count: number): Rational => times(whole(1_000_000), count)

export interface TrumpetProtocol {
  /** Lengths of the windows, the shortest first. */
  readonly windows_us: readonly Rational[]
  /** S: the flow of a start-up curve is averaged over this, see {@link wholeCycles} for a pump that pulses. */
  readonly interval_us: Rational
  /** How long a start-up curve runs from the start. */
  readonly startUp_us: Rational
  /** From the start to the time that is analyzed. */
  readonly settling_us: Rational
  /** T: how long is analyzed. */
  readonly analysis_us: Rational
  /** Where the figures were read. */
  readonly source: string
  /** `read` where every figure stands in the source, `inferred` where some only agree with what it shows. */
  readonly confidence: 'read' | 'inferred'
}

const HOSPITAL = {
  interval_us: seconds(30),
  startUp_us: minutes(120),
  settling_us: minutes(60),
  analysis_us: minutes(60),
  confidence: 'read',
} as const

export const TRUMPET_PROTOCOLS: Readonly<Record<TrumpetProtocolName, TrumpetProtocol>> = {
  'first-edition': {
    ...HOSPITAL,
    windows_us: [2, 5, 11, 19, 31].map(minutes),
    source:
      'IEC 60601-2-24:1998 as quoted in the manual of the Infutest analyzer (windows) and in those of B. Braun Perfusor and ' +
      'Infusomat (interval, second hour of two)',
  },
  'second-edition': {
    ...HOSPITAL,
    windows_us: [1, 2, 5, 11, 19, 31].map(minutes),
    source:
      'IEC 60601-2-24:2012 as quoted in annex A.6 of a pump manual (windows) and in the manuals of B. Braun Perfusor and ' +
      'Infusomat (interval, second hour of two)',
  },
  ambulatory: {
    windows_us: [15, 60, 150, 330, 570, 930].map(minutes),
    interval_us: minutes(15),
    startUp_us: minutes(24 * 60),
    settling_us: minutes(24 * 60),
    analysis_us: minutes(25 * 60),
    source:
      'IEC 60601-2-24, ambulatory pumps: settling as in the manual of Accu-Chek D-TRONplus p. 94; windows and ' +
      'interval agree with the six points up to 930 min in the manual of Accu-Chek Spirit Combo p. 191',
    confidence: 'inferred',
  },
}
