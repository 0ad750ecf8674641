/** Firmware that hangs at the end of a wire in real time: its watchdog starts it anew, and no run goes on from there. */
import { expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { MemoryCable } from '#hil/rig/memory/cable'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { whole } from '#units/rational'
import { hungFirmware } from '../firmware/rig.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { Chip } from './chip.ts'

const FILL = '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }'

it('a rig that hangs is restarted by its watchdog, which its boot id tells: inconclusive', {
  retry: 1,
  timeout: 60_000,
}, async () => {
  const chip = new Chip(hungFirmware())
  try {
    const cable = new MemoryCable()
    chip.attach(await cable.rig.open())
    const duration = '20 min'
    const scenario = scenarioOf(draft({ fill: FILL, duration, prescription: [therapy('0 d', '10 mL/d')] }))
    const trace = await execute(scenario, modelPump, linkedRig({ transport: cable.host, speed: whole(60) }))
    const end = trace.records.at(-1)
    expect(judge(trace, { file: 'draft.yaml', wall_s: 0 }).verdict).toBe('inconclusive')
    expect(end).toMatchObject({ kind: 'end', complete: false })
    expect(end?.kind === 'end' && end.reason).toMatch(/the rig has restarted \(WATCHDOG\): boot id [0-9A-F]{8}/)
  } finally {
    await chip.close()
  }
})
