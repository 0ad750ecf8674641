/**
 * The rig in Python on its socket: what strangers send it, what it keeps, when it gives up, and the verdicts of the bench. Skipped where
 * there is no Python.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { parseScenario } from '#hil/scenario/parse'
import { encodeFrame } from '#protocol/frame'
import { wireTick } from '#protocol/ticks'
import { whole } from '#units/rational'
import { RigClient } from '../support/rig-client.ts'
import { end, HAS_PYTHON, OWN_RIG, type Served, served } from './own-rig.ts'

const running: Served[] = []
const folder = mkdtempSync(join(tmpdir(), 'own-rig-'))
afterEach(async () => {
  for (const rig of running.splice(0)) await end(rig)
  rmSync(folder, { recursive: true, force: true })
})

async function rigOf(...options: string[]): Promise<Served> {
  const rig = await served(...options)
  running.push(rig)
  return rig
}

async function stranger({ port }: Served): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** A client who comes as soon as the one before is gone, and says HELLO. */
async function afterwards(rig: Served, nonce: number): Promise<RigClient> {
  for (;;) {
    const client = await RigClient.connect(rig.transport)
    client.say({ type: 'HELLO', nonce })
    await client.until(() => client.frames.length > 0 || client.lost !== undefined, 'a word')
    if (client.lost === undefined) return client
    await client.close()
  }
}

/** The same bytes in every run, of all values but no HALT that would latch the motor. */
function noise(bytes: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const byte = state >>> 24
    return byte === 0x9b ? 0x24 : byte
  })
}

/** A machine that is kept from its work for long cannot keep a rig in time; the bench says so, and a test tries again. */
const PATIENT = { retry: 2, timeout: 60_000 }

describe.skipIf(!HAS_PYTHON)('the rig in Python on a socket', PATIENT, () => {
  it('comes to no harm by noise, by floods, and by clients that do not read or are gone', async () => {
    const rig = await rigOf()
    const loud = await stranger(rig)
    loud.write(noise(200_000))
    loud.write(Buffer.from(`$${'A'.repeat(100_000)}`))
    const hello = Buffer.from(encodeFrame(0, { type: 'HELLO', nonce: 5 }))
    loud.pause()
    for (let n = 0; n < 3000; n += 1) loud.write(hello)
    const second = await stranger(rig)
    const [told] = (await once(second, 'data')) as [Buffer]
    expect(told.toString()).toBe('the rig is in use\n')
    loud.write(hello.subarray(0, 9))
    await new Promise<void>((sent) => loud.end(() => sent()))
    loud.destroy()
    const client = await afterwards(rig, 4)
    expect(await client.hello(6)).toMatchObject({ state: 'IDLE', halts: 0 })
    await client.command({ type: 'STAT' })
    expect(client.frames.at(-1)?.message).toMatchObject({ forward: 0, reverse: 0, queued: 0 })
    expect(rig.child.exitCode).toBeNull()
    await client.close()
  })

  it('goes on in the same session when its client was gone and is back', async () => {
    const rig = await rigOf()
    const before = await RigClient.connect(rig.transport)
    const { token, tick } = await before.hello(7)
    const first = wireTick(tick + 20_000)
    const steps = { phase: 0, count: 3, quotient: 200, remainder: 0, divisor: 1, direction: 'F' }
    await before.command({ type: 'SEG', first, ...steps })
    await before.close()
    const after = await afterwards(rig, 7)
    expect(await after.next('WELCOME')).toMatchObject({ token, state: 'RUN' })
    const told = await after.next('TEL')
    expect(told).toMatchObject({ forward: 3, state: 'IDLE' })
    await after.close()
  })

  it('keeps its name, and has a boot id of its own at each start', async () => {
    const memory = join(mkdtempSync(join(tmpdir(), 'own-rig-')), 'memory')
    const welcomes = []
    for (let start = 0; start < 2; start += 1) {
      const rig = await rigOf('--memory', memory)
      const client = await RigClient.connect(rig.transport)
      welcomes.push(await client.hello())
      await client.command({ type: 'NAME', serial: 'bench-3' })
      await client.close()
      expect(await end(rig)).toBe(0)
    }
    expect(welcomes.map(({ identity }) => identity)).toEqual(['UNNAMED', 'bench-3'])
    expect(welcomes[0]?.boot).not.toBe(welcomes[1]?.boot)
    writeFileSync(memory, 'something else\n')
    await expect(served('--memory', memory)).rejects.toThrow('is not the memory of a rig')
    rmSync(memory)
  })

  it('ends rather than make a step late', async () => {
    const rig = await rigOf('--latest-ms', '50')
    const client = await RigClient.connect(rig.transport)
    const { tick } = await client.hello()
    const steps = { phase: 0, count: 100, quotient: 160, remainder: 0, divisor: 1, direction: 'F' }
    const ended = once(rig.child, 'exit')
    await client.command({ type: 'SEG', first: wireTick(tick + 10_000), ...steps })
    rig.child.kill('SIGSTOP')
    await new Promise((over) => setTimeout(over, 1000))
    rig.child.kill('SIGCONT')
    expect(await ended).toEqual([1, null])
    await client.close()
  })
})

/** What the bench says of five minutes of therapy on this rig. */
async function verdictOn(rig: Served) {
  const file = join(OWN_RIG, 'five-minutes.yaml')
  const parsed = parseScenario(readFileSync(file, 'utf8'), file)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const definition = linkedRig({ transport: rig.transport, speed: whole(100) })
  return judge(await execute(parsed.scenario, modelPump, definition), { file, wall_s: 0 })
}

describe.skipIf(!HAS_PYTHON)('the bench on the rig in Python', PATIENT, () => {
  it('passes it, and not when it loses steps', async () => {
    const [sound, lossy] = await Promise.all([rigOf(), rigOf('--lose-every', '20')])
    const [passed, failed] = await Promise.all([verdictOn(sound), verdictOn(lossy)])
    expect([passed.verdict, failed.verdict]).toEqual(['pass', 'fail'])
    // As the guide says.
    expect([passed.delivered.steps, failed.delivered.steps]).toEqual([154, 147])
    const tracking = failed.checks.find(({ check }) => check === 'tracking')
    expect(tracking?.verdict).toBe('fail')
  })
})
