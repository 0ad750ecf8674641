/**
 * The scenarios of the library turn the motor on the emulated rig exactly as they turn it on the ideal one, and the pump
 * says and believes the same of it.
 *
 * The longest are left out for their time, each takes up to half a minute; those of 60 d agreed when tried by hand.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import { DAY_us } from '#units/quantity'
import { compare, multiply, whole } from '#units/rational'
import { breathless } from '../support/bench.ts'
import { scenarioOf } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
/** The longest that is run here. */
const LONGEST_d = 7
const FIRST_WEEK = FILES.filter((path) => path.endsWith('first-week.yaml'))
/** Enough on any machine; ten days take a few seconds. */
const LIMIT_ms = 300_000
/** Ticks of a second. */
const SECOND_ticks = 15_625
/** What the records say on both; how steps are gathered into one `delivered` record follows the rig's reports. */
const ALIKE = ['booked', 'withdrawn', 'alarm', 'applied', 'refused', 'event', 'fault'] as const

const read = (path: string) => scenarioOf(readFileSync(FOLDER + path, 'utf8'))
const LONGEST_us = multiply(whole(LONGEST_d), DAY_us)
const SHORT = FILES.filter((path) => compare(read(path).duration_us, LONGEST_us) <= 0)

describe('a scenario of the library', () => {
  it('is found', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(57)
    expect(FIRST_WEEK).toHaveLength(1)
    expect(SHORT.length).toBeGreaterThanOrEqual(20)
  })

  it.each(SHORT)(
    '(%s) goes alike on both rigs',
    async (path) => {
      const scenario = read(path)
      const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
      const ticks = stepTicks(avr)
      expect(ticks.length).toBeGreaterThan(0)
      expect(ticks).toEqual(stepTicks(ideal))
      for (const kind of ALIKE) expect(recordsOf(avr.records, kind)).toEqual(recordsOf(ideal.records, kind))
    },
    LIMIT_ms,
  )
})

describe('the first week on the emulated rig', () => {
  it.each([
    ['again', avrRig],
    ['in slices of a second', breathless(SECOND_ticks, avrRig)],
  ])(
    '(%s) gives the same bytes',
    async (_how, rig) => {
      const scenario = read(FIRST_WEEK[0]!)
      const plain = await execute(scenario, modelPump, avrRig)
      const other = await execute(scenario, modelPump, rig)
      expect(other.sha256).toBe(plain.sha256)
      expect(other.records).toEqual(plain.records)
    },
    LIMIT_ms,
  )
})
