/** Every scenario of the library of at most two months, on the emulated rig and on the ideal one: minutes of machine code. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { execute } from '#hil/run/execute'
import { breathless } from '../support/bench.ts'
import { expectAlike, LIBRARY, LONGEST_d, lastingUpTo } from './library.ts'

/** Ticks of a second. */
const SECOND_ticks = 15_625

describe('a scenario of the library', () => {
  it.each(lastingUpTo(LONGEST_d).map((scenario) => [scenario.name, scenario] as const))(
    '(%s) goes alike on both rigs',
    async (_name, scenario) => expectAlike(scenario),
  )
})

describe('the first week on the emulated rig', () => {
  it.each([
    ['again', avrRig],
    ['in slices of a second', breathless(SECOND_ticks, avrRig)],
  ])('(%s) gives the same bytes', async (_how, rig) => {
    const scenario = LIBRARY.find(({ name }) => name === 'simple-continuous-first-week')!
    const plain = await execute(scenario, modelPump, avrRig)
    const other = await execute(scenario, modelPump, rig)
    expect(other.sha256).toBe(plain.sha256)
    expect(other.records).toEqual(plain.records)
  })
})
