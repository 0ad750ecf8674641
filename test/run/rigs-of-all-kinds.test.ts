/** The bench with rigs of every kind: slow ones, those that answer later, that look on, that fail, see things, or count wrongly. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { IdealRig, idealRig } from '#hil/rig/ideal'
import { PLAYOUT_ticks, type Rig, type RigDefinition, RigError, type RigReport, TICK_us } from '#hil/rig/rig'
import { type ExecuteOptions, execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { WIRE_COUNTS, type WireStatistics } from '#protocol/wire-tally'
import { whole } from '#units/rational'
import { type Draft, draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

const HOUR_s = 3600
const HOUR_ticks = (HOUR_s * 1e6) / TICK_us
/** A step each 27 s for an hour: 133 of them. */
const USUAL: Draft = { duration: '1 h', prescription: [therapy('0 d', '400 ug/d')], sample: '1 h' }

/** The ideal rig under another name, some of it as it is not. */
function rigLike(more: (inner: IdealRig) => Partial<Rig>, definition: Partial<RigDefinition> = {}): RigDefinition {
  const create = (): Rig => {
    const inner = new IdealRig()
    const plain: Rig = {
      ...{ identity: inner.identity, provenance: inner.provenance },
      open: () => inner.open(),
      send: (command) => inner.send(command),
      advance: (to_tick) => inner.advance(to_tick),
      hold: (held, at_tick) => inner.hold(held, at_tick),
      cross: (crossed, at_tick) => inner.cross(crossed, at_tick),
      close: () => inner.close(),
    }
    return { ...plain, ...more(inner) }
  }
  return { name: 'like-ideal', clock: 'virtual', firmware: null, ...definition, create }
}

const run = (
  rig: RigDefinition,
  parts: Draft = USUAL,
  options: ExecuteOptions = {},
  pump: PumpDefinition = modelPump,
) => execute(scenarioOf(draft(parts)), pump, rig, options)

const headerIn = (trace: Trace) => recordsOf(trace.records, 'header')[0]
const endIn = (trace: Trace) => recordsOf(trace.records, 'end')[0]
const eventsIn = (trace: Trace, name: string) => recordsOf(trace.records, 'event').filter(({ event }) => event === name)
const violationsIn = (trace: Trace) =>
  recordsOf(trace.records, 'violation').map(({ law, detail }) => `${law}: ${detail}`)
const stepsIn = (trace: Trace) =>
  recordsOf(trace.records, 'delivered').reduce((sum, { cadence }) => sum + cadence.count, 0)
/** What does not name the rig, and is no digest of what does. */
const rest = ({ records }: Trace): readonly TraceRecord[] =>
  records.slice(1).map((record) => (record.kind === 'end' ? { ...record, sha256: '' } : record))

describe('a run on a rig', async () => {
  const known = await run(idealRig)

  it('begins with what ran it, and ends when it is over', () => {
    expect(headerIn(known)).toMatchObject({ rig: 'ideal', rig_identity: 'in-process motor', pump: 'model' })
    expect(headerIn(known)).not.toHaveProperty('speed')
    expect(headerIn(known)).not.toHaveProperty('calibration')
    const reason = 'the duration of the scenario has passed'
    expect(endIn(known)).toMatchObject({ kind: 'end', t_us: HOUR_s * 1e6, complete: true, reason })
    expect(stepsIn(known)).toBe(133)
  })

  it('that answers later than it is asked, in everything, is the same run', async () => {
    const later = <T>(value: T): Promise<T> => new Promise((resolve) => setImmediate(() => resolve(value)))
    const slow = rigLike((inner) => ({
      open: () => later(undefined),
      send: async (command) => {
        await later(undefined)
        inner.send(command)
      },
      advance: async (to_tick) => inner.advance(await later(to_tick)),
      hold: async (held, at_tick) => inner.hold(await later(held), at_tick),
      close: () => later(undefined),
    }))
    expect(rest(await run(slow))).toEqual(rest(known))
    const stalls = { ...USUAL, faults: ['{ at: 20 min, fault: motor-stall, for: 5 min }'] }
    expect(rest(await run(slow, stalls))).toEqual(rest(await run(idealRig, stalls)))
  })

  it('that is opened once before anything is sent, and let go', async () => {
    const done: string[] = []
    const rig = rigLike((inner) => ({
      open: () => void done.push('open'),
      send: (command) => {
        done.push('send')
        inner.send(command)
      },
      close: () => void done.push('close'),
    }))
    await run(rig)
    expect([...new Set(done)]).toEqual(['open', 'send', 'close'])
    expect(done.filter((what) => what !== 'send')).toEqual(['open', 'close'])
  })

  it('of therapy that runs faster than the wall says so, and has as much longer a playout', async () => {
    const fast = rigLike(() => ({}), { speed: whole(60) })
    const trace = await run(fast)
    expect(headerIn(trace)?.speed).toBe('60')
    expect(endIn(trace)?.complete).toBe(true)
    expect(stepsIn(trace)).toBe(133)
  })
})

