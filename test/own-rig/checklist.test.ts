/**
 * What a rig has to do on its wire, by the clock on the wall, shown to itself and to whoever has built one. Skipped where there is no
 * Python.
 *
 * With PUMPBENCH_OWN_RIG=tcp:HOST:PORT or serial:PATH it is asked of the rig that answers there, whoever made it, and makes some 300 motor
 * steps forward, 10 ms apart. Else of the one in Python.
 */
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PROTOCOL_VERSION } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import type { MessageOf } from '#protocol/message'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { extendTick, wireTick } from '#protocol/ticks'
import { transportNamed } from '#scripts/wire-rigs'
import { RigClient } from '../support/rig-client.ts'
import { end, HAS_PYTHON, type Served, served } from './own-rig.ts'

const FOREIGN = process.env['PUMPBENCH_OWN_RIG']
/** 10 ms, which any motor can follow. */
const INTERVAL_ticks = 156
/** Time for a segment to reach the rig, on a busy machine too. */
const AHEAD_ticks = 15_000
/** A step is judged by then. */
const JUDGED_ticks = 160
const DEAD_MAN_ticks = 31_250
const HALT = Uint8Array.of(0x9b, 0x9b)
const BEAT_ms = 200
/** A machine that is kept from its work for a second sends its segments too late, and a test tries again. */
const PATIENT = { retry: 2, timeout: 60_000 }
/** A board that was reset because its port was opened hears nothing for a second or two. */
const HELLO_AGAIN_ms = 500

async function opened(): Promise<{ client: RigClient; own: Served | undefined }> {
  if (FOREIGN === undefined) {
    const own = await served()
    return { client: await RigClient.connect(own.transport), own }
  }
  const found = await transportNamed(FOREIGN, 'PUMPBENCH_OWN_RIG')
  if (!found.ok) throw new Error(found.problem)
  return { client: await RigClient.connect(found.value), own: undefined }
}

