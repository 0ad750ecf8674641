/** What a rig with a wire says of it at the end: the same in every run, and nothing where there is no wire. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { render } from '#hil/report/render'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { type RigDefinition, RigError } from '#hil/rig/rig'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import { result } from '../report/fabricated.ts'
import { finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const TEXT = draft({ duration: '6 h', prescription: [therapy('0 d', '240 ug/d')] })

describe('the statistics of the wire', async () => {
  const [once, again, ideal] = [
    await finish(TEXT, modelPump, avrRig),
    await finish(TEXT, modelPump, avrRig),
    await finish(TEXT, modelPump, idealRig),
  ]

  it('stand before the end of the trace of a rig that has one, the same in every run', () => {
    expect(once.trace.records.at(-2)?.kind).toBe('wire')
    expect(again.trace.sha256).toBe(once.trace.sha256)
    expect(recordsOf(ideal.trace.records, 'wire')).toEqual([])
    expect(ideal.result).not.toHaveProperty('wire')
  })

  it('tell of a sound link: everything answered at once, nothing lost', () => {
    const { wire } = once.result
    expect(wire).toMatchObject({ retries: 0, refusals: 0, flawed: 0, telemetry_missed: 0, rig_overruns: 0 })
    expect(wire?.round_trips).toBeGreaterThan(0)
    expect(wire?.telemetry).toBeGreaterThan(1)
    expect(wire?.round_trip_most_ticks).toBeLessThan(400)
    expect(wire?.sent_bytes).toBeGreaterThan((wire?.sent_frames ?? 0) * 20)
  })

  it('are on the page', () => {
    const page = render(result(once.result), 'html')
    expect(page).toContain('The wire between host and rig')
    expect(page).toContain(`${once.result.wire?.sent_frames} frames, ${once.result.wire?.sent_bytes} bytes`)
    expect(render(result(ideal.result), 'html')).not.toContain('The wire between')
  })

  it('that cannot be are a failure of the rig', async () => {
    const lying = (wire: () => unknown): RigDefinition => ({
      ...idealRig,
      create: () => Object.assign(idealRig.create(), { wire }) as ReturnType<RigDefinition['create']>,
    })
    const half = await finish(
      TEXT,
      modelPump,
      lying(() => ({ ...once.result.wire, sent_bytes: 1.5 })),
    )
    expect(half.result.verdict).toBe('inconclusive')
    expect(half.result.checks.at(-1)?.detail).toContain('sent_bytes of its wire is 1.5')
    const broken = await finish(
      TEXT,
      modelPump,
      lying(() => {
        throw new RigError('unplugged')
      }),
    )
    expect(broken.result.checks.at(-1)?.detail).toContain('unplugged')
  })

  it('come through a replay', () => {
    expect(judge(once.trace, { file: 'draft.yaml', wall_s: 0 }).wire).toEqual(once.result.wire)
  })
})
