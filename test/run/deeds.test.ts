/** What people do with a pump, and what comes of it, in the words of the result. */
import { describe, expect, it } from 'vitest'
import type { EventResult } from '#hil/run/result'
import { finish } from '../support/bench.ts'
import { type Draft, draft, stop, therapy } from '../support/scenario.ts'

const HOUR_s = 3600

async function toldOf(parts: Partial<Draft>): Promise<readonly EventResult[]> {
  const text = draft({ prescription: [therapy('0 d', '400 ug/d')], duration: '1 d', sample: '1 d', ...parts })
  return (await finish(text)).result.events
}

const at = (events: readonly EventResult[], hours: number) =>
  events.filter(({ t_s }) => t_s === hours * HOUR_s).map(({ t_s: _, ...event }) => event)

describe('the event log', () => {
  it('is read, how much there is and how much is gone, and emptied', async () => {
    const events = await toldOf({
      events: ['{ at: 2 h, do: read-log }', '{ at: 3 h, do: clear }', '{ at: 4 h, do: read-log }'],
    })
    const [before] = at(events, 2)
    expect(before).toEqual({ event: 'log-read', detail: '1 entries, 0 older ones dropped' })
    expect(at(events, 3).map(({ event }) => event)).toEqual(['log-cleared'])
    expect(at(events, 4)).toEqual([{ event: 'log-read', detail: '1 entries, 0 older ones dropped' }])
  })
})

describe('an alarm', () => {
  const STOPPED = { prescription: [stop('0 h')], duration: '3 d' }

  it('is heard with its pattern, and silent while it is silenced', async () => {
    const events = await toldOf({ ...STOPPED, events: ['{ at: 50 h, do: silence }'] })
    const heard = events
      .filter(({ event }) => event === 'tone')
      .map(({ t_s, ...tone }) => [t_s / HOUR_s, tone['detail']])
    expect(heard).toEqual([
      [48, 'stopped-pump: two tones, 3 s, every 10 min'],
      [50, 'silent'],
      [50 + 1 / 6, 'stopped-pump: two tones, 3 s, every 10 min'],
    ])
    expect(at(events, 50)).toContainEqual(expect.objectContaining({ event: 'silenced' }))
  })

  it('that is none cannot be silenced', async () => {
    const events = await toldOf({ events: ['{ at: 5 h, do: silence }'] })
    expect(at(events, 5).map(({ event }) => event)).toEqual(['nothing-to-silence'])
  })
})

describe('a session with the programmer', () => {
  it('that ends before the commitment leaves the pump as it was, and says so', async () => {
    const programming = [therapy('0 d', '400 ug/d'), '{ at: 6 h, therapy: { mode: stopped }, commit: false }']
    const events = await toldOf({ programming, checks: ['{ check: interruption, within: 1 h }'] })
    expect(at(events, 6)).toEqual([
      { event: 'never-committed', detail: 'stopped: read back, and the session ended before it was committed' },
    ])
  })

  it('in which a warning is confirmed says which', async () => {
    const events = await toldOf({ limits: '{ daily_dose: { soft: 300 ug } }' })
    const [warned] = events.filter(({ event }) => event === 'warning-confirmed')
    expect(warned?.['detail']).toMatch(/^simple-continuous 400 ug\/d: .*300 ug/)
  })
})

describe('a pump without power', () => {
  const FAULTS = ['{ at: 6 h, fault: power-cut, for: 2 h }']

  it('does not answer, whatever it is asked; what was asked is told', async () => {
    const events = await toldOf({
      faults: FAULTS,
      events: ['{ at: 7 h, do: interrogate }', '{ at: 7 h, do: read-log }', '{ at: 7 h, do: silence }'],
    })
    expect(at(events, 7)).toEqual([
      { event: 'answer-lost', detail: 'the pump has no power and does not answer "read-log"' },
      { event: 'answer-lost', detail: 'the pump has no power and does not answer "silence"' },
      { event: 'answer-lost', detail: 'the pump has no power and does not answer "interrogate"' },
    ])
    const power = events
      .filter(({ event }) => event === 'power')
      .map(({ t_s, ...one }) => [t_s / HOUR_s, one['detail']])
    expect(power).toEqual([
      [6, 'the pump has lost its power'],
      [8, 'the pump has power again'],
    ])
  })

  it('takes no program, and none is left half done', async () => {
    const prescription = [therapy('0 d', '400 ug/d'), therapy('7 h', '500 ug/d')]
    const events = await toldOf({ faults: FAULTS, prescription })
    expect(at(events, 7)).toEqual([
      { event: 'answer-lost', detail: 'the pump has no power and does not answer "simple-continuous 500 ug/d"' },
      {
        event: 'programming-refused',
        what: 'simple-continuous 500 ug/d',
        reason: expect.stringContaining('the pump did not answer, so nothing was committed'),
      },
    ])
  })
})
