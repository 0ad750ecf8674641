import { describe, expect, it } from 'vitest'
import { alarmLatency } from '#hil/oracle/alarm-latency'
import { whole } from '#units/rational'

const sounding = (raised: number, cleared: number | null = null) => ({
  raised_us: whole(raised),
  cleared_us: cleared === null ? null : whole(cleared),
})
const latency = (...soundings: ReturnType<typeof sounding>[]) => alarmLatency(whole(100), whole(200), soundings)

describe('the latency of an alarm', () => {
  it('runs from the cause to the first raise after it', () => {
    expect(latency(sounding(20, 30), sounding(130), sounding(150))).toEqual({
      kind: 'raised',
      latency_us: whole(30),
      raised_us: whole(130),
    })
    expect(latency(sounding(100))).toMatchObject({ kind: 'raised', latency_us: whole(0) })
    expect(latency(sounding(200))).toMatchObject({ kind: 'raised', latency_us: whole(100) })
  })

  it('is not known where the alarm sounded already, unless it is raised anew', () => {
    expect(latency(sounding(40))).toEqual({ kind: 'standing', raised_us: whole(40) })
    expect(latency(sounding(40, 101))).toEqual({ kind: 'standing', raised_us: whole(40) })
    expect(latency(sounding(40, 110), sounding(120))).toMatchObject({ kind: 'raised', latency_us: whole(20) })
  })

  it('is at least as long as the watch where none was raised', () => {
    const missed = { kind: 'missed', atLeast_us: whole(100) }
    expect(latency()).toEqual(missed)
    expect(latency(sounding(40, 100))).toEqual(missed)
    expect(latency(sounding(201))).toEqual(missed)
  })
})