describe('a rig that comes only so far at a time', () => {
  const MINUTE_ticks = 60e6 / TICK_us
  const hesitant = (clock: RigDefinition['clock']) => {
    let now = 0
    return rigLike(
      (inner) => ({
        advance: (to_tick) => {
          const report = inner.advance(Math.min(to_tick, now + MINUTE_ticks))
          now = report.now_tick
          return report
        },
      }),
      { clock },
    )
  }

  async function shownBy(clock: RigDefinition['clock'], options: ExecuteOptions = {}) {
    const shown_s: number[] = []
    const onProgress = (simulated_s: number) => void shown_s.push(simulated_s)
    return { trace: await run(hesitant(clock), USUAL, { onProgress, ...options }), shown_s }
  }

  it('comes to the same, on a clock on the wall or not', async () => {
    const known = rest(await run(idealRig))
    for (const clock of ['wall', 'virtual'] as const) expect(rest((await shownBy(clock)).trace)).toEqual(known)
  })

  it('shows on the way how far it is where its clock is on the wall, and never goes back', async () => {
    const [wall, virtual] = [await shownBy('wall'), await shownBy('virtual')]
    expect(wall.shown_s).toEqual(wall.shown_s.toSorted((a, b) => a - b))
    const minutes = new Set(wall.shown_s.map((s) => Math.floor(s / 60)))
    expect(minutes.size).toBeGreaterThan(50)
    expect(new Set(virtual.shown_s.map((s) => Math.floor(s / 60))).size).toBeLessThan(50)
  })

  it('is halted on its way where its clock is on the wall', async () => {
    const given = new AbortController()
    const { trace } = await shownBy('wall', {
      signal: given.signal,
      onProgress: (simulated_s) => {
        if (simulated_s > 600) given.abort()
      },
    })
    expect(endIn(trace)).toMatchObject({ complete: false, reason: 'interrupted' })
    const until_s = (endIn(trace)?.t_us ?? 0) / 1e6
    expect(until_s).toBeGreaterThan(600)
    expect(until_s).toBeLessThan(670)
  })

  it('is not halted by anything else', async () => {
    const { trace } = await shownBy('wall', { signal: new AbortController().signal })
    expect(endIn(trace)?.complete).toBe(true)
  })
})

describe('a run that cannot begin', () => {
  const LINE: Draft = { ...USUAL, faults: ['{ at: 10 min, fault: line-mute, for: 1 s }'] }
  const failing = rigLike(() => ({
    open: () => {
      throw new RigError('nobody is there')
    },
  }))

  it('says of a rig that it could not be opened', async () => {
    const trace = await run(failing)
    expect(headerIn(trace)?.rig_identity).toBe('none: it could not be opened')
    expect(endIn(trace)).toMatchObject({ kind: 'end', t_us: 0, complete: false, reason: 'nobody is there' })
  })

  it('says that it was not opened where the pump is at fault', async () => {
    const broken: PumpDefinition = {
      name: 'broken',
      create: () => {
        throw new Error('no room')
      },
    }
    const trace = await run(failing, USUAL, {}, broken)
    expect(headerIn(trace)?.rig_identity).toBe('none: it was not opened')
    expect(endIn(trace)?.reason).toContain('no room')
    expect(endIn(trace)?.complete).toBe(false)
  })

  it('is begun with a rig that carries what is done to its line, which hears of it before it is opened', async () => {
    const done: string[] = []
    const rig = rigLike(() => ({
      disturb: (script) => void done.push(...script.map(({ number }) => `fault ${number}`)),
      open: () => void done.push('open'),
    }))
    expect(endIn(await run(rig, LINE))?.complete).toBe(true)
    expect(done).toEqual(['fault 1', 'open'])
    done.length = 0
    await run(rig)
    expect(done).toEqual(['open'])
  })

  it('is none with a rig that does not', async () => {
    const trace = await run(
      rigLike(() => ({})),
      LINE,
    )
    expect(endIn(trace)?.reason).toMatch(/^the rig like-ideal cannot carry the fault line-mute: no line leads to it/)
    expect(headerIn(trace)?.rig_identity).toBe('none: it could not be opened')
  })

  it.each([
    ['motor-stall', 'hold', 'it has no way to hold its rotor'],
    ['motor-reverse', 'cross', 'it has no way to cross the wires of its motor'],
  ] as const)('is none with %s on a rig that cannot %s', async (fault, ability, why) => {
    const parts = { ...USUAL, faults: [`{ at: 10 min, fault: ${fault}, for: 1 min }`] }
    const able = rigLike((inner) => ({ ...(ability === 'hold' ? { cross: inner.cross } : {}) }))
    const { [ability]: _, ...less } = able.create()
    const trace = await run({ ...able, create: () => less }, parts)
    expect(endIn(trace)?.reason).toBe(`the rig like-ideal cannot carry the fault ${fault}: ${why}`)
    expect(endIn(await run(idealRig, parts))?.complete).toBe(true)
  })

  it('is none of a rig other than the measured one, and names the calibration where it is that one', async () => {
    const calibration = {
      ...{ step_uL: '1/4', uncertainty_percent: 1, calibrated: '2026-01-01', due: '2027-01-01' },
    } as unknown as NonNullable<ExecuteOptions['measured']>['calibration']
    const measured = { rig: 'like-ideal', identity: 'in-process motor', calibration }
    const trace = await run(
      rigLike(() => ({})),
      USUAL,
      { measured },
    )
    expect(headerIn(trace)?.calibration).toEqual(calibration)
    expect(endIn(trace)?.complete).toBe(true)
    const strange = await run(
      rigLike(() => ({ identity: 'another' })),
      USUAL,
      { measured },
    )
    expect(endIn(strange)?.reason).toBe(
      'the rig file is of the rig like-ideal, "in-process motor"; this is like-ideal, "another"',
    )
  })
})