describe.skipIf(FOREIGN === undefined && !HAS_PYTHON)(`the rig ${FOREIGN ?? 'in Python'}`, PATIENT, () => {
  let rig: Awaited<ReturnType<typeof opened>>
  let welcome: MessageOf<'WELCOME'>
  beforeAll(async () => {
    rig = await opened()
  })
  afterAll(async () => {
    await rig.client.close()
    if (rig.own !== undefined) await end(rig.own)
  })

  /** Opens a session as a host does: the same HELLO until it is answered. */
  async function begin(nonce = randomInt(2 ** 32)): Promise<MessageOf<'WELCOME'>> {
    const { client } = rig
    const from = client.frames.length
    const hello = () => client.write(Buffer.concat([Uint8Array.of(0x0a), encodeFrame(0, { type: 'HELLO', nonce })]))
    hello()
    const again = setInterval(hello, HELLO_AGAIN_ms)
    const answer = client.next('WELCOME', from)
    const said = await answer.finally(() => clearInterval(again))
    client.token = said.token
    client.sequence = 0
    return said
  }

  /** The counters as they are. */
  async function counters(): Promise<MessageOf<'TEL'>> {
    const { client } = rig
    const number = client.sequence % 256
    const from = client.frames.length
    await client.command({ type: 'STAT' })
    const acknowledged = client.frames.findIndex(
      ({ sequence, message }, at) => at >= from && message.type === 'ACK' && sequence === number,
    )
    return await client.next('TEL', acknowledged)
  }

  function tels(from = 0): MessageOf<'TEL'>[] {
    const { client } = rig
    return client.frames
      .slice(from)
      .flatMap(({ message }) => (message.type === 'TEL' && message.token === client.token ? [message] : []))
  }

  /** Waits with a heart that beats, so that the dead-man does not stop what is waited for. */
  async function until(holds: () => boolean, what: string): Promise<void> {
    const { client } = rig
    const beats = setInterval(() => client.say({ type: 'BEAT', token: client.token }), BEAT_ms)
    await client.until(holds, what).finally(() => clearInterval(beats))
  }

  function segment(first: number, count: number, more: object = {}): object {
    const fields = { phase: 0, quotient: INTERVAL_ticks, remainder: 0, divisor: 1, direction: 'F', ...more }
    return { type: 'SEG', first: wireTick(first), count, ...fields }
  }

  beforeEach(async () => {
    welcome = await begin()
    // What a test before may have latched.
    await rig.client.command({ type: 'CLEAR', halts: welcome.halts })
  }, 30_000)

  it('says what it is, in the words of this page', () => {
    expect(welcome).toMatchObject({ version: PROTOCOL_VERSION, schema: SCHEMA_HASH, clock: 16_000_000 })
    expect(welcome.identity).not.toBe('')
  })

  it('begins no session anew for the same HELLO', async () => {
    const first = await begin(77)
    const from = rig.client.frames.length
    const again = await begin(77)
    expect({ ...again, tick: 0 }).toEqual({ ...first, tick: 0 })
    await counters()
    expect(tels(from)).toHaveLength(1)
  })

  it('hears nothing that is said with the token of an earlier session, and drops what that had queued', async () => {
    const { client } = rig
    const old = client.token
    await client.command(segment(welcome.tick + AHEAD_ticks, 50))
    await begin()
    expect(client.token).not.toBe(old)
    expect(await counters()).toMatchObject({ queued: 0, state: 'IDLE' })
    const from = client.frames.length
    client.say({ type: 'STAT', token: old }, client.sequence)
    await counters()
    expect(client.frames.slice(from).map(({ message }) => message.type)).toEqual(['ACK', 'TEL'])
  })

  it('executes a command once however often it comes, and says the same again, two deep', async () => {
    const { client } = rig
    const { forward } = await counters()
    const { tick } = await client.command(segment(welcome.tick + AHEAD_ticks, 2))
    const number = client.sequence - 1
    await client.command({ type: 'VOID' })
    const from = client.frames.length
    client.say({ type: 'VOID', token: client.token }, number)
    await client.until(() => client.frames.length > from, 'the kept answer')
    expect(client.frames[from]).toEqual({ sequence: number, message: { type: 'ACK', token: client.token, tick } })
    await until(() => tels().some((tel) => tel.forward === forward + 2), 'two steps')
    expect((await counters()).forward).toBe(forward + 2)
  })

  it('makes every step at its time, and tells of each 64th and the last when its rotor has settled', async () => {
    const { client } = rig
    const { forward } = await counters()
    const from = client.frames.length
    const now = welcome.tick
    expect((await client.command(segment(now + AHEAD_ticks, 130))).type).toBe('ACK')
    await until(() => tels(from).some((tel) => tel.forward - forward === 130), 'the last step')
    for (const step of [64, 128, 130]) {
      const told = tels(from).find((tel) => tel.forward - forward === step) ?? expect.fail(`no TEL of step ${step}`)
      const late = extendTick(told.tick, now) - (now + AHEAD_ticks + (step - 1) * INTERVAL_ticks)
      expect(late).toBeGreaterThanOrEqual(0)
      expect(late).toBeLessThanOrEqual(JUDGED_ticks)
    }
    expect(tels(from).at(-1)).toMatchObject({ queued: 0, state: 'IDLE' })
  })

  it('refuses a segment for the first rule that applies', async () => {
    const { client } = rig
    const refusal = async (first: number, more: object = {}, count = 1) => {
      const answer = await client.command(segment(first, count, more))
      return answer.type === 'NAK' ? answer.reason : answer.type
    }
    const now = welcome.tick
    expect(await refusal(now - 1)).toBe('LATE')
    expect(await refusal(now + 2 ** 30 + 100_000)).toBe('LATE')
    expect(await refusal(now - 1, { quotient: 15 })).toBe('RANGE')
    expect(await refusal(now - 1, { divisor: 2, phase: 2 })).toBe('RANGE')
    expect(await refusal(now - 1, { quotient: 2 ** 15 }, 65_535)).toBe('RANGE')
    const far = now + 2 ** 25
    expect(await refusal(far)).toBe('ACK')
    expect(await refusal(far)).toBe('ORDER')
    for (let more = 1; more < 16; more += 1) expect(await refusal(far + more)).toBe('ACK')
    expect(await refusal(far + 16)).toBe('FULL')
    expect((await client.command({ type: 'CANCEL', from: wireTick(now) })).type).toBe('ACK')
    expect(await counters()).toMatchObject({ queued: 0, state: 'IDLE' })
  })

  it('drops by CANCEL what comes at its tick or later, and nothing before', async () => {
    const { client } = rig
    const { forward } = await counters()
    const first = welcome.tick + AHEAD_ticks
    await client.command(segment(first, 100))
    await client.command({ type: 'CANCEL', from: wireTick(first + 10 * INTERVAL_ticks) })
    await until(() => tels().some((tel) => tel.forward - forward === 10), 'the last step that stays')
    expect(await counters()).toMatchObject({ forward: forward + 10, queued: 0, state: 'IDLE' })
  })

  it('takes HALT in the middle of a line, and moves again only after a CLEAR of the newest count', async () => {
    const { client } = rig
    const from = client.frames.length
    await client.command(segment(welcome.tick + 2 ** 20, 10))
    const half = encodeFrame(9, { type: 'STAT', token: client.token }).subarray(0, 12)
    client.write(Buffer.concat([half, HALT]))
    const { halts, cause } = await client.next('HALTED', from)
    expect([halts, cause]).toEqual([(welcome.halts + 1) % 65_536, 'HALT'])
    expect(await counters()).toMatchObject({ queued: 0, state: 'HALT' })
    expect(await client.command(segment(welcome.tick + 2 ** 20, 10))).toMatchObject({ reason: 'HALTED' })
    expect(await client.command({ type: 'CLEAR', halts: welcome.halts })).toMatchObject({ reason: 'COUNT' })
    await client.until(() => client.frames.filter(({ message }) => message.type === 'HALTED').length > 1, 'the count')
    expect((await client.command({ type: 'CLEAR', halts })).type).toBe('ACK')
    expect(await counters()).toMatchObject({ state: 'IDLE' })
  })

  it('is stopped by its dead-man two seconds after the host has fallen silent', async () => {
    const { client } = rig
    const { forward } = await counters()
    const from = client.frames.length
    const { tick } = await client.command(segment(welcome.tick + AHEAD_ticks, 400))
    const halted = await client.next('HALTED', from)
    expect(halted.cause).toBe('DEADMAN')
    const late = extendTick(halted.tick, tick) - (tick + DEAD_MAN_ticks)
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThanOrEqual(INTERVAL_ticks)
    const after = await counters()
    expect(after).toMatchObject({ state: 'DEADMAN', queued: 0 })
    expect(after.forward - forward).toBeGreaterThan(0)
    expect(after.forward - forward).toBeLessThan(DEAD_MAN_ticks / INTERVAL_ticks)
  })

  it('counts what is no frame, and does nothing for it', async () => {
    const { client } = rig
    const before = await counters()
    const wrong = encodeFrame(0, { type: 'STAT', token: client.token }).map((byte, at) => (at === 8 ? byte ^ 1 : byte))
    client.write(Buffer.concat([Buffer.from('noise\r\n'), wrong]))
    const { discarded, forward } = await counters()
    expect(discarded - before.discarded).toBe('noise\r'.length + wrong.length - 1)
    expect(forward).toBe(before.forward)
  })
})
