/** Standing: a pump stopped on command says so early, alarms before its tube is harmed, and each once a stop. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODELS, type ModelKey, modelOf } from '#firmware-sim/models'
import { alarmAt, noticed, RUNNING, type Standing, stillStands, stopped, warningAt } from '#firmware-sim/standing'
import { as, type Time_us } from '#units/quantity'
import { add, compare, ratio, subtract, whole } from '#units/rational'

function pumpWith(figures: Partial<Record<ModelKey, string>> = {}): PumpModel {
  return modelOf('im-40', { ...figureTexts(MODELS.get('im-40')!), ...figures })
}

const MODEL = pumpWith()
const hour = (count: number): Time_us => as(whole(count * 3_600_000_000))
const A_MOMENT = ratio(1n, 1000n)
/** The next instant at which the standing pump says anything by itself; null when there is none. */
function nextNotice(model: PumpModel, standing: Standing): Time_us | null {
  const due = [warningAt(model, standing), alarmAt(model, standing)].filter((at_us) => at_us !== null)
  return due.toSorted(compare)[0] ?? null
}

const justBefore = (at_us: Time_us): Time_us => as(subtract(at_us, A_MOMENT))

describe('a stopped pump', () => {
  const standing = stopped(RUNNING, hour(5), 7)

  it('warns after one hour, at that instant and once', () => {
    expect(warningAt(MODEL, standing)).toEqual(hour(6))
    expect(noticed(MODEL, standing, justBefore(hour(6)))).toEqual({ standing, warns: false, alarms: false })
    const notice = noticed(MODEL, standing, hour(6))
    expect(notice).toMatchObject({ warns: true, alarms: false })
    expect(warningAt(MODEL, notice.standing)).toBeNull()
    expect(noticed(MODEL, notice.standing, hour(7))).toMatchObject({ warns: false, alarms: false })
  })

  it('alarms after 48 hours, at that instant and once', () => {
    const warned = noticed(MODEL, standing, hour(6)).standing
    expect(nextNotice(MODEL, warned)).toEqual(hour(53))
    expect(noticed(MODEL, warned, justBefore(hour(53))).alarms).toBe(false)
    const notice = noticed(MODEL, warned, hour(53))
    expect(notice).toMatchObject({ warns: false, alarms: true })
    expect(alarmAt(MODEL, notice.standing)).toBeNull()
    expect(nextNotice(MODEL, notice.standing)).toBeNull()
    expect(noticed(MODEL, notice.standing, hour(500)).alarms).toBe(false)
  })

  it('says both at once where it was not asked in between', () => {
    expect(noticed(MODEL, standing, hour(60))).toEqual({
      standing: { since_us: hour(5), steps: 7, warned: true, alarmed: true },
      warns: true,
      alarms: true,
    })
  })

  it('stands since it was stopped first', () => {
    expect(stopped(standing, hour(10), 7)).toBe(standing)
    const warned = noticed(MODEL, standing, hour(6)).standing
    expect(stopped(warned, hour(10), 7)).toBe(warned)
  })

  it('stands anew once it has made a step', () => {
    const warned = noticed(MODEL, standing, hour(6)).standing
    expect(stopped(warned, hour(10), 8)).toEqual({ since_us: hour(10), steps: 8, warned: false, alarmed: false })
    expect([stillStands(standing, 7), stillStands(standing, 8), stillStands(RUNNING, 0)]).toEqual([true, false, false])
  })

  it('may alarm before it warns', () => {
    const hasty = pumpWith({ stopped_warning: '3 h', stopped_alarm: '2 h' })
    expect(nextNotice(hasty, standing)).toEqual(hour(7))
    const notice = noticed(hasty, standing, hour(7))
    expect(notice).toMatchObject({ warns: false, alarms: true })
    expect(nextNotice(hasty, notice.standing)).toEqual(hour(8))
    expect(noticed(hasty, notice.standing, hour(8))).toEqual({
      standing: { since_us: hour(5), steps: 7, warned: true, alarmed: true },
      warns: true,
      alarms: false,
    })
  })
})

describe('a running pump', () => {
  it('has nothing to say', () => {
    expect([warningAt(MODEL, RUNNING), alarmAt(MODEL, RUNNING), nextNotice(MODEL, RUNNING)]).toEqual([null, null, null])
    expect(noticed(MODEL, RUNNING, hour(1000))).toEqual({ standing: RUNNING, warns: false, alarms: false })
  })

  it('stands anew when it is stopped again', () => {
    const again = stopped(RUNNING, hour(100), 9)
    expect(again).toEqual({ since_us: hour(100), steps: 9, warned: false, alarmed: false })
    expect(nextNotice(MODEL, again)).toEqual(hour(101))
  })
})

describe('any times of asking', () => {
  it('give one warning and one alarm for a long stop, none before its time', () => {
    const gaps = fc.array(fc.bigInt({ min: 0n, max: 10n ** 11n }), { maxLength: 30 })
    fc.assert(
      fc.property(gaps, fc.bigInt({ min: 1n, max: 7n }), (course, part) => {
        const since_us: Time_us = as(ratio(10n, part))
        let standing: Standing = stopped(RUNNING, since_us, 0)
        let now_us = since_us
        let [warnings, alarms] = [0, 0]
        for (const gap of course) {
          now_us = as(add(now_us, ratio(gap, part)))
          const notice = noticed(MODEL, standing, now_us)
          ;[warnings, alarms] = [warnings + Number(notice.warns), alarms + Number(notice.alarms)]
          standing = notice.standing
          const stood = subtract(now_us, since_us)
          expect([warnings, alarms]).toEqual([
            Number(compare(stood, hour(1)) >= 0),
            Number(compare(stood, hour(48)) >= 0),
          ])
        }
      }),
    )
  })
})
