/** The link on a bad wire: whatever happens to the frames, each command runs once or is proved not to have run. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { Bench, motion } from './peer.ts'
import { anyAct, anyCommand, anyFate, anyInterruption, anyScript, anyWait, type Script } from './scripts.ts'

/** Opens a session, however long it takes. */
function opened(bench: Bench): boolean {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const before = bench.eventsOf('session').length
    bench.open()
    bench.run(1_100_000)
    if (bench.eventsOf('session').length > before) return true
  }
  return false
}

/** Each command is told from the others by a field of its own; by that the record of the rig is read. */
interface Asked {
  readonly id: number
  readonly mark: string
}

/** Does what the script says, then lets the wire, which is clean by then, settle. */
function played(script: Script): { readonly bench: Bench; readonly asked: readonly Asked[] } {
  const bench = new Bench({ fates: script.fates, tick: 2 ** 32 - 40_000 })
  const asked: Asked[] = []
  expect(opened(bench)).toBe(true)
  for (const [i, act] of script.acts.entries()) {
    if (act.act === 'wait') bench.run(act.for_us)
    else if (act.act === 'halt') bench.halt()
    else if (act.act === 'restart') bench.restart()
    else if (act.act === 'reopen') expect(opened(bench)).toBe(true)
    else if (bench.host.tickAt(bench.now_us) === undefined) expect(opened(bench)).toBe(true)
    else if (act.act === 'clear') bench.request({ type: 'CLEAR', halts: bench.host.halts ?? 0 })
    else if (act.act === 'stat') bench.request({ type: 'STAT' })
    else asked.push(ask(bench, act.act, i, act.within_us))
  }
  for (let settled = 0; settled < 8; settled += 1) {
    bench.run(4_000_000)
    if (bench.host.tickAt(bench.now_us) === undefined) expect(opened(bench)).toBe(true)
  }
  return { bench, asked }
}

function ask(bench: Bench, act: 'name' | 'cancel' | 'motion', i: number, within_us: number): Asked {
  switch (act) {
    case 'name':
      return { id: bench.request({ type: 'NAME', serial: `n${i}` }, within_us), mark: `NAME n${i}` }
    case 'cancel': {
      const from = (bench.tick + 100_000 + i) % 2 ** 32
      return { id: bench.request({ type: 'CANCEL', from }, within_us), mark: `CANCEL ${from}` }
    }
    case 'motion': {
      // The phase tells one segment from another without moving a step, because the divisor is large.
      const fields = { ...motion(bench.tick + 15_000, 5, 2000), phase: i, divisor: 1_000_000 }
      return { id: bench.request(fields, within_us), mark: `SEG ${i}` }
    }
  }
}

/** How often the rig executed, and how often it was asked to execute, the command of a mark. */
function executions(bench: Bench, mark: string): { readonly done: number; readonly tried: number } {
  const tries = bench.body.attempts.filter(({ command }) => {
    if (command.type === 'NAME') return mark === `NAME ${command.serial}`
    return mark === (command.type === 'SEG' ? `SEG ${command.phase}` : `CANCEL ${command.from}`)
  })
  return { tried: tries.length, done: tries.filter(({ refusal }) => refusal === undefined).length }
}

function checkOutcomes(bench: Bench, asked: readonly Asked[]): Record<string, number> {
  const counts: Record<string, number> = {}
  const outcomes = bench.outcomes()
  for (const { id, mark } of asked) {
    const [outcome, ...more] = outcomes.get(id) ?? []
    expect(more, `${mark} was reported more than once`).toEqual([])
    const kind = outcome?.kind ?? 'never reported'
    counts[kind] = (counts[kind] ?? 0) + 1
    const { done, tried } = executions(bench, mark)
    expect({ mark, kind, tried: tried <= 1 }).toEqual({ mark, kind, tried: true })
    if (kind === 'done') expect({ mark, done }).toEqual({ mark, done: 1 })
    else if (kind === 'lost') expect(done).toBeLessThanOrEqual(1)
    else expect({ mark, kind, done }).toEqual({ mark, kind, done: 0 })
    expect(kind).not.toBe('never reported')
  }
  return counts
}

/** Every tick at which the rig stepped is later than the one before. */
function checkSteps({ body: { steps } }: Bench): void {
  for (const [i, tick] of steps.slice(1).entries()) expect(tick).toBeGreaterThan(steps[i] ?? 0)
}

