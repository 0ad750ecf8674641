/**
 * The host of a rig on a wire, whole, in virtual time: noise, a cable that is pulled, a rig that restarts, a clock that is off.
 * What the rig truly did is read off the rig, by true time. virtual.long.test.ts makes more runs in noise.
 */
import { describe, expect, it } from 'vitest'
import { SERIAL_TIMES } from '#protocol/link'
import { ratio, whole } from '#units/rational'
import { therapy } from '../support/scenario.ts'
import { offClock } from './simulated-rig.ts'
import { FAST, INTERVAL_us, offsets, passedInNoise, ran } from './virtual-runs.ts'
import type { Happening, VirtualWire } from './virtual-wire.ts'

const at = (seconds: number, what: Happening['what']): Happening => ({ at_us: seconds * 1e6, what })

describe('on a quiet wire', () => {
  it('makes every step at its time and no other', async () => {
    const run = await ran({})
    expect([run.result.verdict, run.result.delivered.steps, run.wire.rig.steps.length]).toEqual(['pass', 27, 27])
    expect(Math.max(...offsets(run).map(Math.abs))).toBeLessThan(1000)
  })

  it.each([
    ['360 times', whole(360)],
    ['half', ratio(1n, 2n)],
    ['878 times, with a step each 2.5 ms', whole(878)],
  ])('at %s the speed of therapy, as many steps in as much less time', async (_, speed) => {
    const duration = speed.n === 1n ? '30 s' : '1 h'
    const run = await ran({ duration }, { speed })
    const steps = speed.n === 1n ? 13 : 1666
    expect([run.result.verdict, run.wire.rig.steps.length]).toEqual(['pass', steps])
    expect(Math.max(...offsets(run, (INTERVAL_us * Number(speed.d)) / Number(speed.n)).map(Math.abs))).toBeLessThan(
      1000,
    )
  })

  it('takes back what the pump changes its mind about', async () => {
    const prescription = [
      therapy('0 d', FAST),
      therapy('20 s', '1 mL/d'),
      therapy('40 s', '20 mL/d'),
      '{ at: 50 s, therapy: { mode: stopped } }',
    ]
    for (const speed of [whole(1), whole(20)]) {
      const run = await ran({ prescription }, { speed })
      expect([run.reason, run.result.verdict, run.wire.rig.steps.length]).toEqual([
        '',
        'pass',
        run.result.delivered.steps,
      ])
    }
  })

  it('hears of a step that did not move the rotor, and the pump with it', async () => {
    const run = await ran({}, { happenings: [at(0, ({ rig }) => rig.stuck.add(14))] })
    expect([run.reason, run.result.delivered.steps, run.result.believed.steps]).toEqual(['', 26, 26])
    expect(run.result.verdict).toBe('fail')
  })

  it('ends where a rig tells of a lost step later than the page allows, for nobody could say which step it was', async () => {
    const slow = ({ rig }: VirtualWire) => {
      rig.settled_ticks = 15_000
      for (let step = 0; step < 27; step += 2) rig.stuck.add(step)
    }
    const run = await ran({}, { happenings: [at(0, slow)] })
    expect(run.reason).toContain('it has to judge each within 160 ticks')
    expect(run.result.verdict).toBe('inconclusive')
  })
})

describe('noise', () => {
  it.each([
    ['0.1 %', 0.001, 0.99],
    ['1 %', 0.01, 0.9],
  ])(
    'of %s of all bytes: of 40 runs enough pass, the others say why they cannot, and none passes wrongly',
    async (_, share, least) => {
      expect(await passedInNoise(share, 40)).toBeGreaterThanOrEqual(least * 40)
    },
  )

  it.each([
    ['drops', { fault: 'drop', share: 0.005 }],
    ['frames that come twice', { fault: 'duplicate', share: 0.2 }],
    ['frames out of order', { fault: 'reorder', share: 0.05 }],
    ['frames cut short', { fault: 'truncate', share: 0.05 }],
    ['frames in single bytes', { fault: 'split', share: 0.1 }],
    ['delays', { fault: 'delay', share: 0.1, up_to_us: 80_000 }],
  ] as const)('of %s never gives a wrong pass', async (_, fault) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const run = await ran({ duration: '15 s' }, { seed, faults: [fault] })
      if (run.reason === '') expect([run.result.verdict, run.wire.rig.steps.length]).toEqual(['pass', 6])
      else expect(run.result.verdict).toBe('inconclusive')
    }
  })

  it('that leaves nothing is told as a rig that has gone', async () => {
    const run = await ran({}, { faults: [{ fault: 'mute', from_us: 10e6, to_us: 1e12 }] })
    expect([run.result.verdict, run.reason]).toEqual([
      'inconclusive',
      expect.stringContaining('was not back within 10 s'),
    ])
  })
})

