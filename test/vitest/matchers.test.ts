/** What the matchers say when a run is not what was demanded: which ledgers parted, when, by how much, and why. */
import { describe } from 'vitest'
import { idealRig } from '#hil/rig/ideal'
import { RigError } from '#hil/rig/rig'
import { benchTest, expect } from '#scripts/vitest'
import { rigWith } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const test = benchTest({ rig: idealRig })

const DAILY = therapy('0 d', '50 ug/d')
const STALL = '{ at: 12 h, fault: motor-stall, for: 6 h }'
const plain = (parts = {}) => draft({ prescription: [DAILY], ...parts })

/** What the demand throws, as one text. */
function complaint(demand: () => void): string {
  try {
    demand()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('the demand was met')
}

describe('a demand that is not met says', () => {
  test('that the pump was told otherwise than prescribed', async ({ bench }) => {
    const run = await bench.run(plain({ name: 'told-otherwise', programming: [therapy('0 d', '50 ug/h')] }))
    const message = complaint(() => expect(run).toDeliver({ within: '2 %' }))
    expect(message).toContain(
      'expected the pump to deliver the prescribed volume within 2 % (told-otherwise, model on ideal)',
    )
    expect(message).toContain('parted: prescribed program and believed program: programming error')
    expect(message).toContain('parted: prescribed volume and delivered volume: the pump did as it was told')
    expect(message).toMatch(/parted at 18 s; at the end 4600 uL more delivered than prescribed/)
    expect(message).toMatch(/delivered-volume: fail: measured 4600 uL, limit 4\.25 uL; .*4800 uL delivered of 200 uL/)
  })

  test('that the device failed', async ({ bench }) => {
    const run = await bench.run(plain({ faults: [STALL] }))
    const message = complaint(() => expect(run).toTrack())
    expect(message).toContain('expected the pump to track its prescription within 1 step')
    expect(message).toMatch(/prescribed volume and delivered volume/)
    expect(message).toMatch(/parted at 12 h 3 min 36 s; at the end .* uL less delivered than prescribed/)
  })

  test('that the tip lags where the concentration is not that of the label', async ({ bench }) => {
    const fill =
      '{ drug: baclofen, concentration: 1000 ug/mL, volume: 40 mL, programmed: { concentration: 500 ug/mL } }'
    const run = await bench.run(plain({ fill, duration: '30 d' }))
    const message = complaint(() => expect(run).toDeliver({ within: '5 %', at: 'tip' }))
    expect(message).toContain('parted: prescribed dose and dose out of the tip')
    expect(message).toContain('dose-at-tip: fail')
  })

  test('when the alarm came instead', async ({ bench }) => {
    const run = await bench.run(plain({ faults: [STALL] }))
    expect(complaint(() => expect(run).toRaise('motor-stall', { within: '1 min' }))).toMatch(
      /to raise motor-stall within 1 min of the first fault.*\nalarm: fail: .*motor-stall was raised at .*; wanted between 12 h and 12 h 1 min/,
    )
    expect(complaint(() => expect(run).toRaise('memory-error', { by: '2 d' }))).toContain(
      'memory-error was never raised',
    )
    expect(complaint(() => expect(run).not.toRaise('motor-stall', { by: '2 d' }))).toContain('the pump not to raise')
  })

  test('that nothing was refused', async ({ bench }) => {
    const run = await bench.run(plain())
    expect(complaint(() => expect(run).toRefuse({ at: '1 d' }))).toContain('nothing was refused at 1 d')
  })
})

describe('a demand that makes no sense is refused with the reason', () => {
  test.for<[string, Parameters<typeof demandOf>[1], string]>([
    ['a number without a unit', (run) => expect(run).toDeliver({ within: '2' }), 'has no unit'],
    ['a part beyond the end', (run) => expect(run).toTrack({ to: '3 d' }), 'beyond the end of the run at 2 d'],
    ['an alarm beyond the end', (run) => expect(run).toRaise('motor-stall', { by: '3 d' }), 'outside the part'],
    ['within without a fault', (run) => expect(run).toRaise('motor-stall', { within: '1 h' }), 'has none; use by'],
    ['no time at all', (run) => expect(run).toRaise('motor-stall', {} as { by: string }), 'was given neither'],
    ['two times', (run) => expect(run).toRaise('motor-stall', { by: '1 d', within: '1 h' } as never), 'was given both'],
    ['a value that is no run', () => expect(1).toTrack(), 'takes what bench.run(...) returned, and was given number'],
    ['a run nobody waited for', () => expect(Promise.resolve()).toTrack(), 'await bench.run(...) first'],
  ])('%s', async ([, demand, reason], { bench }) => {
    await demandOf(bench, demand, reason)
  })

  async function demandOf(
    bench: { run: (text: string) => Promise<object> },
    demand: (run: object) => void,
    reason: string,
  ): Promise<void> {
    const run = await bench.run(plain())
    expect(complaint(() => demand(run))).toContain(reason)
  }
})

describe('a run that broke off', () => {
  const failing = benchTest({
    rig: rigWith(() => ({ advance: () => Promise.reject(new RigError('the cable is out')) })),
  })

  failing('satisfies neither a demand nor its opposite', async ({ bench }) => {
    const run = await bench.run(plain())
    expect(complaint(() => expect(run).toTrack())).toContain('The bench could not say')
    expect(complaint(() => expect(run).not.toTrack())).toContain('the cable is out')
    expect(complaint(() => expect(run).toPass())).toContain('the cable is out')
    expect(complaint(() => expect(run).not.toPass())).toContain('the cable is out')
  })
})
