/** Answers to programs, turned round: what was taken as if it were refused, and what was refused as if it were taken. */
import type { TraceRecord } from '#hil/run/trace'

type Of<Kind extends TraceRecord['kind']> = Extract<TraceRecord, { kind: Kind }>

/** For each rule a reason as a pump words it. */
export const REASONS = {
  range: '30000 uL/d is above the highest rate, 24000 uL/d',
  change: 'the dose rises by 400 %, the hard limit of the clinic is 50 %',
  'dose of 24 h': '500 ug in 24 h are more than 400 ug, the hard limit of the clinic',
  pattern: '14 boluses a day are more than the 13 of a pump',
  contents: 'a prime of 500 uL is more than there is',
  line: 'there is nothing to bridge',
  room: '20000 uL on top of 10000 uL believed left',
  restart: 'there is nothing to restart',
} as const

export function asRefused({ t_us, at_us, text, readback }: Of<'applied'>, reason: string): Of<'refused'> {
  return { kind: 'refused', t_us, at_us, text, asked: readback, reason }
}

export function asTaken({ t_us, at_us, text, asked }: Of<'refused'>): Of<'applied'> {
  const taken = { kind: 'applied', t_us, at_us, text, readback: asked } as const
  return { ...taken, daily_uL: '0', previousDaily_uL: null, digest: '00000000' }
}
