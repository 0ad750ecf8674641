/**
 * A cable that is pulled while bytes pour through it: the port may say for ever that it is open and read nothing in a tight
 * loop. Whichever way it goes, the connection ends, lets go of its port and costs nothing afterwards.
 */
import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { serialTransport } from '#hil/rig/serial/port'
import type { Connection } from '#hil/rig/serial/transport'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { whole } from '#units/rational'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { Chip } from './chip.ts'
import { HAS_SOCAT, PtyPair } from './pty-pair.ts'

const LINE = Buffer.from('log line of a rig that is chatty\n')
const FILL = '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }'

/** Files of this process that are the terminal. */
function held(terminal: string): number {
  return readdirSync('/proc/self/fd').filter((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`).startsWith(terminal)
    } catch {
      return false
    }
  }).length
}

/** Part of a processor that this process takes while it has nothing to do. */
async function idleLoad(): Promise<number> {
  const [from, begun] = [process.cpuUsage(), performance.now()]
  await pause(1000)
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1000 / (performance.now() - begun)
}

function pause(time_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time_ms))
}

/** Writes as much as goes through until it is ended. */
function flood(connection: Connection): () => void {
  const timer = setInterval(() => {
    for (let line = 0; line < 100; line += 1) connection.write(LINE)
  }, 2)
  return () => clearInterval(timer)
}

describe.skipIf(!HAS_SOCAT)('a flooded pseudo-terminal that is pulled (needs socat)', { timeout: 60_000 }, () => {
  it('is let go of by whoever closes it, told of or not, again and again', async () => {
    for (let time = 0; time < 5; time += 1) {
      const pair = await PtyPair.open()
      const terminal = realpathSync(pair.host)
      const [host, rig] = [await serialTransport(pair.host).open(), await serialTransport(pair.rig).open()]
      host.received.subscribe()
      const end = flood(rig)
      await pause(100)
      expect(held(terminal)).toBe(1)
      pair.kill()
      await pause(100)
      end()
      await Promise.all([host.close(), rig.close()])
      expect(held(terminal)).toBe(0)
      pair.close()
    }
    expect(await idleLoad()).toBeLessThan(0.5)
  })

  it('ends a run as inconclusive when it is not put back, and nothing spins on', { retry: 1 }, async () => {
    const pair = await PtyPair.open()
    const terminal = realpathSync(pair.host)
    const chip = new Chip()
    const rig = await serialTransport(pair.rig).open()
    chip.attach(rig)
    const scenario = scenarioOf(draft({ fill: FILL, duration: '1 h', prescription: [therapy('0 d', '10 mL/d')] }))
    const linked = linkedRig({ transport: serialTransport(pair.host), speed: whole(60), grace_us: 1e6 })
    const run = execute(scenario, modelPump, linked)
    while (chip.made.length < 5) await pause(5)
    const end = flood(rig)
    await pause(100)
    pair.kill()
    const trace = await run
    end()
    await chip.close()
    const last = trace.records.at(-1)
    expect(judge(trace, { file: 'draft.yaml', wall_s: 0 }).verdict).toBe('inconclusive')
    expect(last?.kind === 'end' && last.reason).toMatch(/the rig has gone|steps/)
    expect(held(terminal)).toBe(0)
    pair.close()
    expect(await idleLoad()).toBeLessThan(0.5)
  })
})
