/** Anything that may be done over a bad wire, and anything that may happen to the frames. */
import fc from 'fast-check'
import type { Fate } from './peer.ts'

/** Late and doubled frames come within this time: less than 254 later commands take. */
const LATEST_us = 400_000

export const anyFate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ fate: 'arrives' } as const) },
  { weight: 2, arbitrary: fc.constant({ fate: 'lost' } as const) },
  fc.record({ fate: fc.constant('late' as const), by_us: fc.integer({ min: 1, max: LATEST_us }) }),
  fc.record({ fate: fc.constant('twice' as const), by_us: fc.integer({ min: 1, max: LATEST_us }) }),
  fc.record({ fate: fc.constant('flipped' as const), bits: fc.array(fc.nat(1100), { minLength: 1, maxLength: 4 }) }),
  fc.record({ fate: fc.constant('cut' as const), from: fc.nat(140), count: fc.integer({ min: 1, max: 8 }) }),
)

export type Act =
  | { readonly act: 'name'; readonly within_us: number }
  | { readonly act: 'cancel'; readonly within_us: number }
  | { readonly act: 'motion'; readonly within_us: number }
  | { readonly act: 'stat' }
  | { readonly act: 'halt' }
  | { readonly act: 'clear' }
  | { readonly act: 'reopen' }
  | { readonly act: 'restart' }
  | { readonly act: 'wait'; readonly for_us: number }

const within = { within_us: fc.integer({ min: 1000, max: 900_000 }) }
export const anyCommand: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant('name' as const), ...within }),
  fc.record({ act: fc.constant('cancel' as const), ...within }),
  fc.record({ act: fc.constant('motion' as const), ...within }),
)
export const anyWait: fc.Arbitrary<Act> = fc.record({
  act: fc.constant('wait' as const),
  for_us: fc.integer({ min: 100, max: 800_000 }),
})
export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: anyCommand },
  { weight: 3, arbitrary: anyWait },
  fc.constantFrom<Act>({ act: 'stat' }, { act: 'halt' }, { act: 'clear' }),
)
export const anyInterruption: fc.Arbitrary<Act> = fc.constantFrom<Act>({ act: 'reopen' }, { act: 'restart' })

export interface Script {
  readonly fates: readonly Fate[]
  readonly acts: readonly Act[]
}

export function anyScript(act: fc.Arbitrary<Act>): fc.Arbitrary<Script> {
  return fc.record({
    fates: fc.array(anyFate, { maxLength: 200, size: 'max' }),
    acts: fc.array(act, { minLength: 1, maxLength: 40, size: 'max' }),
  })
}