describe('on a wire that loses, doubles, delays, reorders and damages frames', () => {
  it('each command is executed exactly once, or refused or undone and never executed', () => {
    const totals: Record<string, number> = {}
    fc.assert(
      fc.property(anyScript(anyAct), (script) => {
        const { bench, asked } = played(script)
        const counts = checkOutcomes(bench, asked)
        // Nothing is lost as long as the session lasts; only silence can end it here.
        if (counts['lost'] !== undefined) expect(bench.eventsOf('silent')).not.toEqual([])
        for (const [kind, count] of Object.entries(counts)) totals[kind] = (totals[kind] ?? 0) + count
        checkSteps(bench)
      }),
      { seed: 11, numRuns: 400 },
    )
    // The property would hold of a link that does nothing: all ways to end occur, and most commands are done.
    expect(Object.keys(totals).sort()).toEqual(expect.arrayContaining(['done', 'refused', 'undone']))
    expect(totals['done']).toBeGreaterThan(500)
    expect(totals['undone']).toBeGreaterThan(50)
  })

  it('nothing executes twice across new sessions and restarts', () => {
    fc.assert(
      fc.property(anyScript(fc.oneof({ weight: 8, arbitrary: anyAct }, anyInterruption)), (script) => {
        const { bench, asked } = played(script)
        checkOutcomes(bench, asked)
        checkSteps(bench)
      }),
      { seed: 12, numRuns: 300 },
    )
  })

  it('after HALT nothing moves until CLEAR', () => {
    fc.assert(
      fc.property(anyScript(fc.oneof(anyCommand, anyWait)), fc.nat(3_000_000), (script, before_us) => {
        const bench = new Bench({ fates: script.fates })
        expect(opened(bench)).toBe(true)
        bench.request(motion(bench.tick + 15_000, 2000, 100))
        bench.run(before_us)
        bench.halt()
        while (bench.eventsOf('halted').length === 0) bench.run(50_000)
        const stepsAtHalt = bench.body.steps.length
        for (const [i, act] of script.acts.entries()) {
          if (act.act === 'wait') bench.run(act.for_us)
          else if (bench.host.tickAt(bench.now_us) === undefined) expect(opened(bench)).toBe(true)
          else ask(bench, 'motion', i, 500_000)
        }
        bench.run(5_000_000)
        expect(bench.body.steps.length).toBe(stepsAtHalt)
        clearAndMove(bench)
        expect(bench.body.steps.length).toBe(stepsAtHalt + 5)
      }),
      { seed: 13, numRuns: 200 },
    )
  })

  it('sequence numbers come round many times and every command is still executed once', () => {
    const [fates] = fc.sample(fc.array(anyFate, { minLength: 4000, maxLength: 4000 }), { seed: 14, numRuns: 1 })
    const bench = new Bench({ fates: (fates ?? []).filter(({ fate }) => fate !== 'late'), latency_us: 1000 })
    expect(opened(bench)).toBe(true)
    const asked: Asked[] = []
    for (let i = 0; i < 1500; i += 1) {
      while (bench.host.tickAt(bench.now_us) === undefined) expect(opened(bench)).toBe(true)
      asked.push(ask(bench, 'name', i, 2_000_000))
      bench.run(10_000 + 200_000 * (i % 3))
    }
    bench.run(10_000_000)
    const counts = checkOutcomes(bench, asked)
    expect(counts['done']).toBeGreaterThan(1200)
  })
})

describe('frames of the past', () => {
  it('of a session that has ended neither act nor are answered nor reported', () => {
    fc.assert(
      fc.property(anyScript(fc.oneof(anyCommand, anyWait)), (script) => {
        const { bench } = played(script)
        // A HELLO of the past does open its session anew; it stops the motor, and the host hears of nothing any more.
        const past = bench.sent.filter(({ bytes }) => !Buffer.from(bytes).includes('HELLO'))
        expect(opened(bench)).toBe(true)
        const [attempts, events] = [bench.body.attempts.length, bench.events.length]
        const spoken = bench.sent.length
        for (const { to, bytes } of past) {
          if (to === 'rig') bench.inject(bytes)
          else bench.take(bench.host.receive(bytes, bench.now_us))
        }
        expect(bench.body.attempts.length).toBe(attempts)
        expect(bench.sent.slice(spoken).filter(({ to }) => to === 'host')).toEqual([])
        const heard = bench.events.slice(events).map(({ event }) => event.kind)
        expect(heard.filter((kind) => kind !== 'flawed' && kind !== 'log')).toEqual([])
      }),
      { seed: 15, numRuns: 100 },
    )
  })
})

/** Takes the latch off, whatever count it has by now, and moves five steps. */
function clearAndMove(bench: Bench): void {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (bench.host.tickAt(bench.now_us) === undefined) expect(opened(bench)).toBe(true)
    const id = bench.request({ type: 'CLEAR', halts: bench.host.halts ?? 0 })
    bench.run(2_000_000)
    if (bench.outcomes().get(id)?.[0]?.kind === 'done') break
  }
  bench.mend()
  if (bench.host.tickAt(bench.now_us) === undefined) expect(opened(bench)).toBe(true)
  bench.request(motion(bench.tick + LIMITS.dead_man, 5, 100))
  bench.run(5_000_000)
}
