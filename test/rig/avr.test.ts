/**
 * The rig `avr`: machine code behind a serial line turns the same motor at the same ticks as the ideal rig, and a bench
 * whose wires, firmware or protocol are not what they should be is found out.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { parseHex } from '#hil/rig/avr/hex'
import { FLASH_BYTES } from '#hil/rig/avr/registers'
import { avrRig, emulatedRig, rigFirmware } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { hungFirmware } from '../firmware/rig.ts'
import { breathless, checksNamed, finish } from '../support/bench.ts'
import { anyDraft, bolus, draft, scenarioOf, stop, therapy } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'

/** Machine code takes its time, above all beside other work. */
vi.setConfig({ testTimeout: 180_000 })

/** Changes, a bolus near the highest rate and a stop within two days. */
const TWO_DAYS = draft({
  duration: '2 d',
  prescription: [
    therapy('0 d', '250 ug/d'),
    bolus('6 h', '1 mL', '1 h'),
    therapy('1 d 77 ms', '350/3 ug/d'),
    stop('1 d 12 h'),
    bolus('1 d 18 h', '10 uL', '5 min'),
  ],
  checks: ['{ check: tracking, within: 1 step }'],
})

const delivered = (trace: Trace) => recordsOf(trace.records, 'delivered')

describe('the emulated rig', () => {
  it('makes every step at the tick at which the ideal rig makes it', async () => {
    const scenario = scenarioOf(TWO_DAYS)
    const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
    expect(stepTicks(avr)).toEqual(stepTicks(ideal))
    expect(delivered(avr)).toEqual(delivered(ideal))
  })

  it('does so for any therapies, boluses and refills', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft(2), async (file) => {
        const scenario = scenarioOf(file)
        const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
        expect(stepTicks(avr)).toEqual(stepTicks(ideal))
      }),
      { numRuns: 2 },
    )
  })

  it('does so across the wraps of its 32-bit clock, each 3.18 days', async () => {
    const scenario = scenarioOf(draft({ duration: '10 d', prescription: [therapy('0 d', '35 ug/d')] }))
    const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
    expect(stepTicks(avr)).toEqual(stepTicks(ideal))
  })

  it('gives the same bytes again, and for any slices of time', async () => {
    const short = scenarioOf(draft({ duration: '10 s', prescription: [therapy('0 s', '5 mL/d')] }))
    const plain = await execute(short, modelPump, avrRig)
    expect((await execute(short, modelPump, avrRig)).sha256).toBe(plain.sha256)
    expect((await execute(short, modelPump, breathless(1, avrRig))).sha256).toBe(plain.sha256)
    const long = scenarioOf(TWO_DAYS)
    const whole = await execute(long, modelPump, avrRig)
    expect((await execute(long, modelPump, breathless(15_625, avrRig))).sha256).toBe(whole.sha256)
  })
})

describe('a motor that is wired wrongly', () => {
  it.each([
    ['a broken coil wire', { broken: 0b0001, crossed: undefined }],
    ['two crossed wires', { broken: 0, crossed: [0, 1] }],
  ] as const)('(%s) does not turn as commanded, and tracking fails', async (_what, wiring) => {
    const rig = emulatedRig({ flash: rigFirmware(), wiring })
    const { result } = await finish(
      draft({ duration: '6 h', prescription: [therapy('0 d', '250 ug/d')] }),
      modelPump,
      rig,
    )
    expect(checksNamed(result, 'tracking')[0]).toMatchObject({ outcome: 'fail' })
    expect(result.delivered.displaced_uL).toBeLessThan(result.prescribed.volume_uL)
  })
})

describe('a controller that hangs in the middle of a run', () => {
  it('is started anew by its watchdog, and the run ends there with every step made so far on record', async () => {
    const flash = hungFirmware()
    const { result, trace } = await finish(
      draft({
        duration: '1 h',
        prescription: [therapy('0 d', '24 mL/d')],
        checks: ['{ check: tracking, within: 1 step }'],
      }),
      modelPump,
      emulatedRig({ flash }),
    )
    expect(result.verdict).toBe('inconclusive')
    expect(checksNamed(result, 'completed')[0]?.detail).toMatch(
      /the rig has restarted \(WATCHDOG\): boot id [0-9A-F]{8}; what the pump believed is known up to 0 s$/,
    )
    // A step is due each 0.9 s and made 2 s later; the watchdog bites after 8 s.
    expect(stepTicks(trace)).toEqual([1, 2, 3, 4, 5, 6].map((n) => Math.ceil(n * 0.9 * 15_625)))
  })
})

describe('a controller that is no rig of ours', () => {
  const LOAD_1 = [0xe061, 0xe070, 0xe080, 0xe090]
  const LOAD_2 = 0xe062

  /** A program of the emulator's own tests. */
  const program = (name: string): Uint8Array => {
    const image = parseHex(readFileSync(new URL(`../avr/programs/${name}.hex`, import.meta.url), 'utf8'), FLASH_BYTES)
    if (!image.ok) throw new Error(name)
    return image.bytes
  }

  /** The firmware with another schema hash than the one it was built with. */
  function otherSchema(): Uint8Array {
    const flash = rigFirmware()
    const text = Buffer.from(SCHEMA_HASH)
    const at = Buffer.from(flash).indexOf(text)
    expect(at).toBeGreaterThan(0)
    flash.set(Buffer.from('0BADC0DE'), at)
    return flash
  }

  /** The firmware with version 2 in its WELCOME: where it loads the number 1 into the four registers of an argument. */
  function otherVersion(): Uint8Array {
    const flash = rigFirmware()
    const words = new Uint16Array(flash.buffer, flash.byteOffset, flash.length / 2)
    const loads = [...words.keys()].filter((at) => LOAD_1.every((word, index) => words[at + index] === word))
    expect(loads).toHaveLength(1)
    for (const at of loads) words[at] = LOAD_2
    return flash
  }

  it.each([
    ['speaks another version', otherVersion(), /version 2 where 1 is needed/],
    ['speaks another schema', otherSchema(), /schema 0BADC0DE where/],
    ['never answers', new Uint8Array([0xff, 0xcf]), /no rig answered HELLO within 1 s/],
    ['answers with garbage', program('everything'), /no rig answered HELLO within 1 s/],
  ])('(one that %s) is refused before anything moves', async (_what, flash, reason) => {
    const { result, trace } = await finish(TWO_DAYS, modelPump, emulatedRig({ flash }))
    expect(result.verdict).toBe('inconclusive')
    expect(checksNamed(result, 'completed')[0]?.detail).toMatch(reason)
    expect(delivered(trace)).toEqual([])
  })
})
