/**
 * The scenarios of the library turn the motor on the emulated rig exactly as they turn it on the ideal one.
 *
 * Those of half a year are left out for their time: each takes half a minute, and agreed when it was tried by hand.
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

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url))
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
/** The longest that is run here. */
const LONGEST_d = 60
const FIRST_WEEK = FILES.filter((path) => path.endsWith('first-week.yaml'))
/** Enough on any machine; sixty days take a few seconds. */
const LIMIT_ms = 300_000
/** Ticks of a second. */
const SECOND_ticks = 15_625

const read = (path: string) => scenarioOf(readFileSync(FOLDER + path, 'utf8'))
const LONGEST_us = multiply(whole(LONGEST_d), DAY_us)
const SHORT = FILES.filter((path) => compare(read(path).duration_us, LONGEST_us) <= 0)

describe('a scenario of the library', () => {
  it('is found', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(4)
    expect(FIRST_WEEK).toHaveLength(1)
    expect(SHORT.length).toBeGreaterThanOrEqual(2)
  })

  it.each(SHORT)(
    '(%s) is delivered alike by both rigs',
    async (path) => {
      const scenario = read(path)
      const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
      const delivered = recordsOf(avr.records, 'delivered')
      expect(delivered.length).toBeGreaterThan(0)
      expect(delivered).toEqual(recordsOf(ideal.records, 'delivered'))
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
