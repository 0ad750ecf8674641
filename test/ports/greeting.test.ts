/** Who is there: a rig, a rig of another version, something else, or nobody. */
import { describe, expect, it } from 'vitest'
import { type Greeting, greet } from '#hil/rig/link/greeting'
import { MemoryCable } from '#hil/rig/memory/cable'
import { encodeFrame } from '#protocol/frame'
import type { MessageOf } from '#protocol/message'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { Splitter } from '#protocol/splitter'
import { told } from '#scripts/commands/ports'

/** Time that passes so fast that nobody has to be waited for. */
const hasty_us = () => performance.now() * 50_000

const WELCOME: MessageOf<'WELCOME'> = {
  ...{ type: 'WELCOME', nonce: 0, version: 1, schema: SCHEMA_HASH, boot: '0000000A', token: 5, window: 2 },
  ...{ identity: 'bench-3', build: '51D0E2A4', clock: 16_000_000, tick: 77, halts: 0, state: 'IDLE' },
}

/** Greets whoever answers each HELLO so; with a hurried clock nobody answers in time. */
async function greeted(answer: (nonce: number) => Uint8Array | string | undefined, now_us: () => number) {
  const cable = new MemoryCable()
  const peer = await cable.rig.open()
  const splitter = new Splitter('to-rig')
  peer.received.subscribe((bytes) => {
    for (const piece of splitter.push(bytes)) {
      if (piece.kind !== 'frame' || piece.frame.message.type !== 'HELLO') continue
      const said = answer(piece.frame.message.nonce)
      if (said !== undefined) peer.write(typeof said === 'string' ? Buffer.from(said) : said)
    }
  })
  const greeting = await greet(cable.host, now_us)
  // The transport has been let go: it can be opened again.
  await (await cable.host.open()).close()
  await peer.close()
  return greeting
}

const steady_us = () => performance.now() * 1000
const line = (greeting: Greeting) => told(greeting)

describe('whoever is at the end of a transport', () => {
  it('is a rig that says which one it is', async () => {
    const greeting = await greeted((nonce) => encodeFrame(0, { ...WELCOME, nonce }), steady_us)
    expect(greeting).toMatchObject({ kind: 'rig', welcome: { identity: 'bench-3', build: '51D0E2A4' } })
    expect(line(greeting)).toMatch(
      /^rig bench-3, firmware 51D0E2A4 \(this version has [0-9A-F]{8}\), boot id 0000000A$/,
    )
  })

  it('is a rig of another version', async () => {
    const greeting = await greeted((nonce) => encodeFrame(0, { ...WELCOME, nonce, version: 7 }), steady_us)
    expect(line(greeting)).toMatch(/another version: version 7 where 1 is needed; `pumpbench flash`/)
  })

  it('is a rig that answers only when it is asked again', async () => {
    let asked = 0
    const greeting = await greeted((nonce) => {
      asked += 1
      return asked < 3 ? undefined : encodeFrame(0, { ...WELCOME, nonce })
    }, steady_us)
    expect(greeting.kind).toBe('rig')
  })

  it('is something else, in its own words', async () => {
    expect(line(await greeted(() => "Grbl 1.1h ['$' for help]\r\nerror:2\r\n", hasty_us))).toMatch(
      /no rig: it says "Grbl 1/,
    )
  })

  it('is something at another speed', async () => {
    const noise = Uint8Array.from({ length: 40 }, (_, k) => (k % 8 === 7 ? 0x0a : 0x80 + k))
    expect((await greeted(() => noise, hasty_us)).kind).toBe('silent')
  })

  it('is nobody', async () => {
    expect(line(await greeted(() => undefined, hasty_us))).toBe('no rig answers: nothing was heard')
  })

  it('cannot be reached', async () => {
    const cable = new MemoryCable()
    cable.unplug()
    expect(line(await greet(cable.host, steady_us))).toMatch(/it cannot be asked: .*the cable is out/)
  })
})