describe('a pump that turns its own motor', () => {
  const own: PumpDefinition = {
    name: 'own',
    create: (setup) => {
      const pump = modelPump.create(setup)
      return {
        react: (at_us, input) => pump.react(at_us, input),
        nextWake: () => pump.nextWake(),
        start: () => undefined,
      }
    },
  }
  const looksOn = rigLike(() => ({}), { looksOn: true })

  it('is looked at by a rig that looks on, and by no other', async () => {
    expect(endIn(await run(looksOn, USUAL, {}, own))?.complete).toBe(true)
    const trace = await run(
      rigLike(() => ({})),
      USUAL,
      {},
      own,
    )
    expect(endIn(trace)?.reason).toMatch(/^the pump turns its own motor .* and the rig like-ideal turns one itself/)
    expect(headerIn(trace)?.rig_identity).toBe('none: it was not opened')
  })

  it('cannot be held by the bench', async () => {
    const trace = await run(looksOn, { ...USUAL, faults: ['{ at: 10 min, fault: motor-stall, for: 1 min }'] }, {}, own)
    expect(endIn(trace)?.reason).toMatch(
      /^the fault motor-stall cannot be carried: motor and clock are those of the pump/,
    )
  })

  it('is not what a pump is that leaves its motor to the rig', async () => {
    const trace = await run(looksOn, { ...USUAL, faults: ['{ at: 10 min, fault: motor-stall, for: 1 min }'] })
    expect(endIn(trace)?.complete).toBe(true)
  })
})

/** The last tick of an hour's run at which the rig may make a step of it. */
const LAST_tick = HOUR_ticks + PLAYOUT_ticks

/** A rig that adds something of its own to a report, once it is past a tick. */
function adding(after_tick: number, more: (report: RigReport) => Partial<RigReport>): RigDefinition {
  return rigLike((inner) => {
    let added = false
    return {
      advance: (to_tick) => {
        const report = inner.advance(to_tick)
        if (added || report.now_tick < after_tick) return report
        added = true
        return { ...report, ...more(report) }
      },
    }
  })
}

describe('what a rig sees', () => {
  const seen = (tick: number) =>
    run(adding(tick, () => ({ events: [{ tick, event: 'line-glitch', detail: 'of the coils' }] })))

  it('is an event of the run, one playout earlier', async () => {
    const tick = 1_000_000 + PLAYOUT_ticks
    expect(eventsIn(await seen(tick), 'line-glitch')).toEqual([
      { kind: 'event', t_us: 1_000_000 * TICK_us, event: 'line-glitch', detail: 'of the coils' },
    ])
  })

  it('at the end is still of the run, and after it no longer', async () => {
    expect(eventsIn(await seen(LAST_tick), 'line-glitch')).toHaveLength(1)
    expect(eventsIn(await seen(LAST_tick + 1), 'line-glitch')).toEqual([])
  })
})

