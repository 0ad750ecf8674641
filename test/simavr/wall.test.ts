/**
 * simavr at the pace of the wall, at the end of a pseudo-terminal, opened by the binding of serialport: a run of a boluses' hour at
 * `--speed 360` passes, and each edge of the coils is at the tick that was commanded.
 *
 * A machine that is too busy for the pace makes such a run inconclusive, which is what it should be; then it is run again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { serialTransport } from '#hil/rig/serial/port'
import type { Transport } from '#hil/rig/serial/transport'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { Splitter } from '#protocol/splitter'
import { tickOf } from '#units/cadence'
import { whole } from '#units/rational'
import { bolus, draft, scenarioOf } from '../support/scenario.ts'
import { stepTicks } from '../support/steps.ts'
import { HAS_SOCAT } from '../wires/pty-pair.ts'
import { deedsIn, edgesOf, HAS_SIMAVR, Simavr } from './simavr.ts'

vi.setConfig({ testTimeout: 120_000 })

const SPEED = 360
const COILS_OFF = 0

const HOUR = draft({
  duration: '1 h',
  prescription: [
    '{ at: 0 s, therapy: { mode: flex, basal: 500 ug/d, boluses: [{ at: "08:10", dose: 20 ug, over: 10 min }, { at: "08:40", dose: 10 ug, over: 5 min }] } }',
    bolus('30 min', '5 uL', '5 min'),
  ],
  checks: ['{ check: tracking, within: 1 step }'],
  sample: '1 h',
})

/** A day of the published pattern takes four minutes of wall time: run with PUMPBENCH_WALL=day. */
const DAY = draft({
  duration: '1 d',
  prescription: [
    '{ at: 0 s, therapy: { mode: flex, basal: 350 ug/d, boluses: { dose: 20 ug, count: 13, over: 5 min, from: "00:00" } } }',
  ],
  checks: ['{ check: tracking, within: 1 step }'],
  sample: '1 d',
})
const WITH_DAY = process.env['PUMPBENCH_WALL'] === 'day'

/** The transport, and every step that was commanded over it: what was taken back is not. */
function recorded(transport: Transport): { readonly transport: Transport; readonly ticks: () => number[] } {
  const splitter = new Splitter('to-rig')
  const seen = new Set<string>()
  let ticks: number[] = []
  const note = (bytes: Uint8Array) => {
    for (const piece of splitter.push(bytes)) {
      if (piece.kind !== 'frame') continue
      const { sequence, message } = piece.frame
      const once = JSON.stringify([sequence, message])
      if (seen.has(once)) continue
      if (message.type === 'SEG') {
        seen.add(once)
        ticks.push(...Array.from({ length: message.count }, (_, j) => tickOf(message, j)))
      } else if (message.type === 'CANCEL') {
        seen.add(once)
        ticks = ticks.filter((tick) => tick < message.from)
      }
    }
  }
  const open = async () => {
    const connection = await transport.open()
    return {
      received: connection.received,
      lost: connection.lost,
      write: (bytes: Uint8Array) => {
        note(bytes)
        connection.write(bytes)
      },
      close: () => connection.close(),
    }
  }
  return { transport: { name: transport.name, open }, ticks: () => ticks }
}

describe.skipIf(!HAS_SIMAVR || !HAS_SOCAT)(
  'simavr at wall pace on a pseudo-terminal (needs libsimavr-dev, gcc, socat)',
  () => {
    let simavr: Simavr
    let socat: ChildProcess | undefined
    beforeAll(() => {
      simavr = new Simavr()
    })
    afterEach(() => socat?.kill('SIGKILL'))
    afterAll(() => simavr?.remove())

    async function passes(text: string): Promise<void> {
      const [link, edges] = [
        join(simavr.folder, `tty${performance.now()}`),
        join(simavr.folder, `edges${performance.now()}`),
      ]
      const chip = `EXEC:${simavr.program} paced ${simavr.image} ${edges}`
      socat = spawn('socat', [`pty,raw,echo=0,link=${link}`, chip], { stdio: 'ignore' })
      await vi.waitUntil(() => existsSync(link), { timeout: 20_000 })
      const { transport, ticks } = recorded(serialTransport(link))
      const trace = await execute(scenarioOf(text), modelPump, linkedRig({ transport, speed: whole(SPEED) }))
      const result = judge(trace, { file: 'hour.yaml', wall_s: 0 })
      expect(result.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
      expect(result.verdict).toBe('pass')
      const made = edgesOf(deedsIn(readFileSync(edges, 'utf8'))).filter(([, coils]) => coils !== COILS_OFF)
      expect(made.map(([tick]) => tick)).toEqual(ticks())
      expect(made).toHaveLength(stepTicks(trace).length)
      expect(made.length).toBeGreaterThan(200)
    }

    it('passes boluses at 360 times the pace of the wall, each edge at its commanded tick', { retry: 2 }, async () => {
      await passes(HOUR)
    })

    it.runIf(WITH_DAY)('passes a day of flex so', { timeout: 600_000 }, async () => await passes(DAY))
  },
)