describe('a rig that is not finished, or no longer works', () => {
  const greet = ({ rig }: VirtualWire) => {
    rig.knows = ['WELCOME']
  }
  const SILENT = 'the rig has gone (nothing was heard for 3 s) and has answered HELLO since and no command within 10 s'

  it.each<[string, Parameters<typeof ran>[1], string]>([
    ['HELLO alone, from the beginning', { knows: ['WELCOME'] }, SILENT],
    ['HELLO alone, from some instant on', { happenings: [at(20, greet)] }, SILENT],
    ['HELLO and with counters', { knows: ['WELCOME', 'TEL'] }, 'its clock was not known within 30 s'],
  ])('and answers %s is given up, however often it does', async (_, options, reason) => {
    const run = await ran({}, options)
    expect([run.result.verdict, run.reason]).toEqual(['inconclusive', expect.stringContaining(reason)])
  })
})

describe('a cable that is pulled', () => {
  const pulled = (from_s: number, to_s: number, silently = false) => [
    at(from_s, (wire) => wire.unplug(silently)),
    at(to_s, (wire) => wire.plug()),
  ]

  it.each([
    ['with a word', false],
    ['silently', true],
  ])('%s and put back in time changes nothing', async (_, silently) => {
    const run = await ran({}, { happenings: pulled(20, 20.7, silently) })
    expect([run.reason, run.result.verdict, run.wire.rig.steps.length]).toEqual(['', 'pass', 27])
    expect(Math.max(...offsets(run).map(Math.abs))).toBeLessThan(2000)
  })

  it.each([
    ['with a word', false],
    ['silently, with a new session when it is back', true],
  ])('%s for long, while no step is due, changes nothing', async (_, silently) => {
    const run = await ran({ duration: '5 min', dose: '0.4 mL/d' }, { happenings: pulled(20, 28, silently) })
    expect([run.reason, run.result.verdict, run.wire.rig.steps.length]).toEqual(['', 'pass', 5])
  })

  it.each([
    ['with a word', false],
    ['silently', true],
  ])('%s for so long that steps were not made: inconclusive, with how many', async (_, silently) => {
    const run = await ran({}, { happenings: pulled(20, 27, silently) })
    expect([run.result.verdict, run.reason]).toEqual([
      'inconclusive',
      expect.stringMatching(/made \d+ steps where \d+ were due|latched/),
    ])
  })

  it.each([
    ['with a word', false],
    ['silently', true],
  ])('%s and never put back: inconclusive, and the motor has stopped by itself', async (_, silently) => {
    const run = await ran({}, { happenings: [at(20, (wire) => wire.unplug(silently))] })
    expect([run.result.verdict, run.reason]).toEqual([
      'inconclusive',
      expect.stringContaining('was not back within 10 s'),
    ])
    run.wire.pass(60e6)
    // The last step comes within the dead-man interval of two steps.
    expect(run.wire.rig.steps.at(-1)?.at_us).toBeLessThan((run.wire.zero_us ?? 0) + 20e6 + 2.1 * INTERVAL_us)
  })

  it.each([
    ['heard of', true],
    ['not heard of', false],
  ])('a rig that restarts, %s, is never gone on with', async (_, heard) => {
    const restart = (wire: VirtualWire) => (heard ? wire.say(wire.rig.restart()) : void wire.rig.restart())
    const run = await ran({}, { happenings: [at(20, restart)] })
    expect([run.result.verdict, run.reason]).toEqual([
      'inconclusive',
      expect.stringMatching(/restarted.*boot id 00000002/),
    ])
  })
})

describe('a clock that is off', () => {
  /** Heard less often than it is, so that a day takes seconds. */
  const quiet = { times: { ...SERIAL_TIMES, beat_us: 2e6 }, ask_us: 5e6 }
  const course = offClock(0.005, 0.001, 6 * 3.6e9)

  it('by 0.5 %, and drifts by as much as 0.1 % more: after a day every step is within one of its true time', async () => {
    const run = await ran({ duration: '24 h', dose: '2 mL/d' }, { ...quiet, course })
    expect([run.reason, run.result.verdict, run.wire.rig.steps.length]).toEqual(['', 'pass', 8000])
    expect(Math.max(...offsets(run, 5 * INTERVAL_us).map(Math.abs))).toBeLessThan(INTERVAL_us / 100)
  }, 180_000)

  it('and that is not followed is found out, and is no pass', async () => {
    const run = await ran({ duration: '24 h' }, { ...quiet, course, follows: false })
    expect([run.result.verdict, run.reason]).toEqual([
      'inconclusive',
      expect.stringContaining('from where it was expected'),
    ])
  })

  it('by more than any resonator is refused', async () => {
    const run = await ran({}, { ...quiet, course: offClock(0.03) })
    expect([run.result.verdict, run.reason]).toEqual([
      'inconclusive',
      expect.stringMatching(/off by 3\.0 %|from where/),
    ])
  })
})