describe('steps of a motor that goes on when the run is over', () => {
  const spun = async (first: number, count: number) => {
    const cadence = { first, phase: 0, count, quotient: 1, remainder: 0, divisor: 1 }
    const rig = adding(first + count, ({ motion }) => ({ motion: [...motion, cadence] }))
    return stepsIn(await run(rig, { ...USUAL, prescription: [stop('0 d')] }))
  }

  it('are of the run up to its last tick', async () => {
    expect(await spun(LAST_tick - 9, 5)).toBe(5)
    expect(await spun(LAST_tick - 9, 10)).toBe(10)
    expect(await spun(LAST_tick - 9, 20)).toBe(10)
    expect(await spun(LAST_tick, 20)).toBe(1)
    expect(await spun(LAST_tick + 1, 20)).toBe(0)
  })
})

describe('the counters of a rig', () => {
  const MISCOUNTED_tick = 50 * (60e6 / TICK_us)
  const counting = async (by: number, faults: readonly string[] = []) => {
    const rig = rigLike((inner) => ({
      advance: (to_tick) => {
        const report = inner.advance(to_tick)
        if (report.now_tick < MISCOUNTED_tick) return report
        const feedback = report.feedback.map((one) => ({ ...one, forward: one.forward + by }))
        return { ...report, feedback }
      },
    }))
    return violationsIn(await run(rig, { ...USUAL, prescription: [therapy('0 d', '4000 ug/d')], faults }))
  }

  it('may be older than its rotor', async () => {
    expect(await counting(0)).toEqual([])
    expect(await counting(-3)).toEqual([])
  })

  it('never show more', async () => {
    const [first] = await counting(1)
    expect(first).toMatch(/^rig counters: the rig counted (\d+) steps where the rotor made (\d+)$/)
    const [counted, made] = [...(first ?? '').matchAll(/\d+/g)].map(([digits]) => Number(digits))
    expect((counted ?? 0) - (made ?? 0)).toBe(1)
  })

  it('may show one more for each time that the rotor was let go, for it makes a step twice that it was pulled back, and no more', async () => {
    const once = ['{ at: 10 min, fault: motor-stall, for: 5 min }']
    expect(await counting(0, once)).toEqual([])
    expect(await counting(1, once)).toContain('rig counters: the rig counted 1042 steps where the rotor made 1040')
    // One that is still held was not let go.
    expect((await counting(1, ['{ at: 49 min, fault: motor-stall }'])).length).toBeGreaterThan(0)
  })
})

describe('the wire of a rig', () => {
  const counts = Object.fromEntries(WIRE_COUNTS.map((name, place) => [name, place])) as unknown as WireStatistics

  it('is on record at the end, with the time of it', async () => {
    const trace = await run(rigLike(() => ({ wire: () => counts })))
    expect(recordsOf(trace.records, 'wire')).toEqual([{ kind: 'wire', t_us: HOUR_s * 1e6, ...counts }])
    expect(recordsOf((await run(idealRig)).records, 'wire')).toEqual([])
  })

  it('is on record of a run that was broken off, where it can still be told', async () => {
    const breaking = (wire: () => WireStatistics) =>
      run(
        rigLike((inner) => ({
          wire,
          advance: (to_tick) => {
            if (to_tick > HOUR_ticks / 2) throw new RigError('the cable is out')
            return inner.advance(to_tick)
          },
        })),
        { ...USUAL, sample: '10 min' },
      )
    const told = await breaking(() => counts)
    expect(recordsOf(told.records, 'wire')).toHaveLength(1)
    expect(endIn(told)).toMatchObject({ complete: false, reason: 'the cable is out' })
    const untold = await breaking(() => {
      throw new Error('and nobody answers')
    })
    expect(recordsOf(untold.records, 'wire')).toEqual([])
    expect(endIn(untold)).toMatchObject({ complete: false, reason: 'the cable is out' })
  })
})

describe('what falls on the end of a run', () => {
  const faultsIn = (trace: Trace) =>
    recordsOf(trace.records, 'fault').flatMap(({ state }) => (state === 'fired' ? [] : [state]))
  const stalled = (lasting: string) =>
    run(idealRig, { ...USUAL, faults: [`{ at: 30 min, fault: motor-stall, for: ${lasting} }`] })

  it('is of it at the very instant, and not after', async () => {
    expect(faultsIn(await stalled('29 min'))).toEqual(['begun', 'ended'])
    expect(faultsIn(await stalled('30 min'))).toEqual(['begun', 'ended'])
    expect(faultsIn(await stalled('1800000001 us'))).toEqual(['begun'])
  })

  it('is what the pump does by itself then', async () => {
    const warned = async (duration: string) =>
      eventsIn(await run(idealRig, { duration, prescription: [stop('0 d')], sample: '1 h' }), 'stopped-warning')
    expect(await warned('1 h')).toHaveLength(1)
    expect(await warned('3599 s')).toEqual([])
  })
})
